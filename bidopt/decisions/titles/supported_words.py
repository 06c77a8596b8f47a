"""Which words a title may gain: only what is known to be true of the product."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from bidopt.decisions.titles.market_demand import LEAST_USES, TitleMarket
from bidopt.decisions.titles.title_parts import FITTING, Part
from bidopt.text.banned_words import BannedWords
from bidopt.text.names import names_of_things
from bidopt.text.normalize import fold
from bidopt.text.proven_words import PROVEN_BY_ORDERS, SURE, in_season
from bidopt.text.roles import Owner, Role, RoleOf

SALES_TELL = PROVEN_BY_ORDERS | {Role.CATEGORY}
"""Roles of words that sales prove: who buys it, when, and by what name; what it is and does the product table must say."""

NEVER_GAINED = frozenset({Role.FILLER, Role.STYLE, Role.MARK, Role.OTHER})
"""Roles of words that no title gains: talk, and what is not understood."""

VAGUE = frozenset(
    {"用品", "设备", "配件", "零件", "器材", "器械", "材料", "组合", "服务", "套装", "产品", "商品", "神器"}
)
"""Names that say nothing alone: 摄影 needs its 器材, but 器材 at the end of a title is left hanging."""

COMMON, COMMON_USES = 0.3, 10
"""Share of the titles with the same core word that must have a word of an open role, and how many they must be."""


def supported_words(
    title: tuple[Part, ...],
    texts: Iterable[str],
    proven: AbstractSet[str],
    market: TitleMarket,
    banned: BannedWords,
    category: str,
    barred: AbstractSet[str] = frozenset(),
    most_repeats: int = 2,
) -> tuple[str, ...]:
    """Words that buyers search, that the title lacks, and that are true of the product.

    Args:
        title: the current title.
        texts: what the product table says of the product.
        proven: folded words of keywords that the shop advertises the product with and that sold it.
        market: demand and habits.
        banned: words that no title may have; all tiers are left out here.
        category: of the product.
        barred: folded words that the product must not gain: its attributes deny them, or they were tried and taken back.
        most_repeats: how often one name may stand.
    """
    told = {fold(word) for text in texts for word in market.segmenter.cut(text)}
    present = {part.folded for part in title}
    common = {
        word
        for thing in things_sold(title, category, market)
        for word, titles in market.beside.get(thing, {}).items()
        if titles >= max(COMMON * market.uses.get(thing, 0), COMMON_USES)
    }
    named = other_names(title, category, market)
    allowed = []
    for word in sorted((told | proven | common | named) & market.demand_of.keys() - present - barred):
        role = market.roles.role_of(word)
        foreign = role.role is Role.BRAND and role.owner is not Owner.OWN and word not in named
        if word not in told | common | named and not _is_for(role):
            continue
        if foreign or role.role in NEVER_GAINED or word in VAGUE or len(word) < 2:
            continue
        if any(word in text for text in present):  # 中秋 in 中秋节: searches find it there
            continue
        if role.role is Role.SEASON and not in_season(word, present):
            continue
        if role.role is Role.CATEGORY and _said(word, title) >= most_repeats:
            continue
        if (
            word.replace(".", "").isdigit()
            or market.uses.get(word, 0) < LEAST_USES
            or banned.find(word, [word], category)
        ):
            continue
        allowed.append(word)
    return tuple(allowed)


def other_names(title: tuple[Part, ...], category: str, market: TitleMarket) -> set[str]:
    """What else the thing that is sold may be called, and how else its brand is written."""
    brands = () if _fits(title) else (part.folded for part in title if part.role is Role.BRAND)
    named = {*things_sold(title, category, market), *brands}
    return {other for name in named for other in names_of_things().of(name)}


def things_sold(title: tuple[Part, ...], category: str, market: TitleMarket) -> set[str]:
    """What category and title call the thing that is sold.

    A title that says what its thing fits names other things too; then the category alone tells. A thing before another
    one only says what that is for (手机 in 手机壳), and brackets hold remarks.
    """
    things = {word for word in market.segmenter.cut(fold(category)) if len(word) > 1}
    if not _fits(title):
        depth = 0
        for part, after in zip(title, [*title[1:], None], strict=True):
            depth += (part.folded == "(") - (part.folded == ")")
            belongs = after is not None and after.role is Role.CATEGORY and not after.gap
            if part.role is Role.CATEGORY and not belongs and not depth:
                things.add(part.folded)
    return things


def _fits(title: tuple[Part, ...]) -> bool:
    """Whether a title says what its thing fits."""
    return not FITTING.isdisjoint(part.folded for part in title)


def _is_for(role: RoleOf) -> bool:
    """Whether sales prove a word of this role."""
    return role.role in SALES_TELL and role.confidence >= SURE


def _said(word: str, title: tuple[Part, ...]) -> int:
    """How often a title says a name already: 被子 after 羊毛被, 冬被 and 被芯, or 画笔套装 after 画笔."""
    stem = word.removesuffix("子") if len(word) == 2 else word
    return sum(
        stem in part.folded or (len(part.folded) > 1 and part.folded in word)
        for part in title
        if part.role is Role.CATEGORY
    )
