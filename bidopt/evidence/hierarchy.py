"""The product of each keyword, or its ad group where no product is known."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bidopt.domain.key_numbers import key_numbers
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints, sums


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

    def rate(self, events: Array, exposure: Array, rate: float, strength: float) -> Array:
        """Events per exposure of each keyword's group, shape (n,).

        Args:
            events: per keyword, shape (n,).
            exposure: chances, per keyword, shape (n,).
            rate: before any data, of the whole shop.
            strength: exposure that `rate` is worth for the shop, and the shop's rate for a group.
        """
        shop = (events.sum() + rate * strength) / (exposure.sum() + strength)
        groups = (self.total(events) + shop * strength) / (self.total(exposure) + strength)
        of_keyword: Array = groups[self.group]
        return of_keyword


def hierarchy_of(keywords: pd.DataFrame) -> Hierarchy:
    """Group keywords by platform and product; by ad group where the product is not known."""
    unknown = keywords["product_id"] == ""
    in_its_place = (keywords[column].where(unknown, "") for column in ("campaign_id", "ad_group_id"))
    group = key_numbers([keywords["platform"], keywords["product_id"], *in_its_place])
    return Hierarchy(group, int(group.max(initial=-1)) + 1)
