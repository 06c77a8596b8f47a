"""Budgets that follow the bids: each campaign gets its part of the account's money by what it is expected to spend."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bidopt.decisions.allocation.funding import share_out
from bidopt.decisions.draft import put
from bidopt.decisions.policy import CLOSED_BUDGET, Situation
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.keyword_index import sums

BUDGET_REASONS: Mapping[str, ReasonText] = {
    "budget_for_cost": ReasonText(
        "预计花费 {currency}{cost:,.2f}，账户日预算按预计花费分，多出的是旺日的余量",
        "expected cost {currency}{cost:,.2f}; the account's budget is shared by expected cost, the rest is room for busy days",
    ),
    "budget_enough": ReasonText(
        "预计花费 {currency}{cost:,.2f}，日限额够用",
        "expected cost {currency}{cost:,.2f}: the budget suffices",
    ),
    "budget_sold_out": ReasonText(
        "推广的宝贝没有库存，先不花钱", "what it advertises is sold out: no money until it is back"
    ),
    "budget_unknown": ReasonText(
        "不知道现在的日限额：放入计划报表或计划列表，或在 shop.yaml 写 daily_budget",
        "current budget unknown: add the campaign report or list, or set daily_budget",
    ),
    "campaign_not_running": ReasonText(
        "计划已暂停或近期没有出现，不改", "paused or not seen lately, left alone"
    ),
}

SMALLEST = CLOSED_BUDGET
"""Budget of a running campaign of which nothing is expected."""

_WORTH_IT = 0.05
"""A smaller relative change of a budget is left alone, money permitting."""


def campaign_budgets(
    situation: Situation, keyword_cost: Array, policy: str, *, headroom: float, raise_by: float
) -> pd.DataFrame:
    """The budgets of a plan.

    Bids say how much is spent; budgets only stop what goes beyond expectation. So the account's money is given out
    in full, or up to `headroom` times the expectation where the account has no limit. Where the account's limit is no
    more than the sum of the budgets in force, those that have `headroom` times the expectation already stay as they are.

    Args:
        situation: of the morning.
        keyword_cost: expected per day at the plan's bids, shape (keywords,).
        policy: name to sign with.
        headroom: budget per expected cost where the account sets no limit.
        raise_by: reach of a raise as a fraction of the budget in force.

    Returns:
        Schema BUDGETS, aligned with `evidence.campaigns`.
    """
    campaigns, budgets = situation.evidence.campaigns, situation.draft.budgets
    n, running = len(campaigns), campaigns["running"].to_numpy()
    cost = sums(situation.evidence.campaign_of, keyword_cost, n) + situation.words_cost
    current = campaigns["current_budget"].to_numpy()
    funded = running & (~np.isnan(current) | (situation.goals.daily_budget is not None))
    idle = funded & situation.evidence.sold_out_campaigns
    least = np.maximum(np.where(idle, 0.0, np.nan_to_num(campaigns["min_budget"].to_numpy())), SMALLEST)
    recent = np.where(current <= CLOSED_BUDGET, campaigns["recent_budget"].to_numpy(), np.nan)
    reach = np.fmax(current * (1 + raise_by), recent)
    most = np.maximum(np.fmin(campaigns["max_budget"].to_numpy(), reach), least)
    most = np.where(np.isnan(most), np.inf, most)
    needs = np.where(funded & ~idle, np.maximum(cost, SMALLEST), 0.0)
    wanted = np.clip(needs * headroom, least, most)
    account = situation.account_budget
    enough = np.zeros(n, dtype=bool)
    if situation.goals.daily_budget is None:
        enough = funded & ~idle & (current >= np.maximum(wanted, least)) & (current <= most)
        if account is not None and current[enough].sum() + wanted[funded & ~enough].sum() > account:
            enough[:] = False
    if account is not None:
        if situation.goals.daily_budget is None:  # what a sold-out campaign had stays set aside for it
            account -= max(np.nansum(current[idle]) - SMALLEST * np.count_nonzero(idle), 0.0)
        most = np.where(idle, least, most)
        open_ = funded & ~enough
        if open_.any():
            left = account - current[enough].sum()
            wanted[open_] = share_out(left, np.maximum(needs, SMALLEST)[open_], least[open_], most[open_])
    wanted = np.where(enough, current, wanted)
    near = np.abs(wanted - current) <= _WORTH_IT * current
    if account is None or np.where(near, current, wanted)[funded].sum() <= account:
        wanted = np.where(near, current, wanted)
    budgets = put(budgets, funded, budget=wanted, reason=encode("budget_for_cost", n, cost=cost))
    budgets = put(budgets, enough, reason=encode("budget_enough", n, cost=cost))
    for rows, code in (
        (idle, "budget_sold_out"),
        (running & ~funded, "budget_unknown"),
        (~running, "campaign_not_running"),
    ):
        budgets = put(budgets, rows, reason=code)
    return budgets.assign(policy=policy)
