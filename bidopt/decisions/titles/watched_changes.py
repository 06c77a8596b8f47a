"""Watches products whose title was changed as a plan asked: does it stay, change again, or go back?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.change_effect import Effect, Mask, Span, change_effect
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.product_days import ProductDays, product_days

BEFORE_DAYS = 14
"""Days before a change that it is compared with: two of each weekday."""

SHOWN_DAYS = 7
"""Days for which a verdict is shown once the last look was taken."""

LOOKS, FIGURES = 2, ("visits", "ctr", "cvr")
"""How often a title is judged, and by what: each may raise a false alarm."""

_GOT = "与 {group:.0f} 个没改标题的宝贝同期相比，{days:.0f} 天里点击 {visits:+.0%}（区间 {visits_low:+.0%} ~ {visits_high:+.0%}），点击率 {ctr:+.0%}，转化率 {cvr:+.0%}"
_GOT_EN = "against {group:.0f} products with unchanged titles, over {days:.0f} days: clicks {visits:+.0%} (interval {visits_low:+.0%} to {visits_high:+.0%}), CTR {ctr:+.0%}, CVR {cvr:+.0%}"
_BACK = "变差已超出正常波动（误判机会不到 {chance:.1%}），建议换回旧标题"
_BACK_EN = "worse beyond ordinary swings (chance of a false alarm below {chance:.1%}): put the old title back"

REASONS: Mapping[str, ReasonText] = {
    "title_wait": ReasonText(
        "新标题已生效 {days:.0f} 天，满 {first:.0f} 天再看，期间别再改",
        "the new title has been in force for {days:.0f} days; first look after {first:.0f}, leave it alone until then",
    ),
    "title_watch": ReasonText(
        f"新标题观察中: {_GOT}；没有变差的证据，满 {{last:.0f}} 天下结论",
        f"the new title is watched: {_GOT_EN}; no sign of harm, verdict after {{last:.0f}} days",
    ),
    "title_keep": ReasonText(f"新标题保留: {_GOT}", f"the new title stays: {_GOT_EN}"),
    "title_adjust": ReasonText(
        f"新标题没有带来更多访客，也没有变差的证据，可再调整: {_GOT}",
        f"the new title brings no more visits, nor is there proof of harm; it may be adjusted again: {_GOT_EN}",
    ),
    "title_unjudged": ReasonText(
        "新标题保留: 没有至少两个未改标题的宝贝可比，判断不了（改前点击 {before:.0f}，改后 {after:.0f}）",
        "the new title stays: no two products with unchanged titles to compare with (clicks {before:.0f} before, {after:.0f} since)",
    ),
    "title_back_visits": ReasonText(f"点击{_BACK}: {_GOT}", f"clicks {_BACK_EN}: {_GOT_EN}"),
    "title_back_ctr": ReasonText(
        f"点击率{_BACK}（点击率区间 {{ctr_low:+.0%}} ~ {{ctr_high:+.0%}}）: {_GOT}",
        f"CTR {_BACK_EN} (interval of CTR {{ctr_low:+.0%}} to {{ctr_high:+.0%}}): {_GOT_EN}",
    ),
    "title_back_cvr": ReasonText(
        f"转化率{_BACK}（转化率区间 {{cvr_low:+.0%}} ~ {{cvr_high:+.0%}}）: {_GOT}",
        f"CVR {_BACK_EN} (interval of CVR {{cvr_low:+.0%}} to {{cvr_high:+.0%}}): {_GOT_EN}",
    ),
}
"""Reason code -> sentences."""


class Verdict(StrEnum):
    """What becomes of a changed title."""

    WATCH = "watch"
    KEEP = "keep"
    ADJUST = "adjust"
    ROLL_BACK = "roll_back"


@dataclass(frozen=True)
class Looks:
    """When a changed title is judged, and how surely.

    Args:
        first, last: days since the change.
        false_alarms: chance that a title that does no harm is put back, over all looks and figures.
    """

    first: int = 3
    last: int = 7
    false_alarms: float = 0.05

    @property
    def chance(self) -> float:
        """The same for one figure at one look."""
        return self.false_alarms / (LOOKS * len(FIGURES))


@dataclass(frozen=True)
class WatchedChange:
    """A changed title under observation.

    Args:
        product_id: of the product.
        old_title, title: before and since.
        verdict: what becomes of it.
        reason: encoded.
    """

    product_id: str
    old_title: str
    title: str
    verdict: Verdict
    reason: str


def watched_changes(evidence: Evidence, looks: Looks) -> list[WatchedChange]:
    """The products whose newest change of title is one that a plan asked for, and what the days since say.

    Args:
        evidence: beliefs; `words.title_changes` tells the changes.
        looks: when to judge, and how surely.
    """
    changes = evidence.words.title_changes
    newest = changes.drop_duplicates("product_id", keep="last")
    since = (pd.Timestamp(evidence.as_of) - newest["changed_on"]).dt.days
    asked = (newest["recommended_as"] != "") & (newest["recommended_as"] != Verdict.ROLL_BACK)
    mine = newest[asked & (since < looks.last + SHOWN_DAYS)]
    histories: dict[int, ProductDays] = {}  # gathering the days takes a second in a large shop
    return [_judged(row, evidence, looks, histories) for row in mine.to_dict("records")]


def _judged(
    change: dict[str, object], evidence: Evidence, looks: Looks, histories: dict[int, ProductDays]
) -> WatchedChange:
    morning = pd.Timestamp(evidence.as_of)
    days = (morning - pd.Timestamp(str(change["changed_on"]))).days
    seen = (morning - pd.Timestamp(str(change["last_seen_on"]))).days
    if days < looks.first:
        told = encode("title_wait", 1, days=days, first=looks.first)[0]
        return _watched(change, Verdict.WATCH, told)
    look = looks.last if days >= looks.last else looks.first
    span = Span(before=(seen + BEFORE_DAYS, seen + 1), after=(days, days - look + 1))
    oldest = max(int(evidence.days.age.max(initial=0)), span.before[0])
    history = histories.get(seen) or product_days(evidence, oldest + 1, since=seen + 1)
    histories[seen] = history
    unchanged = ~history.products.isin(evidence.words.title_changes["product_id"]) & (history.products != "")
    effects = _effects(str(change["product_id"]), history, unchanged, span, looks.chance)
    visits = effects["visits"]
    if np.isnan(visits.change) and look == looks.last:
        told = encode("title_unjudged", 1, before=visits.before, after=visits.after)[0]
        return _watched(change, Verdict.KEEP, told)
    worse = next((name for name in FIGURES if effects[name].high < 0), "")
    if worse:
        verdict, code = Verdict.ROLL_BACK, f"title_back_{worse}"
    elif look < looks.last:
        verdict, code = Verdict.WATCH, "title_watch"
    elif visits.change < 0:
        verdict, code = Verdict.ADJUST, "title_adjust"
    else:
        verdict, code = Verdict.KEEP, "title_keep"
    numbers = {"days": look, "group": visits.group, "last": looks.last, "chance": looks.false_alarms}
    for name, effect in effects.items():
        numbers |= {name: effect.change, f"{name}_low": effect.low, f"{name}_high": effect.high}
    return _watched(change, verdict, encode(code, 1, **numbers)[0])


def _watched(change: dict[str, object], verdict: Verdict, reason: str) -> WatchedChange:
    return WatchedChange(
        str(change["product_id"]), str(change["old_title"]), str(change["title"]), verdict, reason
    )


def _effects(
    product_id: str, days: ProductDays, unchanged: Mask, span: Span, chance: float
) -> dict[str, Effect]:
    """Effects on visits, CTR and CVR; where reports know no visits, clicks stand for them."""
    if product_id not in days.products:
        return dict.fromkeys(FIGURES, Effect(np.nan, np.nan, np.nan, 0, 0.0, 0.0))
    product = days.products.tolist().index(product_id)
    return {
        name: change_effect(events, expected, product, unchanged, span, chance)
        for name, events, expected in (
            ("visits", days.clicks, days.expected_clicks),
            ("ctr", days.clicks, days.impressions),
            ("cvr", days.orders, days.matured_clicks),
        )
    }
