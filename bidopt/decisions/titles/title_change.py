"""The new title of one product: what it gains, what it gives up, and why."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bidopt.decisions.titles.best_words import Choice, Floats, Need, Words, choose, needs_of, unlisted_gain
from bidopt.decisions.titles.market_demand import Query, TitleMarket
from bidopt.decisions.titles.supported_words import other_names, supported_words
from bidopt.decisions.titles.title_parts import Fate, Part, parts_of
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.decisions.titles.word_order import Habit, arrange, fit_of, own_fit
from bidopt.text.banned_words import BannedWords
from bidopt.text.normalize import fold

LEAST_FIT = {Variant.SMALLEST: -6.0, Variant.BALANCED: -8.0, Variant.MOST_DEMAND: -9.0}
"""Change of a title's log chance from which a word can be read in it."""

LEAST_GAIN, LEAST_OF_ONE = 0.01, 0.03
"""What a new title must gain: a share of the searches covered now, and of an average listed search; less is not worth the
risk of a change."""


@dataclass(frozen=True)
class Listing:
    """A product as a title tells of it.

    Args:
        product_id: of the product table.
        title: in force.
        texts: what the product table says besides: category, brand, attributes.
        category: of the product.
        sold: folded words of its keywords that sold in the last 30 days.
        barred: folded words that its title must not gain.
        brands: folded names of its brand.
    """

    product_id: str
    title: str
    texts: tuple[str, ...] = ()
    category: str = ""
    sold: AbstractSet[str] = frozenset()
    barred: AbstractSet[str] = frozenset()
    brands: AbstractSet[str] = frozenset()


@dataclass(frozen=True)
class TitleChange:
    """A new title.

    Args:
        listing: the product.
        title: new; the current one if nothing better is known.
        gained: words it gains, most searched first.
        lost: words it gives up, in their order.
        refused: words that had to go, among the lost.
        forbidden: words that the law forbids, among the refused.
        demand_before: searches that the current title covers.
        demand: searches that the new one covers.
        unlisted: searches gained besides that no list has, estimated from related ones.
    """

    listing: Listing
    title: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    refused: tuple[str, ...]
    forbidden: tuple[str, ...]
    demand_before: float
    demand: float
    unlisted: float = 0.0

    @property
    def gain(self) -> float:
        """Searches gained, those included that no list has."""
        return self.demand - self.demand_before + self.unlisted


@dataclass(frozen=True)
class TitleWriter:
    """Writes titles for one market and platform.

    Args:
        market: demand and habits of titles.
        habit: which words belong together.
        rules: of the platform.
        banned: words that no title may have.
    """

    market: TitleMarket
    habit: Habit
    rules: TitleRules
    banned: BannedWords

    def rewrite(
        self, listing: Listing, variant: Variant = Variant.BALANCED, crowd: Floats | None = None
    ) -> TitleChange:
        """The best title of a product.

        Args:
            listing: the product.
            variant: how far to go.
            crowd: factor of each query's value, less than 1 where other products of the shop serve it.
        """
        parts = parts_of(
            listing.title,
            self.market,
            self.rules,
            self.banned,
            category=listing.category,
            protected=listing.sold,
        )
        if not parts:
            return self.unchanged(listing)
        words = self._in_reach(listing, parts, variant)
        change = self._fitting(listing, words, needs_of(words, self.market, crowd), variant)
        if change is None:
            return self.purged(listing)
        least = max(LEAST_GAIN * change.demand_before, LEAST_OF_ONE * self.market.average)
        worth = change.refused or change.gain > least
        return change if worth and change.title else self.unchanged(listing)

    def _in_reach(self, listing: Listing, parts: tuple[Part, ...], variant: Variant) -> Words:
        """The words of the title, and the supported ones that can be read in it.

        Other names of the thing must read as well as what stands there.
        """
        new = supported_words(
            parts,
            listing.texts,
            listing.sold,
            self.market,
            self.banned,
            listing.category,
            listing.barred,
            self.rules.most_repeats,
        )
        names = other_names(parts, listing.category, self.market) - listing.sold
        names = {name for name in names if not any(name in fold(text) for text in listing.texts)}
        least = LEAST_FIT[variant]
        own = max(least, own_fit(parts, self.habit))
        fits = (fit_of(word, parts, self.habit) >= (own if word in names else least) for word in new)
        return Words(parts, tuple(word for word, fit in zip(new, fits, strict=True) if fit))

    def _fitting(
        self, listing: Listing, words: Words, needs: Sequence[Need], variant: Variant
    ) -> TitleChange | None:
        """The best title that the platform takes; None if what has to stay is wider.

        Latin words that come to stand side by side need a space between, which only the title written out tells.
        """
        room, first = self.rules, listing.brands if self.rules.brand_first else frozenset()
        while choice := choose(words, needs, self.market, room, variant):
            change = self._changed(words, choice, listing, first)
            over = self.rules.measure(change.title) - self.rules.width
            if over <= 0:
                return change
            room = replace(room, width=room.width - over)
        return None

    def purged(self, listing: Listing) -> TitleChange:
        """The title that is in force without the words that the law forbids."""
        parts = parts_of(listing.title, self.market, self.rules, self.banned, category=listing.category)
        kept = frozenset(at for at, part in enumerate(parts) if part.fate is not Fate.FORBIDDEN)
        if len(kept) in (0, len(parts)):
            return self.unchanged(listing)
        return self._changed(Words(parts, ()), Choice(kept, ()), listing, frozenset())

    def unchanged(self, listing: Listing) -> TitleChange:
        """The title that is in force."""
        now = self.covered(listing.title)
        return TitleChange(listing, listing.title, (), (), (), (), now, now)

    def _changed(
        self, words: Words, choice: Choice, listing: Listing, first: AbstractSet[str]
    ) -> TitleChange:
        """The title of chosen words, the brands named first ahead."""
        title = arrange(words, choice, self.habit, first)
        lost = [part for at, part in enumerate(words.parts) if at not in choice.kept]
        searched = self.market.demand_of
        return TitleChange(
            listing,
            title,
            tuple(sorted(choice.gained, key=lambda word: (-searched.get(word, 0.0), word))),
            tuple(part.text for part in lost),
            tuple(part.text for part in lost if part.fate in (Fate.REFUSED, Fate.FORBIDDEN)),
            tuple(part.text for part in lost if part.fate is Fate.FORBIDDEN),
            self.covered(listing.title),
            self.covered(title),
            unlisted_gain(words, choice, self.market),
        )

    def covered(self, title: str) -> float:
        """Searches whose words all stand in a title."""
        return sum(self.market.queries[place].demand for place in self.covers(title))

    def covers_only(self, title: str, other: str) -> list[Query]:
        """What one title covers and another does not."""
        there = set(self.covers(other))
        return [self.market.queries[place] for place in self.covers(title) if place not in there]

    def covers(self, title: str) -> list[int]:
        """Places in the market's queries of those whose words all stand in a title."""
        return self.market.queries_of(self.market.searched_in("".join(fold(title).split())))
