"""What buyers search, in words, and how titles of the market put words together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise

import pandas as pd

from bidopt.evidence.words import Words
from bidopt.facts.schemas import MARKET_TERMS
from bidopt.text.normalize import fold
from bidopt.text.role_lexicon import RoleLexicon
from bidopt.text.roles import Role
from bidopt.text.segment import Segmenter

UNKNOWN_RATE = 1.0
"""Relative conversion rate of a term that states none."""

OPEN_ROLES = frozenset({Role.OCCASION})
"""Roles of words that say when a thing may be used or given, and claim nothing about it."""

BOUND = 0.3
"""Share of a word's places with the same neighbour from which the two are one expression."""

LEAST_USES = 3
"""A word seen less often than this in titles and searches is not known well enough to be set or taken out."""

UNLISTED, FEW = 0.037, 0.2
"""Unlisted searches that a root of a word brings for the square root of the listed ones related to it, and what is added to
these, both in average listed searches; measured in experiment 007."""

DESCRIBES, DESCRIBING = frozenset({Role.FUNCTION, Role.STYLE, Role.FILLER, Role.MARK, Role.OTHER}), 0.5
"""Roles of words that only describe, and the share of unlisted searches that they bring of what others do."""


@dataclass(frozen=True)
class Query:
    """What buyers type.

    Args:
        text: folded.
        words: its words, folded, in their order.
        demand: searches, in the unit of the market's reports.
        value: searches times how much likelier they buy than an average one.
        rivals: products that compete for it; NaN where unknown.
        visits: clicks that an average one of these gets, in the time of `demand`; NaN where unknown.
    """

    text: str
    words: tuple[str, ...]
    demand: float
    value: float
    rivals: float = math.nan
    visits: float = math.nan


@dataclass(frozen=True)
class TitleMarket:
    """Demand and the habits of titles.

    Args:
        segmenter: cuts titles and terms alike.
        roles: roles of the words.
        queries: what buyers search, most valuable first.
        uses: word -> titles and searches of the market that have it.
        pairs: (word, next word) -> times in them; "" stands before the first word and after the last one.
        beside: core word -> word of an open role -> titles that have both.
    """

    segmenter: Segmenter
    roles: RoleLexicon
    queries: tuple[Query, ...]
    uses: Mapping[str, int] = field(repr=False)
    pairs: Mapping[tuple[str, str], int] = field(repr=False)
    beside: Mapping[str, Mapping[str, int]] = field(repr=False)

    @cached_property
    def demand_of(self) -> Mapping[str, float]:
        """Word -> searches of all queries that have it."""
        found: dict[str, float] = {}
        for query in self.queries:
            for word in set(query.words):
                found[word] = found.get(word, 0.0) + query.demand
        return found

    @cached_property
    def _lengths(self) -> Mapping[str, AbstractSet[int]]:
        """First two characters, or the only one -> lengths of the words of searches that begin so."""
        found: dict[str, set[int]] = {}
        for word in self.demand_of:
            found.setdefault(word[:2], set()).add(len(word))
        return found

    @cached_property
    def _by_rarest(self) -> Mapping[str, tuple[int, ...]]:
        """Word -> places in `queries` of those of which no other word is in fewer queries."""
        count = Counter(word for query in self.queries for word in set(query.words))
        found: dict[str, list[int]] = {}
        for place, query in enumerate(self.queries):
            found.setdefault(min(query.words, key=lambda word: (count[word], word)), []).append(place)
        return {word: tuple(places) for word, places in found.items()}

    def searched_in(self, text: str) -> set[str]:
        """The words of searches that a folded text spells."""
        spelt = {
            text[start : start + length]
            for start in range(len(text))
            for begin in (text[start], text[start : start + 2])
            for length in self._lengths.get(begin, ())
        }
        return spelt & self.demand_of.keys()

    def queries_of(self, words: AbstractSet[str]) -> list[int]:
        """Places in `queries` of those all of whose words are among `words`."""
        places = (place for word in words for place in self._by_rarest.get(word, ()))
        return sorted(place for place in places if words >= set(self.queries[place].words))

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, ...]]:
        """Word -> places in `queries` of those that have it."""
        found: dict[str, list[int]] = {}
        for place, query in enumerate(self.queries):
            for word in set(query.words):
                found.setdefault(word, []).append(place)
        return {word: tuple(places) for word, places in found.items()}

    @cached_property
    def _lines(self) -> str:
        """The texts of all searches, each on a line of its own."""
        return "\n".join(("", *(query.text for query in self.queries), ""))

    def asked_with(self, word: str, things: AbstractSet[str]) -> bool:
        """Whether a listed search says a word and one of some things, in whatever words; where none is known, the word alone."""
        at = self._lines.find(word)
        while at >= 0:
            end = self._lines.index("\n", at)
            text = self._lines[self._lines.rindex("\n", 0, at) + 1 : end]
            if not things or any(thing in text for thing in things):
                return True
            at = self._lines.find(word, end)
        return False

    @cached_property
    def average(self) -> float:
        """Value of a listed search, on average."""
        return sum(query.value for query in self.queries) / max(len(self.queries), 1)

    def unlisted(self, word: str, held: AbstractSet[str], things: AbstractSet[str]) -> float:
        """Value of the searches that no list has and that a word completes, estimated from listed ones.

        Lists never have all that buyers type: what is searched together is searched in more ways than are listed. Each
        searched word of two characters or more that `word` spells counts by the square root of the searches for such
        a thing that have it, each by the cube of the share of its words that the title then spells; a little even
        where there is none.

        Args:
            word: folded.
            held: words of searches that the product's title spells.
            things: words that say what the product is; a search for neither these nor what the word itself names is
                none of its own.
        """
        spelt = self.searched_in(word)
        then = spelt | held
        named = things | {root for root in spelt if self.roles.role_of(root).role is Role.CATEGORY}
        ways = 0.0
        for root in sorted(root for root in spelt if len(root) > 1):
            asking = (self.queries[place] for place in self._places[root])
            near = sum(
                query.value * (sum(other in then for other in query.words) / len(query.words)) ** 3
                for query in asking
                if not named.isdisjoint(query.words)
            )
            ways += math.sqrt(self.average * (near + FEW * self.average))
        return UNLISTED * ways * (DESCRIBING if self.roles.role_of(word).role in DESCRIBES else 1.0)

    def bound(self, left: str, right: str) -> bool:
        """Whether two words that stand side by side are one expression, as far as titles tell."""
        if not left or not right:
            return False
        together = self.pairs.get((left, right), 0)
        least = min(self.uses.get(left, 0), self.uses.get(right, 0))
        return together >= max(BOUND * least, LEAST_USES)


def market_of(
    terms: pd.DataFrame, titles: Sequence[str], segmenter: Segmenter, roles: RoleLexicon
) -> TitleMarket:
    """The market of a shop.

    Args:
        terms: schema MARKET_TERMS; a range counts as its geometric middle.
        titles: of the shop and of competitors.
        segmenter: cuts titles and terms.
        roles: roles of the words.
    """
    uses: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    beside: dict[str, Counter[str]] = {}
    texts = [fold(text) for text in (*titles, *terms["term"])]
    rows = segmenter.cut_all(texts)
    role_of = {word: roles.role_of(word).role for word in set(chain.from_iterable(rows))}
    for words in rows:
        uses.update(set(words))
        pairs.update(pairwise(["", *words, ""]))
        known = set(words)
        open_words = [word for word in known if role_of[word] in OPEN_ROLES]
        for core in known if open_words else ():
            if role_of[core] is Role.CATEGORY:
                beside.setdefault(core, Counter()).update(open_words)
    return TitleMarket(segmenter, roles, _queries(terms, rows[len(titles) :]), uses, pairs, beside)


def searches_of(words: Words) -> pd.DataFrame:
    """What buyers search: the market's terms, and what the shop was shown for besides.

    Impressions of the shop's own search terms are brought to the market's unit by the terms that both have; where the
    market is not known they are the unit.

    Returns:
        Schema MARKET_TERMS.
    """
    market, own = words.market_terms, words.search_terms.groupby("search_term")["impressions"].sum()
    volume = _middle(market, "search_volume")
    volume.index = pd.Index([" ".join(fold(term).split()) for term in market["term"]], dtype="str")
    volume = volume[~volume.index.duplicated()]
    shown = own[own > 0]
    both = (volume.reindex(shown.index) / shown).dropna()
    if len(market) and both.empty:
        return market
    more = shown[~shown.index.isin(volume.index)] * (both.median() if len(both) else 1.0)
    told = {"term": more.index, "search_volume_low": more.to_numpy(), "search_volume_high": more.to_numpy()}
    return pd.concat([market, MARKET_TERMS.conform(told)], ignore_index=True)


def _queries(terms: pd.DataFrame, rows: Sequence[Sequence[str]]) -> tuple[Query, ...]:
    """Each set of words in one order once: the terms that spell it add up; rows are the words of each term."""
    volume, rate = _middle(terms, "search_volume"), _middle(terms, "cvr")
    relative = (rate / rate.median()).fillna(UNKNOWN_RATE).clip(0.25, 4.0)
    rivals = terms["competing_products"]
    table = pd.DataFrame(
        {
            "words": [tuple(w for w in words if any(c.isalnum() for c in w)) for words in rows],
            "demand": volume.to_numpy(),
            "value": (volume * relative).to_numpy(),
            "rivals": rivals.to_numpy(),
            "visits": (volume * _middle(terms, "ctr") / rivals.where(rivals > 0)).to_numpy(),
        }
    )
    told = table[(table["demand"] > 0) & (table["words"].str.len() > 0)]
    amounts = ["demand", "value", "visits"]
    summed = told.groupby("words", sort=True)[amounts].sum(min_count=1)
    summed["rivals"] = told.groupby("words", sort=True)["rivals"].max()
    best = summed.sort_values("value", ascending=False, kind="stable")
    return tuple(
        Query("".join(words), words, demand, value, rivals, visits)
        for words, demand, value, visits, rivals in best.itertuples(name=None)
    )


def _middle(terms: pd.DataFrame, name: str) -> pd.Series[float]:
    low, high = terms[f"{name}_low"], terms[f"{name}_high"]
    low, high = low.fillna(high), high.fillna(low)
    middle: pd.Series[float] = (low * high) ** 0.5
    return middle
