"""Measures title rewriting and the check for refused words on public titles. See README.md."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from bidopt.decisions.titles.market_demand import TitleMarket, market_of
from bidopt.decisions.titles.title_change import Listing, TitleChange, TitleWriter
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.decisions.titles.word_order import habit_of
from bidopt.facts.schemas import MARKET_TERMS
from bidopt.settings.rules import banned_words
from bidopt.text.banned_words import Tier
from bidopt.text.dictionary import general_dictionary
from bidopt.text.lexicon import learn_lexicon
from bidopt.text.normalize import fold
from bidopt.text.role_lexicon import RoleLexicon, learn_roles
from bidopt.text.segment import Segmenter
from bidopt.text.widths import width

PRODUCTS, PRINTED = 500, 10


def column(path: Path, place: int) -> list[str]:
    return [line.split("\t")[place] for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def terms_of(queries: list[str]) -> pd.DataFrame:
    counts = Counter(queries)
    volumes = [float(n) for n in counts.values()]
    return MARKET_TERMS.conform(
        {"term": list(counts), "search_volume_low": volumes, "search_volume_high": volumes}
    )


def cut_to(title: str, segmenter: Segmenter, widest: int) -> str:
    """The words of a title that fit."""
    end = 0
    for word in segmenter.cut(title):
        after = title.index(word, end) + len(word)
        if width(title[:after]) > widest:
            break
        end = after
    return title[:end]


def check_refused(data: Path, segmenter: Segmenter, titles: list[str], rng: random.Random) -> None:
    rules = banned_words()
    lists = [
        line.split("\t")
        for line in (data / "words" / "forbidden.tsv").read_text("utf-8").split("\n")[1:]
        if line
    ]
    agreed = [word for word, lists_with in lists if int(lists_with) >= 3]
    missed = [
        word for word in agreed if not rules.find(f"保温杯 {word} 家用", segmenter.cut(f"保温杯 {word} 家用"))
    ]
    flags = [(title, flag) for title in titles for flag in rules.find(title, segmenter.cut(title))]
    tiers = Counter(flag.rule.tier.value for _, flag in flags)
    print(f"refused words: {len(agreed) - len(missed)} of {len(agreed)} agreed words caught; missed {missed}")
    print(
        f"  {len(flags)} flags in {len({title for title, _ in flags})} of {len(titles)} titles: {dict(tiers)}"
    )
    for title, flag in rng.sample(flags, min(200, len(flags))):
        shown = f"{title[max(0, flag.start - 12) : flag.start]}<{flag.text}>{title[flag.end : flag.end + 12]}"
        print(f"  {flag.rule.code}\t{shown}")


def likelihood(market: TitleMarket, title: str) -> float:
    """Mean log likelihood of a title's words by pairs of words, smoothed by single ones."""
    words = market.segmenter.cut(fold(title))
    total = sum(market.uses.values())
    logs = []
    for left, right in pairwise(words):
        single = (market.uses.get(right, 0) + 0.1) / total
        pair = (market.pairs.get((left, right), 0) + single) / (market.uses.get(left, 0) + 1)
        logs.append(np.log(pair))
    return float(np.mean(logs)) if logs else 0.0


def measure(
    name: str,
    listings: list[Listing],
    queries: list[str],
    titles: list[str],
    segmenter: Segmenter,
    roles: RoleLexicon,
) -> None:
    """Titles written from the first half of the searches, judged by the second."""
    half = len(queries) // 2
    market = market_of(terms_of(queries[:half]), titles, segmenter, roles)
    writer = TitleWriter(market, habit_of(market), TitleRules(), banned_words())
    unseen = market_of(terms_of(queries[half:]), [], segmenter, roles)
    judge = TitleWriter(unseen, writer.habit, writer.rules, writer.banned)
    print(f"{name}: {len(listings)} products, {len(market.queries)} searches to write by")
    for variant in Variant:
        start = time.process_time()
        changes = [writer.rewrite(listing, variant) for listing in listings]
        seconds = (time.process_time() - start) / len(listings) * 1000
        moved = [change for change in changes if change.title != change.listing.title]
        print(
            f"  {variant}: {len(moved)} changed, {seconds:.1f} CPU-s per 1,000; {figures(moved, changes, judge)}"
        )
        if variant is Variant.BALANCED:
            show(moved)


def figures(moved: list[TitleChange], changes: list[TitleChange], judge: TitleWriter) -> str:
    before = sum(judge.covered(change.listing.title) for change in changes)
    after = sum(judge.covered(change.title) for change in changes)
    cut = judge.market.segmenter.cut
    wide = sum(width(change.title) > judge.rules.width for change in moved)
    banned = sum(
        flag.rule.tier is Tier.BANNED
        for change in changes
        for flag in judge.banned.find(change.title, cut(change.title), change.listing.category)
    )
    market = judge.habit.market
    likelier = [likelihood(market, c.title) - likelihood(market, c.listing.title) for c in moved]
    return (
        f"unseen searches covered {before:.0f} -> {after:.0f} ({after / max(before, 1) - 1:+.1%}); too wide {wide}, "
        f"banned {banned}, log likelihood per word {np.mean(likelier) if likelier else 0:+.3f}"
    )


def show(moved: list[TitleChange]) -> None:
    for change in moved[:PRINTED]:
        print(
            f"    - {change.listing.title}\n    + {change.title}   ({' '.join(change.lost)} -> {' '.join(change.gained)})"
        )


def main(data: Path) -> None:
    rng = random.Random(1)  # noqa: S311  a sample, no secret
    queries = column(data / "taobao-words" / "queries_50k.txt", 0)
    rng.shuffle(queries)
    sold = column(data / "titles" / "sales_titles.tsv", 1)[1:]
    long = [title for title in column(data / "titles" / "jd_raw_10k.txt", 0) if width(title) >= 80]
    general = general_dictionary()
    segmenter = learn_lexicon([*sold, *long, *queries], general).segmenter()
    check_refused(data, segmenter, sold, rng)
    for name, titles in (("titles alone", sold), ("long titles as product table", long)):
        roles = learn_roles(titles, segmenter, general)
        chosen = rng.sample(titles, PRODUCTS)
        listings = [Listing(title, cut_to(title, segmenter, 60), (title,)) for title in chosen]
        measure(name, listings, queries, titles, segmenter, roles)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
