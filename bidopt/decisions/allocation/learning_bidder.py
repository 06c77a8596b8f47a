"""The learning bidder: all bids and budgets as one portfolio, from beliefs that learn, with small money for trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from bidopt.decisions.allocation.account_limits import account_limits
from bidopt.decisions.allocation.account_notes import NOTES, account_notes
from bidopt.decisions.allocation.bid_ladder import MIDDLE, BidLadder, bid_ladder
from bidopt.decisions.allocation.campaign_budgets import BUDGET_REASONS, campaign_budgets
from bidopt.decisions.allocation.kept_back import KEPT_BACK, kept_back
from bidopt.decisions.allocation.portfolio import Allocation, LimitedBy, allocate
from bidopt.decisions.allocation.trials import trials
from bidopt.decisions.bid_reach import largest_raise
from bidopt.decisions.draft import Draft, Mask, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.domain.tunable import Tunable
from bidopt.evidence.keyword_index import Ints

NAME = "learning_bidder"

_FIRST_ORDERS = 100.0
"""Orders that a shop counts as having had before its first."""

_LIMITS = {
    LimitedBy.BUDGET: "budget",
    LimitedBy.TARGET: "target",
    LimitedBy.GROUP_MAX: "campaign_max",
    LimitedBy.GROUP_MIN: "campaign_min",
    LimitedBy.STOCK: "stock",
    LimitedBy.REACH: "reach",
}


class LearningBidder(Policy):
    """Learn what bids buy and clicks are worth, then choose all bids and budgets together.

    Every morning: an exact portfolio choice among the bids within a day's reach, for the largest expected revenue
    (or profit) within budget and target. The target is raised by a share of what is unsure about the account's
    total, so that it is kept in spite of errors, while single words may be bold. A small part of the money tries
    words of which little is known.
    """

    raise_by: Annotated[float, Tunable(0.1, 1.0, log=True)] = Field(
        0.5, gt=0, le=2, description="单日最大加价幅度 reach of a raise, as a fraction"
    )
    silent_raise_by: Annotated[float, Tunable(0.25, 2.0, log=True)] = Field(
        1.0, gt=0, le=5, description="没有点击的词单日最大加价幅度 reach of a word that got no clicks"
    )
    cut_by: Annotated[float, Tunable(0.1, 0.8, log=True)] = Field(
        0.5, gt=0, lt=1, description="单日最大降价幅度 reach of a cut, as a fraction"
    )
    caution: Annotated[float, Tunable(0.0, 2.0)] = Field(
        0.2, ge=0, le=5, description="谨慎程度 standard deviations of the total's value kept as a margin"
    )
    budget_share: Annotated[float, Tunable(0.8, 1.0)] = Field(
        1.0, gt=0, le=1, description="计划花掉的预算比例 share of the account budget that is planned for"
    )
    trial_share: Annotated[float, Tunable(0.0, 0.1)] = Field(
        0.01, ge=0, le=0.5, description="试价比例 share of the cost spent on trials"
    )
    trial_doubt: Annotated[float, Tunable(0.1, 1.0, log=True)] = Field(
        0.3, ge=0, description="试价门槛 relative doubt about a word's value from which it is tried"
    )
    min_change: Annotated[float, Tunable(0.01, 0.2, log=True)] = Field(
        0.05, ge=0, lt=1, description="最小调幅 smaller relative changes are not worth it"
    )
    headroom: Annotated[float, Tunable(1.05, 3.0, log=True)] = Field(
        1.5, ge=1, description="预算余量 budget per expected cost where the account has no limit"
    )
    budget_raise_by: Annotated[float, Tunable(0.2, 2.0, log=True)] = Field(
        1.0, gt=0, le=5, description="单日加预算上限 reach of a raise of a budget"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "bid_raised": ReasonText(
            "加价：多花的每 {currency}1 预计多成交 {currency}{extra:.2f}，高于全店门槛 {least:.2f}（点击价值 {currency}{value:,.2f}，{clicks:.0f} 次点击）",
            "raised: each extra unit of cost brings {extra:.2f}, above the account's {least:.2f} "
            "(value per click {currency}{value:,.2f}, {clicks:.0f} clicks)",
        ),
        "bid_lowered": ReasonText(
            "降价：省下的每 {currency}1 只少成交 {currency}{extra:.2f}，低于全店门槛 {least:.2f}（点击价值 {currency}{value:,.2f}，{clicks:.0f} 次点击）",
            "lowered: each unit saved gives up {extra:.2f} only, below the account's {least:.2f} "
            "(value per click {currency}{value:,.2f}, {clicks:.0f} clicks)",
        ),
        "bid_to_market": ReasonText(
            "还没有点击：出价 {currency}{base:,.2f} 可能低于市场，先加价看有没有展现（点击价值估计 {currency}{value:,.2f}）",
            "no clicks yet: the bid {currency}{base:,.2f} may lie below the market, raised to see (value per click about {currency}{value:,.2f})",
        ),
        "bid_on_trial": ReasonText(
            "试价：了解还不够，点击价值在 {currency}{low:,.2f} 到 {currency}{high:,.2f} 之间，花小钱看一看（{clicks:.0f} 次点击）",
            "on trial: little is known, value per click between {currency}{low:,.2f} and {currency}{high:,.2f} ({clicks:.0f} clicks)",
        ),
        "bid_is_right": ReasonText(
            "出价合适：加价或降价都不划算（点击价值 {currency}{value:,.2f}，全店门槛 {least:.2f}）",
            "right as it is: neither a raise nor a cut pays (value per click {currency}{value:,.2f}, the account's {least:.2f})",
        ),
        "sold_out": ReasonText(
            "宝贝没有库存，计划的日限额已收紧，出价不动",
            "sold out: the campaign's budget is closed, the bid stays",
        ),
        **KEPT_BACK,
        **BUDGET_REASONS,
        **NOTES,
    }
    limits: ClassVar[Mapping[str, ReasonText]] = {
        "budget": ReasonText("账户日预算有限", "the account's budget"),
        "target": ReasonText("目标投产比", "the target ROAS"),
        "campaign_max": ReasonText("计划最高日限额", "the campaign's maximum budget"),
        "campaign_min": ReasonText("计划最低日限额", "the campaign's minimum budget"),
        "stock": ReasonText("库存", "stock"),
        "reach": ReasonText("单日调幅", "the reach of one day"),
    }

    def decide(self, situation: Situation) -> Draft:
        """Set a bid for each running word and a budget for each campaign."""
        goals = situation.goals
        raise_by = largest_raise(situation.evidence, self.raise_by, self.silent_raise_by, goals.target_roas)
        if situation.draft.trusted_bids is not None:  # the guardrail on_trust would take the raise back
            trusted = ratio(situation.draft.trusted_bids, situation.evidence.response.base_bid) - 1
            raise_by = np.where(trusted < raise_by, np.maximum(trusted, 0.0), raise_by)
        ladder = bid_ladder(situation, raise_by=raise_by, cut_by=self.cut_by)
        target = goals.target_roas * (1 + self.caution * _doubt_of_total(situation))
        limits = account_limits(situation, target_roas=target, budget_share=self.budget_share)
        margin = _margins(situation)
        found = allocate(ladder.choices(margin), limits)
        rung, on_trial = trials(
            situation,
            ladder,
            found.level,
            least_return=_least_return(found, margin),
            money=self.trial_share * found.cost,
            doubt=self.trial_doubt,
        )
        if on_trial.any():  # the others make room, so that the total keeps budget and target all the same
            found = allocate(ladder.choices(margin, on_trial, rung), limits)
            rung = found.level
        cost, revenue = ladder.at(ladder.cost, rung), ladder.at(ladder.revenue, rung)
        bids = self._bids(situation, ladder, rung, found, on_trial)
        budgets = campaign_budgets(
            situation,
            self._spends(situation, ladder, cost),
            NAME,
            headroom=self.headroom,
            raise_by=self.budget_raise_by,
        )
        told = bool(ladder.movable.any())
        notes = account_notes(found, float(cost.sum()), float(revenue.sum())) if told else []
        return situation.draft.with_bids(bids).with_budgets(budgets).with_notes(*notes)

    def _spends(self, situation: Situation, ladder: BidLadder, cost: Array) -> Array:
        """Expected cost of each word, those included that the portfolio leaves alone; shape (n,)."""
        evidence = situation.evidence
        as_it_is = np.where(evidence.running, evidence.response.cost_at(evidence.response.base_bid), 0.0)
        return np.where(ladder.movable, cost, as_it_is)

    def _bids(
        self, situation: Situation, ladder: BidLadder, rung: Ints, found: Allocation, on_trial: Mask
    ) -> pd.DataFrame:
        evidence, bids, n = situation.evidence, situation.draft.bids, len(rung)
        base, bid = evidence.keywords["base_bid"].to_numpy(), ladder.at(ladder.bids, rung)
        moves = ladder.movable & (np.abs(ratio(bid, base) - 1) > self.min_change)
        value, clicks = evidence.value_per_click, evidence.keywords["clicks"].to_numpy()
        saved = ladder.at(ladder.cost, rung) - ladder.cost[:, MIDDLE]
        earned = ladder.at(ladder.revenue, rung) - ladder.revenue[:, MIDDLE]
        least = _least_return(found, _margins(situation))
        numbers: dict[str, Array | float] = {"least": least, "value": value.mean}
        why = {**numbers, "extra": ratio(np.abs(earned), np.abs(saved)), "clicks": clicks}
        silent = moves & (bid > base) & (clicks == 0)
        tried = moves & on_trial & ~silent
        limited = np.array([_LIMITS.get(LimitedBy(code), "") for code in found.limited_by], dtype=object)
        reason = bids["reason"].to_numpy().copy()
        for rows, code, told in (
            (ladder.movable & ~moves, "bid_is_right", numbers),
            (moves & (bid > base), "bid_raised", why),
            (moves & (bid < base), "bid_lowered", why),
            (silent, "bid_to_market", {"base": base, "value": value.mean}),
            (tried, "bid_on_trial", {"low": value.low, "high": value.high, "clicks": clicks}),
        ):
            here = {name: np.broadcast_to(values, n)[rows] for name, values in told.items()}
            reason[rows] = encode(code, int(rows.sum()), **here)
        shut = evidence.sold_out_campaigns[evidence.campaign_of]
        for rows, code in ((shut, "sold_out"), *kept_back(evidence)):
            reason[rows & ~ladder.movable] = code
        bids = put(bids, moves, action="set_bid", bid=bid)
        bids = put(bids, ladder.movable, limited_by=np.where(tried, "", limited))
        return bids.assign(reason=pd.array(reason, dtype="str"), policy=NAME)


def _least_return(found: Allocation, margin: Array | None) -> Array | float:
    """Revenue that the last unit of cost has to bring, of each keyword where margins count."""
    if margin is None:
        return found.theta
    return max(found.theta, 1.0) / np.maximum(margin, 0.01)


def _margins(situation: Situation) -> Array | None:
    """Gross margin per keyword where profit is the objective, else None."""
    if situation.goals.objective == "revenue":
        return None
    usual = situation.goals.gross_margin or 1.0
    return situation.evidence.keywords["gross_margin"].fillna(usual).clip(lower=0.0).to_numpy()


def _doubt_of_total(situation: Situation) -> float:
    """Relative standard deviation of the account's revenue: what all words share, from the orders behind it.

    A shop without orders is taken to be as sure as after _FIRST_ORDERS: it has to spend to learn.
    """
    orders = np.nansum(situation.evidence.keywords["conversions"].to_numpy())
    return float(1 / np.sqrt(max(orders, 0.0) + _FIRST_ORDERS))
