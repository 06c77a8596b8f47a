"""Shares the account's budget among campaigns in proportion to what each is expected to spend."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bidopt.decisions.allocation.funding import share_out
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.keyword_index import sums
from bidopt.registry import plugin_name

SMALLEST = 1.0
"""No running campaign gets less per day; platforms take no budget of nothing."""

IDLE_SHARE = 0.03
"""Every running campaign counts as if it spent at least this share of the average one, so that none starves."""

BUDGET_REASONS: Mapping[str, ReasonText] = {
    "budget_share": ReasonText(
        "预计日花费 {currency}{cost:,.2f}，按花费比例分账户日预算",
        "expected cost {currency}{cost:,.2f} a day: its share of the account budget",
    ),
    "budget_unknown": ReasonText("不知道日限额，不改", "no budget is known: left alone"),
    "campaign_not_running": ReasonText("计划没有在投放，不改", "the campaign does not run: left alone"),
}


def shared_budgets(policy: Policy, situation: Situation, cost: Array) -> pd.DataFrame:
    """Budgets in proportion to cost that use the whole account budget, so that each has the same headroom.

    Args:
        policy: who decides.
        situation: the morning.
        cost: expected cost per day of each keyword, shape (keywords,).

    Returns:
        Schema BUDGETS; within each campaign's own minimum and maximum.
    """
    campaigns, budgets = situation.evidence.campaigns, situation.draft.budgets
    n = len(campaigns)
    running = campaigns["running"].to_numpy()
    known = campaigns["current_budget"].notna().to_numpy() | (situation.goals.daily_budget is not None)
    funded = running & known
    spends = sums(situation.evidence.campaign_of, np.nan_to_num(cost), n)
    budget = budgets["budget"].to_numpy().copy()
    why = np.where(running, "budget_unknown", "campaign_not_running").astype(object)
    if situation.account_budget is not None and funded.any():
        weight = spends[funded]
        weight = np.maximum(weight, max(weight.mean() * IDLE_SHARE, 1e-9))
        least = np.maximum(np.nan_to_num(campaigns["min_budget"].to_numpy()[funded]), SMALLEST)
        most = np.maximum(campaigns["max_budget"].fillna(np.inf).to_numpy()[funded], least)
        budget[funded] = share_out(situation.account_budget, weight, least, most)
        why[funded] = encode("budget_share", len(weight), cost=spends[funded])
    reason = pd.Series(why, index=budgets.index, dtype="str")
    return budgets.assign(budget=budget, reason=reason, policy=plugin_name(policy))
