"""Bids by the target-ROAS formula, campaign budgets by expected return within the account budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from bidopt.decisions.allocation.funding import fund
from bidopt.decisions.policy import Mask, Policy, Situation, put
from bidopt.domain.changes import Changes
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.bid_response import forecast
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import sums

NAME = "target_roas"


class TargetRoas(Policy):
    """Bid what a click is worth divided by the target; give money first to campaigns that return most.

    bid = believed value per click / target_roas; with objective profit at most value x gross margin, what a
    click earns. A word marked for dropping keeps its verdict and gets the bid it would have otherwise.
    """

    min_change: float = Field(
        0.05, ge=0, lt=1, description="最小调幅 smaller relative changes are not worth it"
    )
    headroom: float = Field(
        1.5, ge=1, description="预算余量 budget per expected cost, so that good days are not cut"
    )
    bid_reach: float = Field(
        0.3,
        ge=0,
        lt=1,
        description="预算按多大的出价变动估算 how far bids can have moved when the budget is spent",
    )
    largest_cut: float = Field(
        0.2,
        gt=0,
        le=1,
        description="单日减预算上限 largest cut of a budget, unless the account budget forces more",
    )
    budget_bound_share: float = Field(
        0.9,
        gt=0,
        le=1,
        description="预算吃紧线 share of the budget spent from which demand is taken to be cut off",
    )
    largest_raise: float = Field(0.3, gt=0, le=5, description="单日加预算上限 largest raise of a budget")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "bid_to_value": ReasonText(
            "点击价值 {value:.2f} ÷ 目标投产 {target:g} = {wanted:.2f}，现 {base:.2f}（{clicks:.0f} 次点击的经验）",
            "value per click {value:.2f} / target {target:g} = {wanted:.2f}, now {base:.2f} (from {clicks:.0f} clicks)",
        ),
        "bid_is_right": ReasonText(
            "出价 {base:.2f} 已接近点击价值 {value:.2f} ÷ 目标投产 {target:g}",
            "bid {base:.2f} is near value per click {value:.2f} / target {target:g}",
        ),
        "value_unknown": ReasonText(
            "还没有成交也没有价格，点击价值未知", "no orders and no price: value per click unknown"
        ),
        "bid_unknown": ReasonText(
            "报表里没有出价也没有点击花费，请放入关键词列表",
            "no bid and no cost per click known: add the keyword list",
        ),
        "paused_by_hand": ReasonText("已暂停，不改", "paused by hand, left alone"),
        "no_keyword_bid": ReasonText("词包没有单独出价", "a keyword package has no bid of its own"),
        "budget_by_return": ReasonText(
            "预计花费 {cost:.2f}、投产比 {roas:.2f}，按回报排序分配",
            "expected cost {cost:.2f}, ROAS {roas:.2f}: funded in order of return",
        ),
        "budget_enough": ReasonText(
            "预计花费 {cost:.2f}、投产比 {roas:.2f}，日限额够用",
            "expected cost {cost:.2f}, ROAS {roas:.2f}: the budget suffices",
        ),
        "budget_bound": ReasonText(
            "日均花费 {spent:.2f} 已用满日限额，投产比 {roas:.2f} 达标，加预算",
            "{spent:.2f} a day uses up the budget and ROAS {roas:.2f} meets the target: raised",
        ),
        "budget_idle": ReasonText("预计没有关键词花费，不改", "no keyword spend expected, left alone"),
    }

    def decide(self, situation: Situation) -> Changes:
        """Set a bid for each running word and a budget for each campaign."""
        bids = self._bids(situation)
        return situation.draft.with_bids(bids).with_budgets(self._budgets(situation, bids))

    def _bids(self, situation: Situation) -> pd.DataFrame:
        evidence, goals, bids = situation.evidence, situation.goals, situation.draft.bids
        keywords, n = evidence.keywords, len(bids)
        value = evidence.value_per_click.mean
        wanted = value / goals.target_roas
        if goals.objective == "profit":
            margin = keywords["gross_margin"].fillna(goals.gross_margin or 1.0).to_numpy()
            wanted = np.minimum(wanted, value * margin)
        base = keywords["base_bid"].to_numpy()
        kept_back: tuple[tuple[Mask, str], ...] = (
            (np.isnan(value), "value_unknown"),
            (np.isnan(base), "bid_unknown"),
            ((keywords["match_type"] == "package").to_numpy(), "no_keyword_bid"),
            ((keywords["status"] == "paused").to_numpy(), "paused_by_hand"),
        )
        dropped = (bids["action"] == "pause").to_numpy()
        biddable = ~np.any([mask for mask, _ in kept_back], axis=0)
        moves = biddable & (np.abs(ratio(wanted, base) - 1) > self.min_change)
        numbers: dict[str, Array | float] = {"value": value, "target": goals.target_roas, "base": base}
        moved = encode("bid_to_value", n, **numbers, wanted=wanted, clicks=keywords["clicks"].to_numpy())

        bids = put(bids, moves, bid=wanted)
        bids = put(bids, moves & ~dropped, action="set_bid", reason=moved, policy=NAME)
        bids = put(
            bids, biddable & ~moves & ~dropped, reason=encode("bid_is_right", n, **numbers), policy=NAME
        )
        for mask, code in kept_back:
            bids = put(bids, mask & ~dropped, reason=code, policy=NAME)
        return bids

    def _budgets(self, situation: Situation, bids: pd.DataFrame) -> pd.DataFrame:
        budgets, campaigns = situation.draft.budgets, situation.evidence.campaigns
        n = len(campaigns)
        cost, roas = self._expected(situation.evidence, bids)
        spent, current = campaigns["daily_cost"].to_numpy(), campaigns["current_budget"].to_numpy()
        had = np.nan_to_num(current)

        earns = roas >= situation.goals.target_roas
        bound = earns & (current > 0) & (spent >= self.budget_bound_share * current)
        wanted = cost * self.headroom
        wanted = np.where(earns, np.maximum(wanted, had), wanted)  # a budget that does not bind costs nothing
        reach = np.where(had > 0, had * (1 + self.largest_raise), np.inf)
        wanted = np.minimum(np.where(bound, np.inf, wanted), reach)
        least = np.nan_to_num(campaigns["min_budget"].to_numpy())
        most = np.maximum(np.minimum(campaigns["max_budget"].fillna(np.inf).to_numpy(), reach), least)
        gentle = np.minimum(had * (1 - self.largest_cut), most)
        idle = cost <= 0
        levels = [np.where(idle, had, level) for level in (least, gentle, cost, np.maximum(wanted, gentle))]
        granted = fund(
            levels, np.where(idle, np.inf, most), np.where(idle, np.inf, roas), situation.account_budget
        )

        budgets = put(
            budgets, ~idle, budget=granted, reason=encode("budget_by_return", n, cost=cost, roas=roas)
        )
        same = ~idle & (np.abs(granted - current) < 0.005)
        budgets = put(budgets, same, reason=encode("budget_enough", n, cost=cost, roas=roas))
        budgets = put(budgets, bound & ~same, reason=encode("budget_bound", n, spent=spent, roas=roas))
        budgets = put(budgets, idle, reason="budget_idle")
        return budgets.assign(policy=NAME)

    def _expected(self, evidence: Evidence, bids: pd.DataFrame) -> tuple[Array, Array]:
        """Cost per day and ROAS of each campaign at bids within reach, both of shape (campaigns,).

        Words marked for dropping count as running: a limit may still spare them.
        """
        n, base = len(evidence.campaigns), evidence.response.base_bid
        near = np.clip(bids["bid"].to_numpy(), base * (1 - self.bid_reach), base * (1 + self.bid_reach))
        running = forecast(
            bids.assign(bid=near, action="set_bid"), evidence.response, evidence.value_per_click
        )
        cost = sums(evidence.campaign_of, np.nan_to_num(running["expected_cost"].to_numpy()), n)
        revenue = sums(evidence.campaign_of, np.nan_to_num(running["expected_revenue"].to_numpy()), n)
        return cost, ratio(revenue, cost)
