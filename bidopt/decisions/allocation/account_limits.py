"""What must hold over the account today: budget, target, the campaigns' limits and the products' stock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bidopt.decisions.allocation.portfolio import UNGROUPED, Groups, Limits
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array, ratio


def account_limits(situation: Situation, *, target_roas: float, budget_share: float) -> Limits:
    """The limits of the morning.

    Args:
        situation: of the morning.
        target_roas: to reach, caution included.
        budget_share: share of the account's budget to plan for, words added included; the rest is room for busy days.
    """
    budget = situation.account_budget
    campaigns, products = _campaigns(situation), _products(situation)
    kinds: tuple[Groups, ...] = (campaigns,)
    if np.isfinite(products.max_revenue).any():
        if _nested(campaigns, products):
            kinds = (campaigns, products)
        else:
            kinds = (_within(products, campaigns), campaigns)
    if budget is not None:
        budget = max(budget * budget_share - float(situation.words_cost.sum()), 0.0)
    return Limits(budget=budget, target_roas=target_roas, groups=kinds)


def _campaigns(situation: Situation) -> Groups:
    evidence = situation.evidence
    table = evidence.campaigns
    running = table["running"].to_numpy()
    return Groups(
        "campaign",
        evidence.campaign_of,
        min_cost=np.where(running, table["min_budget"].to_numpy(), np.nan),
        max_cost=np.where(running, table["max_budget"].to_numpy(), np.nan),
        max_revenue=np.full(len(table), np.nan),
    )


def _products(situation: Situation) -> Groups:
    """Products sell at most their stock a day, at the believed value of an order."""
    evidence = situation.evidence
    of, names = pd.factorize(evidence.keywords["product_id"])
    value = np.nan_to_num(ratio(evidence.value_per_click.mean, evidence.cvr.mean))
    words = np.maximum(np.bincount(of, minlength=len(names)), 1)
    order_value = np.bincount(of, value, minlength=len(names)) / words
    stock = np.full(len(names), np.nan)
    stock[of] = evidence.keywords["stock"].to_numpy()
    none: Array = np.full(len(names), np.nan)
    return Groups(
        "product", of.astype(np.int64), none, none, np.where(order_value > 0, stock * order_value, np.nan)
    )


def _within(inner: Groups, outer: Groups) -> Groups:
    """The inner groups that lie in one outer group each; keywords of the others have none."""
    pairs = np.unique(np.stack([inner.member, outer.member]), axis=1)[0]
    alone = np.bincount(pairs, minlength=inner.size) == 1
    return replace(inner, member=np.where(alone[inner.member], inner.member, UNGROUPED))


def _nested(inner: Groups, outer: Groups) -> bool:
    pairs = np.unique(np.stack([inner.member, outer.member]), axis=1)
    return bool(pairs.shape[1] == np.unique(pairs[0]).size)
