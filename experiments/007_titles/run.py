"""Measures title rewriting and the check for refused words on public titles and on the demo shop. See README.md."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from bidopt.backtest.demo_market import DemoMarket
from bidopt.decisions.titles.market_demand import market_of
from bidopt.decisions.titles.title_change import Listing, TitleChange, TitleWriter
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.decisions.titles.word_order import habit_of
from bidopt.facts.schemas import MARKET_TERMS
from bidopt.settings.rules import banned_words
from bidopt.text.banned_words import Tier
from bidopt.text.language import Language, learn_language
from bidopt.text.normalize import fold
from bidopt.text.widths import width

PRODUCTS, PRINTED, PRIOR = 2500, 30, 3.0


@dataclass(frozen=True)
class Trial:
    """Products, the searches to write by and to judge by, and the titles to write by and to judge by."""

    name: str
    listings: list[Listing]
    searches: tuple[pd.DataFrame, pd.DataFrame]
    titles: tuple[list[str], list[str]]
    language: Language


def column(path: Path, place: int) -> list[str]:
    return [line.split("\t")[place] for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def terms_of(queries: list[str]) -> pd.DataFrame:
    counts = Counter(queries)
    volumes = [float(n) for n in counts.values()]
    return MARKET_TERMS.conform(
        {"term": list(counts), "search_volume_low": volumes, "search_volume_high": volumes}
    )


def cut_to(title: str, language: Language, widest: int) -> str:
    """The words of a title that fit."""
    end = 0
    for word in language.segmenter.cut(title):
        after = title.index(word, end) + len(word)
        if width(title[:after]) > widest:
            break
        end = after
    return title[:end]


def check_refused(data: Path, language: Language, titles: list[str]) -> None:
    rules, cut = banned_words(), language.segmenter.cut
    lists = [
        line.split("\t") for line in (data / "words" / "forbidden.tsv").read_text("utf-8").split("\n")[1:]
    ]
    agreed = [row[0] for row in lists if len(row) > 1 and int(row[1]) >= 3]
    missed = [word for word in agreed if not rules.find(f"保温杯 {word} 家用", cut(f"保温杯 {word} 家用"))]
    flags = [(title, flag) for title in titles for flag in rules.find(title, cut(title))]
    tiers = Counter(flag.rule.tier.value for _, flag in flags)
    print(f"refused words: {len(agreed) - len(missed)} of {len(agreed)} agreed words caught; missed {missed}")
    print(f"  {len(flags)} flags in {len({t for t, _ in flags})} of {len(titles)} titles: {dict(tiers)}")
    for title, flag in random.Random(20261122).sample(flags, min(200, len(flags))):  # noqa: S311  a sample, no secret
        shown = f"{title[max(0, flag.start - 12) : flag.start]}<{flag.text}>{title[flag.end : flag.end + 12]}"
        print(f"  {flag.rule.code}\t{shown}")


class Likelihood:
    """Mean log likelihood per word by pairs of words, smoothed by single ones, learned from titles not written by."""

    def __init__(self, titles: list[str], language: Language) -> None:
        self.cut = language.segmenter.cut
        self.uses: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        for title in titles:
            words = ["", *self.cut(fold(title)), ""]
            self.uses.update(words[1:])
            self.pairs.update(pairwise(words))
        self.total = sum(self.uses.values())

    def of(self, title: str) -> float:
        """Of one title."""
        words = ["", *self.cut(fold(title)), ""]
        singles = [(self.uses[right] + 0.1) / self.total for right in words[1:]]
        chances = [
            (self.pairs[left, right] + PRIOR * single) / (self.uses[left] + PRIOR)
            for (left, right), single in zip(pairwise(words), singles, strict=True)
        ]
        return float(np.mean(np.log(chances)))


def measure(trial: Trial) -> None:
    """Titles written by one half of the searches and titles, judged by the other halves."""
    cutter, roles = trial.language.segmenter, trial.language.roles
    market = market_of(trial.searches[0], trial.titles[0], cutter, roles)
    writer = TitleWriter(market, habit_of(market), TitleRules(), banned_words())
    unseen = market_of(trial.searches[1], [], cutter, roles)
    judge = TitleWriter(unseen, habit_of(unseen), writer.rules, writer.banned)
    likely = Likelihood(trial.titles[1], trial.language)
    seen = {query.words for query in market.queries}
    both = sum(query.demand for query in unseen.queries if query.words in seen)
    print(
        f"{trial.name}: {len(trial.listings)} products, {len(market.queries)} searches to write by; of the demand to "
        f"judge by {both / sum(q.demand for q in unseen.queries):.1%} was among them"
    )
    for variant in Variant:
        start = time.process_time()
        changes = [writer.rewrite(listing, variant) for listing in trial.listings]
        seconds = (time.process_time() - start) / len(changes) * 1000
        moved = [change for change in changes if change.title != change.listing.title]
        print(
            f"  {variant}: {len(moved)} changed, {seconds:.1f} CPU-s per 1,000; {figures(moved, changes, judge)}"
        )
        gains = [likely.of(c.title) - likely.of(c.listing.title) for c in moved]
        error = np.std(gains) / max(len(gains), 1) ** 0.5 if gains else 0.0
        if (
            trial.titles[0] is not trial.titles[1]
        ):  # titles that a judge has by heart are likelier than any other
            mean = np.mean(gains) if gains else 0.0
            print(f"    log likelihood per word {mean:+.3f}, standard error {error:.3f}")
        if variant is Variant.BALANCED:
            show(moved)


def figures(moved: list[TitleChange], changes: list[TitleChange], judge: TitleWriter) -> str:
    old = np.array([judge.covered(change.listing.title) for change in changes])
    new = np.array([judge.covered(change.title) for change in changes])
    before, after = old.sum(), new.sum()
    error = (new - old).std() * len(changes) ** 0.5 / max(before, 1)
    whole = sum(
        judge.covered("\n".join([c.listing.title, *c.listing.texts, *c.listing.sold])) for c in changes
    )
    cut = judge.market.segmenter.cut
    wide = sum(width(change.title) > judge.rules.width for change in moved)
    banned = sum(
        flag.rule.tier is Tier.BANNED
        for change in changes
        for flag in judge.banned.find(change.title, cut(change.title), change.listing.category)
    )
    return (
        f"unseen searches covered {before:.0f} -> {after:.0f} ({after / max(before, 1) - 1:+.1%}, standard error {error:.1%}), with every true word "
        f"at any width {whole:.0f}; too wide {wide}, banned {banned}"
    )


def show(moved: list[TitleChange]) -> None:
    for change in moved[:PRINTED]:
        print(
            f"    - {change.listing.title}\n    + {change.title}   ({' '.join(change.lost)} -> {' '.join(change.gained)})"
        )


def demo_trial(rng: random.Random) -> Trial:
    """The demo shop, drawn and not real: searches of its own categories with their volumes, keywords that sell."""
    market, day = DemoMarket(), date(2026, 11, 21)
    with tempfile.TemporaryDirectory() as folder:
        market.write_exports(Path(folder), [day])
        terms = pd.read_csv(Path(folder) / "search_terms.csv")
        products = pd.read_csv(Path(folder) / "products.csv", dtype={"product_id": str}).to_dict("records")
        rivals = pd.read_csv(Path(folder) / "competitor_titles.csv")["title"].tolist()
    ends = terms["search_volume"].str.extract(r"([\d.]+)\D+([\d.]+)").astype(float)
    table = MARKET_TERMS.conform(
        {
            "term": terms["term"],
            "search_volume_low": ends[0].clip(lower=1),
            "search_volume_high": ends[1].clip(lower=1),
        }
    )
    order = rng.sample(range(len(table)), len(table))
    halves = (table.iloc[order[::2]], table.iloc[order[1::2]])
    titles = [*(str(p["title"]) for p in products), *rivals]
    brands = tuple(str(p["brand"]) for p in products)
    language = learn_language((*titles, *terms["term"]), brands, tuple(str(p["category"]) for p in products))
    truth = market.truth()
    sells = truth[~truth["junk"]].groupby("product_id")["keyword"].agg(list).to_dict()
    listings = [
        Listing(
            str(p["product_id"]),
            str(p["title"]),
            (str(p["category"]), str(p["brand"])),
            str(p["category"]),
            frozenset(word for keyword in sells[p["product_id"]] for word in language.words(keyword)),
        )
        for p in products
    ]
    return Trial(
        "demo shop",
        listings,
        (halves[0].reset_index(drop=True), halves[1].reset_index(drop=True)),
        (titles, titles),
        language,
    )


def main(data: Path) -> None:
    rng = random.Random(1)  # noqa: S311  a sample, no secret
    queries = column(data / "taobao-words" / "queries_50k.txt", 0)
    rng.shuffle(queries)
    sold = column(data / "titles" / "sales_titles.tsv", 1)[1:]
    long = [title for title in column(data / "titles" / "jd_raw_10k.txt", 0) if width(title) >= 80]
    language = learn_language((*sold, *long, *queries))
    check_refused(data, language, sold)
    half = len(queries) // 2
    searches = (terms_of(queries[:half]), terms_of(queries[half:]))
    for name, titles in (("titles alone", sold), ("long titles as product table", long)):
        mixed = rng.sample(titles, len(titles))
        listings = [Listing(title, cut_to(title, language, 60), (title,)) for title in mixed[:PRODUCTS]]
        middle = len(mixed) // 2
        measure(Trial(name, listings, searches, (mixed[:middle], mixed[middle:]), language))
    measure(demo_trial(rng))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
