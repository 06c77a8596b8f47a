"""Words that the shop blocks already: they need no second proposal, and they take room in their ad group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from bidopt.decisions.expansion.earlier_words import BLOCK
from bidopt.evidence.words import Words
from bidopt.text.normalize import fold
from bidopt.text.word_order import spelled_without_order

Place = tuple[str, str, str]
"""Platform, campaign and ad group; the ad group is "" where a word holds in the whole campaign."""


@dataclass(frozen=True)
class ListedNegatives:
    """The negative words of the platforms' own lists.

    Args:
        exact: words in an order of their own, by place.
        phrases: sets of words of which a search term that holds all is blocked, by place.
        in_ad_group: how many words there are, by place.
        told_on: day of the list, by place.
        named: place, folded text and match type of each word.
    """

    exact: dict[Place, set[str]] = field(default_factory=dict)
    phrases: dict[Place, list[frozenset[str]]] = field(default_factory=dict)
    in_ad_group: Counter[Place] = field(default_factory=Counter)
    told_on: dict[Place, pd.Timestamp] = field(default_factory=dict)
    named: frozenset[tuple[Place, str, str]] = frozenset()

    def block(self, place: Place, words: Sequence[str], *, exact: bool, last_click: pd.Timestamp) -> bool:
        """Whether they block what a word would block: all search terms that hold it, or the one that is it.

        A list is not believed about what was clicked after its day: it blocks that no longer.

        Args:
            place: of the word.
            words: of the word.
            exact: whether it is a whole search term.
            last_click: newest day on which what it would block was clicked.
        """
        places = [
            where
            for where in (place, (*place[:2], ""))
            if where in self.told_on and not last_click > self.told_on[where]
        ]
        held = set(words)
        if any(phrase <= held for where in places for phrase in self.phrases.get(where, ())):
            return True
        return exact and any(spelled_without_order(words) in self.exact.get(where, ()) for where in places)

    def hold(self, place: Place, keyword: str, match_type: str) -> bool:
        """Whether the word is one of theirs, and so has its room already."""
        return (place, fold(keyword), match_type) in self.named

    def beyond(self, proposed: Mapping[tuple[str, ...], pd.Timestamp]) -> dict[tuple[str, ...], Place]:
        """Proposed words that may be blocked without being listed: those that are no older than the list.

        Args:
            proposed: BLOCK of each word and the newest day on which it was proposed.

        Returns:
            BLOCK of each such word and its place.
        """
        found = {}
        for key, day in proposed.items():
            platform, campaign, ad_group, _, keyword, match_type = key
            place = (platform, campaign, ad_group)
            newer = place not in self.told_on or not day < self.told_on[place]
            if newer and not self.hold(place, keyword, match_type):
                found[key] = place
        return found


def listed_negatives(words: Words) -> ListedNegatives:
    """Read the lists of one morning; without any, no text is cut."""
    table = words.negatives
    if table.empty:
        return ListedNegatives()
    exact: dict[Place, set[str]] = defaultdict(set)
    phrases: dict[Place, list[frozenset[str]]] = defaultdict(list)
    count: Counter[Place] = Counter()
    told_on: dict[Place, pd.Timestamp] = {}
    named = set()
    for (platform, campaign, ad_group, _, keyword, match_type, day), cut in zip(
        table[[*BLOCK, "reported_on"]].itertuples(index=False, name=None),
        words.language.words_of_all(table["keyword"]),
        strict=True,
    ):
        place = (platform, campaign, ad_group)
        count[place] += 1
        told_on[place] = day
        named.add((place, fold(keyword), "exact" if match_type == "exact" else "phrase"))
        if match_type == "exact":
            exact[place].add(spelled_without_order(cut))
        elif cut:
            phrases[place].append(frozenset(cut))
    return ListedNegatives(dict(exact), dict(phrases), count, told_on, frozenset(named))
