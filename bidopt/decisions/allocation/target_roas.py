"""Bids by the target-ROAS formula, campaign budgets by expected return within the account budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from bidopt.decisions.allocation.funding import fund
from bidopt.decisions.allocation.kept_back import KEPT_BACK, kept_back
from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.changes import HALF_A_CENT
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.domain.tunable import Tunable
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.forecast import forecast
from bidopt.evidence.keyword_index import sums

NAME = "target_roas"


class TargetRoas(Policy):
    """Bid what a click is worth divided by the target; give money first to campaigns that return most.

    bid = believed value per click / target_roas; with objective profit at most value x gross margin, what a
    click earns.
    """

    min_change: Annotated[float, Tunable(0.01, 0.2, log=True)] = Field(
        0.05, ge=0, lt=1, description="最小调幅 smaller relative changes are not worth it"
    )
    headroom: Annotated[float, Tunable(1.05, 3.0, log=True)] = Field(
        1.5, ge=1, description="预算余量 budget per expected cost, so that good days are not cut"
    )
    bid_reach: Annotated[float, Tunable(0.0, 0.6)] = Field(
        0.3,
        ge=0,
        lt=1,
        description="预算按多大的出价变动估算 how far bids can have moved when the budget is spent",
    )
    largest_cut: Annotated[float, Tunable(0.05, 0.8, log=True)] = Field(
        0.2,
        gt=0,
        le=1,
        description="单日减预算上限 largest cut of a budget, unless the account budget forces more",
    )
    budget_bound_share: Annotated[float, Tunable(0.7, 1.0)] = Field(
        0.9,
        gt=0,
        le=1,
        description="预算吃紧线 share of the budget spent from which demand is taken to be cut off",
    )
    smallest: float = Field(1.0, gt=0, description="最低日限额 no running campaign gets less")
    largest_raise: Annotated[float, Tunable(0.1, 1.0, log=True)] = Field(
        0.3, gt=0, le=5, description="单日加预算上限 largest raise of a budget"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "bid_to_value": ReasonText(
            "点击价值 {currency}{value:,.2f} ÷ 目标投产 {target:g} = {currency}{wanted:,.2f}，现 {currency}{base:,.2f}（{clicks:.0f} 次点击的经验）",
            "value per click {currency}{value:,.2f} / target {target:g} = {currency}{wanted:,.2f}, now {currency}{base:,.2f} (from {clicks:.0f} clicks)",
        ),
        "bid_is_right": ReasonText(
            "出价 {currency}{base:,.2f} 已接近点击价值 {currency}{value:,.2f} ÷ 目标投产 {target:g}",
            "bid {currency}{base:,.2f} is near value per click {currency}{value:,.2f} / target {target:g}",
        ),
        **KEPT_BACK,
        "budget_first": ReasonText(
            "现在的日限额未知；预计花费 {currency}{cost:,.2f}、投产比 {roas:.2f}，从账户日预算里分到",
            "current budget unknown; expected cost {currency}{cost:,.2f}, ROAS {roas:.2f}: its part of the account budget",
        ),
        "budget_raised": ReasonText(
            "预计花费 {currency}{cost:,.2f}、投产比 {roas:.2f} 达标，加预算",
            "expected cost {currency}{cost:,.2f}, ROAS {roas:.2f} meets the target: raised",
        ),
        "budget_lowered": ReasonText(
            "预计花费 {currency}{cost:,.2f}、投产比 {roas:.2f} 低于目标 {target:g}，减预算",
            "expected cost {currency}{cost:,.2f}, ROAS {roas:.2f} below the target {target:g}: lowered",
        ),
        "budget_to_better": ReasonText(
            "预计花费 {currency}{cost:,.2f}、投产比 {roas:.2f}；账户日预算有限，先给回报更高的计划",
            "expected cost {currency}{cost:,.2f}, ROAS {roas:.2f}: the account's money goes to better campaigns first",
        ),
        "budget_enough": ReasonText(
            "预计花费 {currency}{cost:,.2f}、投产比 {roas:.2f}，日限额够用",
            "expected cost {currency}{cost:,.2f}, ROAS {roas:.2f}: the budget suffices",
        ),
        "budget_bound": ReasonText(
            "日限额已经用满，投产比 {roas:.2f} 达标，加预算",
            "the budget is used up and ROAS {roas:.2f} meets the target: raised",
        ),
        "budget_idle": ReasonText("预计没有关键词花费，最后分配", "no keyword spend expected, funded last"),
        "budget_unknown": ReasonText(
            "不知道现在的日限额：放入计划报表或计划列表，或在 shop.yaml 写 daily_budget",
            "current budget unknown: add the campaign report or list, or set daily_budget",
        ),
        "campaign_not_running": ReasonText(
            "计划已暂停或近期没有出现，不改", "paused or not seen lately, left alone"
        ),
    }

    def decide(self, situation: Situation) -> Draft:
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
        held = kept_back(evidence)
        biddable = ~np.any([mask for mask, _ in held], axis=0)
        moves = biddable & (np.abs(ratio(wanted, base) - 1) > self.min_change)
        numbers: dict[str, Array | float] = {"value": value, "target": goals.target_roas, "base": base}
        moved = encode("bid_to_value", n, **numbers, wanted=wanted, clicks=keywords["clicks"].to_numpy())

        bids = put(bids, moves, action="set_bid", bid=wanted, reason=moved)
        bids = put(bids, biddable & ~moves, reason=encode("bid_is_right", n, **numbers))
        for mask, code in held:
            bids = put(bids, mask, reason=code)
        return bids.assign(policy=NAME)

    def _budgets(self, situation: Situation, bids: pd.DataFrame) -> pd.DataFrame:
        budgets, campaigns = situation.draft.budgets, situation.evidence.campaigns
        cost, roas = self._expected(situation.evidence, bids)
        cost = cost + situation.words_cost
        current = campaigns["current_budget"].to_numpy()
        had = np.nan_to_num(current)
        running = campaigns["running"].to_numpy()
        funded = running & (~np.isnan(current) | (situation.goals.daily_budget is not None))
        idle = funded & (cost <= 0)
        earns = roas >= situation.goals.target_roas
        bound = (
            funded & earns & (had > 0) & (campaigns["daily_cost"].to_numpy() >= self.budget_bound_share * had)
        )

        raised = np.where(earns, had * (1 + self.largest_raise), had)  # below the target nothing is raised
        reach = np.where(had > 0, raised, np.inf)
        wanted = np.where(earns | idle, np.maximum(cost * self.headroom, had), cost * self.headroom)
        wanted = np.where(bound, reach, wanted)  # where earning, a budget that does not bind costs nothing
        least = np.maximum(np.nan_to_num(campaigns["min_budget"].to_numpy()), self.smallest)
        most = np.maximum(np.minimum(campaigns["max_budget"].fillna(np.inf).to_numpy(), reach), least)
        gentle = np.where(idle, 0.0, had * (1 - self.largest_cut))
        levels = (least, gentle, cost, np.maximum(wanted, gentle))
        granted = fund(levels, np.where(funded, most, 0.0), roas, situation.account_budget)

        n, target = len(campaigns), situation.goals.target_roas
        numbers: dict[str, Array | float] = {"cost": cost, "roas": roas}
        more, less = granted > current + HALF_A_CENT, granted < current - HALF_A_CENT
        budgets = put(budgets, funded, budget=granted)
        for rows, reason in (
            (funded, encode("budget_enough", n, **numbers)),
            (funded & np.isnan(current), encode("budget_first", n, **numbers)),
            (funded & more, encode("budget_raised", n, **numbers)),
            (bound & more, encode("budget_bound", n, roas=roas)),
            (funded & less, encode("budget_to_better", n, **numbers)),
            (funded & less & ~earns, encode("budget_lowered", n, **numbers, target=target)),
            (idle, encode("budget_idle", n)),
            (running & ~funded, encode("budget_unknown", n)),
            (~running, encode("campaign_not_running", n)),
        ):
            budgets = put(budgets, rows, reason=reason)
        return budgets.assign(policy=NAME)

    def _expected(self, evidence: Evidence, bids: pd.DataFrame) -> tuple[Array, Array]:
        """Cost per day and ROAS of each campaign at bids within reach, both of shape (campaigns,).

        Words with a verdict to drop count as running: a limit may still spare them.
        """
        n, base = len(evidence.campaigns), evidence.response.base_bid
        near = np.clip(bids["bid"].to_numpy(), base * (1 - self.bid_reach), base * (1 + self.bid_reach))
        running = forecast(bids.assign(bid=near), evidence)
        cost = sums(evidence.campaign_of, np.nan_to_num(running["expected_cost"].to_numpy()), n)
        revenue = sums(evidence.campaign_of, np.nan_to_num(running["expected_revenue"].to_numpy()), n)
        return cost, ratio(revenue, cost)
