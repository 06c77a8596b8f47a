"""Who a keyword borrows from: its product (or ad group where no product is known), then the shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief, fit_strength, gamma_posterior
from bidopt.evidence.keyword_index import Ints, group_numbers, sums


@dataclass(frozen=True)
class Hierarchy:
    """Group of each keyword.

    Args:
        group: group number per keyword, shape (n,).
        groups: number of groups.
    """

    group: Ints
    groups: int

    def total(self, values: Array) -> Array:
        """Sum of `values` per group, shape (groups,)."""
        return sums(self.group, values, self.groups)


def hierarchy_of(keywords: pd.DataFrame) -> Hierarchy:
    """Group keywords by platform and product; by ad group where the product is not known."""
    known = keywords["product_id"] != ""
    table = pd.DataFrame(
        {
            "platform": keywords["platform"],
            "product_id": keywords["product_id"],
            "campaign_id": keywords["campaign_id"].where(~known, ""),
            "ad_group_id": keywords["ad_group_id"].where(~known, ""),
        }
    )
    group = group_numbers(table, list(table.columns))
    return Hierarchy(group, int(group.max(initial=-1)) + 1)


def pooled_rate(
    events: Array,
    exposure: Array,
    hierarchy: Hierarchy,
    *,
    prior_rate: float,
    prior_exposure: float,
    strength: float,
) -> tuple[Belief, Array]:
    """Rate of each keyword, shrunk towards its group, the group towards the shop (empirical Bayes).

    Args:
        events: weighted events per keyword, shape (n,).
        exposure: weighted chances per keyword, shape (n,).
        hierarchy: group of each keyword.
        prior_rate: rate of a shop without any data.
        prior_exposure: chances that `prior_rate` is worth.
        strength: default strength of both levels, in chances; fitted where the data allow.

    Returns:
        The belief per keyword and its group's mean per keyword, both of shape (n,).
    """
    shop = (events.sum() + prior_rate * prior_exposure) / (exposure.sum() + prior_exposure)
    group_events, group_exposure = hierarchy.total(events), hierarchy.total(exposure)
    shop_mean = np.full(hierarchy.groups, shop)
    alike = fit_strength(group_events, group_exposure, shop_mean, strength)
    group_mean = gamma_posterior(group_events, group_exposure, shop_mean, alike).mean[hierarchy.group]
    own = fit_strength(events, exposure, group_mean, strength)
    return gamma_posterior(events, exposure, group_mean, own), group_mean
