"""Finds the words that a shop might buy for each of its products, and says why others are not for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bidopt.decisions.expansion.buyers_order import BuyersOrder, buyers_order
from bidopt.decisions.expansion.combinations import Company, combine, company
from bidopt.decisions.expansion.observed_words import OBSERVED, observed_words, volume
from bidopt.decisions.expansion.product_claims import (
    Product,
    is_name,
    names_of_shops,
    objection,
    products_of,
)
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.words import Words
from bidopt.text.language import Language
from bidopt.text.search_intent import not_buying
from bidopt.text.word_order import spelled, spelled_without_order

COMBINATIONS = 200
"""Most combinations of one product, those searched most."""

UNSTATED = 300.0
"""Volume of a listed term in a market of which no volume is stated, as of terms that a search box suggests."""


@dataclass(frozen=True)
class Mine:
    """What words there are for the shop's products.

    Args:
        words: texts of the shop and its market.
        keywords: in play, with product_id, keyword and conversions.
    """

    words: Words
    keywords: pd.DataFrame

    @property
    def language(self) -> Language:
        """How the texts are cut."""
        return self.words.language

    @cached_property
    def products(self) -> list[Product]:
        """The shop's products."""
        sold = self.keywords[self.keywords["conversions"] > 0]
        return products_of(
            self.words.products,
            self.language,
            sold.set_index("product_id")["keyword"],
            self.words.competitor_titles["title"],
        )

    @cached_property
    def observed(self) -> pd.DataFrame:
        """What buyers typed; schema OBSERVED."""
        return observed_words(self.words, self.language)

    @cached_property
    def rivals(self) -> frozenset[str]:
        """Names of other shops that no list knows."""
        return names_of_shops(map(str.split, self.observed["roots"]), self.language)

    @property
    def volumes_stated(self) -> bool:
        """Whether the market states how much any of its terms is searched."""
        return bool((volume(self.observed["volume_low"], self.observed["volume_high"]) > 0).any())

    @cached_property
    def company(self) -> Company:
        """Which words go together."""
        searched = self._searches(self.observed, known_only=False)
        asked = zip(map(str.split, self.observed["roots"]), searched.tolist(), strict=True)
        return company((term for term in asked if term[1] > 0), self.titles)

    @cached_property
    def titles(self) -> list[tuple[str, ...]]:
        """Words of all titles, the market's and the shop's."""
        return self.language.words_of_all(
            (*self.words.competitor_titles["title"], *self.words.products["title"])
        )

    @cached_property
    def order(self) -> BuyersOrder:
        """In which order buyers put words."""
        return buyers_order(map(str.split, self.observed["roots"]), self.language, self.titles)

    def _searches(self, table: pd.DataFrame, *, known_only: bool) -> Array:
        """Volume of the rows of a table like OBSERVED: as stated, else that of the term which is searched least.

        Args:
            table: rows.
            known_only: leave the volume of own search terms that the market does not list at 0: their clicks are known.
        """
        stated = volume(table["volume_low"], table["volume_high"])
        silent = (table["volume_low"].isna() & table["volume_high"].isna()).to_numpy()
        if known_only:
            silent = silent & (table["listed"] == "yes").to_numpy()
        known = volume(self.observed["volume_low"], self.observed["volume_high"])
        found: Array = np.where(silent, known[known > 0].min() if self.volumes_stated else UNSTATED, stated)
        return found

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Every observed word with every product whose category it names.

        Returns:
            The columns of OBSERVED, product_id, and objection: "" for words that are for the product. A word that is
            for no product stands there once, without a product.
        """
        if not self.products:
            return self.observed.assign(product_id="", objection="no_products")
        by_thing: dict[str, list[Product]] = {}
        for product in self.products:
            for thing in sorted(product.categories):
                by_thing.setdefault(thing, []).append(product)
        titled = {word for product in self.products for word in product.words}
        looking = not_buying(self.observed["keyword"].tolist(), self.words.products["title"])
        looking &= (self.observed["conversions"] <= 0).to_numpy()
        rows: list[tuple[int, str, str]] = []
        for row, roots in enumerate(self.observed["roots"]):
            words = roots.split()
            near = {p.product_id: p for word in words for p in by_thing.get(word, ())}
            against = "not_buying" if looking[row] else ""
            rows += [
                (row, p.product_id, objection(p, words, self.language, self.rivals) or against)
                for p in near.values()
            ]
            if not near:
                foreign = any(
                    word not in titled and is_name(word, self.language, self.rivals) for word in words
                )
                rows.append((row, "", "rival_brand" if foreign else "no_category"))
        at = [row for row, _, _ in rows]
        return (
            self.observed.iloc[at]
            .reset_index(drop=True)
            .assign(
                product_id=pd.Series([p for _, p, _ in rows], dtype="str"),
                objection=pd.Series([why for _, _, why in rows], dtype="str"),
            )
        )

    @cached_property
    def combined(self) -> pd.DataFrame:
        """Combinations that nobody was seen to type; the columns of OBSERVED, and product_id."""
        seen = set(self.observed["folded"])
        rows = []
        for product in self.products:
            found = combine(product, self.company, self.order, self.language, COMBINATIONS)
            new = [words for words in found if spelled_without_order(words[0]) not in seen]
            rows += [(product.product_id, *words) for words in new]
        searches = [volume for _, _, volume in rows]
        table = OBSERVED.conform(
            {
                "keyword": [spelled(words) for _, words, _ in rows],
                "roots": [" ".join(words) for _, words, _ in rows],
                "folded": [spelled_without_order(words) for _, words, _ in rows],
                "volume_low": searches,
                "volume_high": searches,
                **dict.fromkeys(("clicks", "conversions", "daily_clicks"), np.zeros(len(rows))),
            }
        )
        return table.assign(product_id=pd.Series([product for product, _, _ in rows], dtype="str"))

    @cached_property
    def candidates(self) -> pd.DataFrame:
        """Words for each product that it does not buy yet.

        Returns:
            The columns of OBSERVED, product_id, searches (index), source (market, listed where the market states no
            volume, search_term or combination).
        """
        fit = self.judged[self.judged["objection"] == ""].drop(columns="objection")
        stated = (volume(fit["volume_low"], fit["volume_high"]) > 0, (fit["listed"] == "yes").to_numpy())
        fit = fit.assign(source=np.select(stated, ["market", "listed"], "search_term"))
        table = pd.concat([fit, self.combined.assign(source="combination")], ignore_index=True)
        table = table.assign(searches=self._searches(table, known_only=True))
        return table[~self.bought(table)].reset_index(drop=True)

    def bought(self, table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which rows of a table with product_id and folded are keywords in play, in whatever order of words."""
        texts = {text: self._folded(text) for text in self.keywords["keyword"].unique()}
        pairs = zip(self.keywords["product_id"], self.keywords["keyword"].map(texts), strict=True)
        have = set(pairs)
        known = [pair in have for pair in zip(table["product_id"], table["folded"], strict=True)]
        return np.array(known, dtype=bool)

    def _folded(self, text: str) -> str:
        return spelled_without_order(self.language.words(text))


def mine_of(evidence: Evidence) -> Mine:
    """The words of a shop on one morning."""
    return Mine(evidence.words, evidence.keywords)


def with_ad_groups(candidates: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Candidates with the ad group that gets most clicks for their product; others have no place and are left out.

    Returns:
        The candidates with the columns of KEYWORD_KEY, price and in_ad_group (keywords it holds already).
    """
    place = [name for name in KEYWORD_KEY if name not in {"keyword", "match_type"}]
    running = evidence.keywords[evidence.running & evidence.in_stock]
    groups = running.groupby(place, as_index=False).agg(
        clicks=("clicks", "sum"), in_ad_group=("keyword", "size"), price=("price", "first")
    )
    best = groups.sort_values(["clicks", *place], ascending=[False, *(True for _ in place)])
    best = best[best["product_id"] != ""].drop_duplicates("product_id").drop(columns="clicks")
    return candidates.merge(best, on="product_id", how="inner").assign(match_type="exact")


def unit_worth(evidence: Evidence, candidates: pd.DataFrame, margin: float | None, target: float) -> Array:
    """Worth of a unit of revenue of each candidate: its product's margin where profit counts, else 1 / target."""
    if margin is None:
        return np.full(len(candidates), 1 / target)
    known = evidence.words.products.set_index("product_id")["gross_margin"]
    worth: Array = known.reindex(candidates["product_id"]).fillna(margin).to_numpy(dtype=np.float64)
    return worth
