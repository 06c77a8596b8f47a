"""A title in parts: its words, what each does there, and which of them may go."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from bidopt.decisions.titles.market_demand import LEAST_USES, TitleMarket
from bidopt.decisions.titles.title_rules import TitleRules
from bidopt.text.banned_words import BannedWords, Tier, word_places
from bidopt.text.normalize import fold
from bidopt.text.roles import Role, RoleOf

MAY_GO = frozenset(
    {
        Role.FILLER,
        Role.STYLE,
        Role.FUNCTION,
        Role.ATTRIBUTE,
        Role.AUDIENCE,
        Role.SEASON,
        Role.OCCASION,
    }
)
"""Roles of words that may go, unless a search has them beside such a thing (蓝牙 of 音箱); what it is, of what, how large and
whose stays."""

SURE = 0.8
"""Confidence in a role from which a word may go."""


OPEN_SIGNS = frozenset("()!,;|。、")
"""Signs that part words; others, as + - and /, join them."""

FITTING = frozenset(
    {
        "适用",
        "适用于",
        "适合",
        "用于",
        "通用",
        "兼容",
        "专用",
        "可用",
        "配件",
        "替换",
        "同款",
        "二手",
        "试用",
        "赠品",
        "不含",
    }
)
"""Words without which a title says that it sells something else."""


class Fate(StrEnum):
    """What may become of a word of the current title; refused words go as the platform asks it, forbidden ones by law."""

    KEPT = "kept"
    FREE = "free"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True)
class Part:
    """A word or sign of a title.

    Args:
        text: as it stands there.
        folded: as words are compared.
        role: what it does.
        fate: whether it stays.
        gap: white space before it.
    """

    text: str
    folded: str
    role: Role
    fate: Fate
    gap: str


def parts_of(
    title: str,
    market: TitleMarket,
    rules: TitleRules,
    banned: BannedWords,
    *,
    category: str = "",
    protected: AbstractSet[str] = frozenset(),
) -> tuple[Part, ...]:
    """The parts of a title.

    Args:
        title: in force.
        market: demand and habits.
        rules: of the platform.
        banned: words that must go.
        category: of the product.
        protected: folded words that bring sales.
    """
    words = market.segmenter.cut(title)
    folded = [fold(word) for word in words]
    known = market.roles.roles_of(words)
    roles = [role.role for role in known]
    places = word_places(title, words)
    forbidden = {
        place
        for flag in banned.find(title, words, category)
        if flag.rule.tier is Tier.BANNED
        for place, (start, end) in enumerate(places)
        if start < flag.end and flag.start < end
    }
    things = {
        word for word, role in zip(folded, roles, strict=True) if role is Role.CATEGORY and len(word) > 1
    }
    refused = _repeated(folded, roles, rules.most_repeats, market)
    if not rules.brackets:
        refused |= {place for place, word in enumerate(folded) if word in "()"}
    ends = [0, *(end for _, end in places)]
    return tuple(
        Part(
            word,
            folded[at],
            roles[at],
            Fate.FORBIDDEN
            if at in forbidden
            else Fate.REFUSED
            if at in refused
            else Fate.FREE
            if _is_free(at, folded, known, market)
            and not any(folded[at] in sold for sold in protected)
            and not market.asked_with(folded[at], things)
            else Fate.KEPT,
            title[ends[at] : places[at][0]],
        )
        for at, word in enumerate(words)
    )


def _repeated(folded: list[str], roles: list[Role], most: int, market: TitleMarket) -> set[int]:
    """Places of names of things beyond the number of times that they may stand; 油画板油画布 are two other things.

    Those go that are least often seen beside the words that they stand between here.
    """
    places: dict[str, list[int]] = {}
    for at, (word, role) in enumerate(zip(folded, roles, strict=True)):
        if role is Role.CATEGORY:
            places.setdefault(word, []).append(at)
    edged = ["", *folded, ""]

    def seen(at: int) -> int:
        before, word, after = edged[at : at + 3]
        return market.pairs.get((before, word), 0) + market.pairs.get((word, after), 0)

    over = set()
    for all_places in places.values():
        free = [at for at in all_places if _stands_free(at, folded, market)]
        over |= set(sorted(free, key=lambda at: (seen(at), -at))[: max(len(all_places) - most, 0)])
    return over


def _is_free(at: int, folded: list[str], roles: list[RoleOf], market: TitleMarket) -> bool:
    """Whether the title can do without the word and still reads well."""
    word, role = folded[at], roles[at]
    bracketed = folded[:at].count("(") > folded[:at].count(")")
    fitted = at > 0 and folded[at - 1] in FITTING
    known = role.confidence >= SURE and market.uses.get(word, 0) >= LEAST_USES
    return (
        role.role in MAY_GO
        and known
        and not (fitted or bracketed)
        and word not in FITTING
        and _stands_free(at, folded, market)
    )


def _stands_free(at: int, folded: list[str], market: TitleMarket) -> bool:
    """Whether a word is no part of an expression: no single character, joining sign, code or steady companion beside.

    Nor does it part two equal words, which would stand side by side without it (套装 监控 套装).
    """
    word = folded[at]
    before = folded[at - 1] if at else ""
    after = folded[at + 1] if at + 1 < len(folded) else ""
    beside = [other for other in (before, after) if other]
    joined = any(len(other) == 1 and other not in OPEN_SIGNS for other in beside)
    code = after.isascii() and after.isalnum()
    steady = market.bound(before, word) or market.bound(word, after)
    parting = before != "" and before == after
    return len(word) > 1 and not (joined or code or steady or parting)
