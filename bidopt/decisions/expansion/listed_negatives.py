"""Words that the shop blocks already: they need no second proposal, and they take room in their ad group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bidopt.decisions.expansion.earlier_words import BLOCK
from bidopt.evidence.words import Words
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
    """

    exact: dict[Place, set[str]] = field(default_factory=dict)
    phrases: dict[Place, list[frozenset[str]]] = field(default_factory=dict)
    in_ad_group: Counter[Place] = field(default_factory=Counter)

    def block(self, place: Place, words: Sequence[str], *, exact: bool) -> bool:
        """Whether they block what a word would block: all search terms that hold it, or the one that is it."""
        places = (place, (*place[:2], ""))
        held = set(words)
        if any(phrase <= held for where in places for phrase in self.phrases.get(where, ())):
            return True
        return exact and any(spelled_without_order(words) in self.exact.get(where, ()) for where in places)


def listed_negatives(words: Words) -> ListedNegatives:
    """Read the lists of one morning; without any, no text is cut."""
    table = words.negatives
    if table.empty:
        return ListedNegatives()
    exact: dict[Place, set[str]] = defaultdict(set)
    phrases: dict[Place, list[frozenset[str]]] = defaultdict(list)
    count: Counter[Place] = Counter()
    for (platform, campaign, ad_group, _, _, match_type), cut in zip(
        table[BLOCK].itertuples(index=False, name=None),
        words.language.words_of_all(table["keyword"]),
        strict=True,
    ):
        place = (platform, campaign, ad_group)
        count[place] += 1
        if match_type == "exact":
            exact[place].add(spelled_without_order(cut))
        elif cut:
            phrases[place].append(frozenset(cut))
    return ListedNegatives(dict(exact), dict(phrases), count)
