"""What the tests say of the account as a whole: how many words got how far, what drops save, what money can test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.life import EXTENDED, NOT_RUNNING, OPEN
from bidopt.decisions.pruning.test_plan import TestPlan
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText, encode

_WEEK = 7
_NORMAL_95 = 1.645

FUNNEL: Mapping[str, ReasonText] = {
    "test_funnel": ReasonText(
        "测词漏斗：在投 {running:.0f} 词 → 测满天数 {tested:.0f} → 数据够判断 {judged:.0f}：通过 {passed:.0f}，删 {dropped:.0f}"
        "（估计误删 {wrong:.2f} 个）；延长 {extended:.0f}，先加价 {to_raise:.0f}（护栏之前）",
        "test funnel: {running:.0f} words running, {tested:.0f} tested long enough, {judged:.0f} judged: {passed:.0f} passed, "
        "{dropped:.0f} to drop (about {wrong:.2f} wrongly); {extended:.0f} extended, {to_raise:.0f} to be raised first "
        "(before limits)",
    ),
    "drops_save": ReasonText(
        "删这 {dropped:.0f} 词（护栏之前）预计每周省 {currency}{saved:,.2f}（九成把握在 {currency}{low:,.2f} 到 {currency}{high:,.2f} 之间），少成交 {currency}{lost:,.2f}",
        "these {dropped:.0f} drops (before limits) save about {currency}{saved:,.2f} a week (90 % between {currency}{low:,.2f} and {currency}{high:,.2f}) and give up {currency}{lost:,.2f} of revenue",
    ),
    "test_budget": ReasonText(
        "还在测的 {waiting:.0f} 词每天花 {currency}{daily:,.2f}，判完还要约 {currency}{cost:,.2f}；今天的测词预算 {currency}{money:,.2f} 够测 {affordable:.0f} 词",
        "{waiting:.0f} words still in test cost {currency}{daily:,.2f} a day and about {currency}{cost:,.2f} until all are judged; today's test money "
        "{currency}{money:,.2f} is enough for {affordable:.0f}",
    ),
}


def funnel_notes(
    situation: Situation,
    plan: TestPlan,
    state: npt.NDArray[np.object_],
    dropped: Mask,
    doubt: Array,
    *,
    test_share: float,
) -> list[str]:
    """Encoded notes on the tests.

    Args:
        situation: of the morning.
        plan: of the open tests.
        state: encoded state of each word as if none were dropped, shape (n,).
        dropped: words to drop, shape (n,).
        doubt: chance that a drop is wrong, shape (n,).
        test_share: share of the account budget for words in test.
    """
    code = np.array([text.split(" ", 1)[0] for text in state], dtype=object)
    code[dropped] = "condemned"
    running = ~np.isin(code, NOT_RUNNING)
    if not running.any():
        return []
    passed, to_raise, waiting = code == "graduated", code == "raise_first", np.isin(code, OPEN)
    notes = encode(
        "test_funnel",
        1,
        running=running.sum(),
        tested=(running & ~np.isin(code, ["candidate", "testing"])).sum(),
        judged=(passed | dropped).sum(),
        passed=passed.sum(),
        dropped=dropped.sum(),
        wrong=doubt[dropped].sum(),
        extended=np.isin(code, EXTENDED).sum(),
        to_raise=to_raise.sum(),
    )
    if dropped.any():
        notes += _savings(situation, dropped)
    budget = situation.account_budget
    if waiting.any() and budget is not None:
        money = test_share * budget
        notes += encode(
            "test_budget",
            1,
            waiting=waiting.sum(),
            daily=np.nansum(plan.daily_cost[waiting]),
            cost=np.nansum(plan.expected_cost[waiting]),
            money=money,
            affordable=plan.affordable(waiting, money),
        )
    return notes


def _savings(situation: Situation, dropped: Mask) -> list[str]:
    """Cost of the dropped words at the bids in force; their doubts are independent and make the interval."""
    response, value = situation.evidence.response, situation.evidence.value_per_click
    cost = _WEEK * np.nan_to_num(response.cost_at(response.base_bid)[dropped])
    spread = np.nan_to_num(response.spread_at(response.base_bid)[dropped])
    lost = _WEEK * np.nansum((response.clicks * value.mean)[dropped])
    saved = cost.sum()
    relative = np.sqrt((np.expm1(spread**2) * cost**2).sum()) / saved if saved > 0 else 0.0
    width = np.exp(_NORMAL_95 * np.sqrt(np.log1p(relative**2)))
    return encode(
        "drops_save", 1, dropped=dropped.sum(), saved=saved, low=saved / width, high=saved * width, lost=lost
    )
