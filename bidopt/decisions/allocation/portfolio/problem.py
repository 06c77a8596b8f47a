"""The question put to the allocator: what each bid level of each keyword brings, and what must hold in total."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bidopt.domain.errors import SchemaError
from bidopt.domain.metrics import Array

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNGROUPED = -1


@dataclass(frozen=True)
class Choices:
    """Bid levels of n keywords, of which each takes exactly one.

    A keyword that may also stop bidding has a level of cost 0 and revenue 0. The curves need not be convex
    nor rise with the bid.

    Args:
        cost: expected cost per day, at least 0, shape (n, levels), levels by ascending bid.
        revenue: expected revenue per day, shape (n, levels); may be negative (refunds).
        allowed: levels within floor, ceiling and step, shape (n, levels); None allows all.
        margin: gross margin of each keyword's sales as a fraction, shape (n,). With margins the objective is
            profit = margin x revenue - cost; without, it is revenue.

    Raises:
        SchemaError: shapes disagree, a number is not finite, a cost or margin is negative, or a keyword has
            no level allowed.
    """

    cost: Array
    revenue: Array
    allowed: Mask | None = None
    margin: Array | None = None

    def __post_init__(self) -> None:
        shape = self.cost.shape
        if len(shape) != 2 or not shape[1] or self.revenue.shape != shape:
            raise SchemaError(f"cost {shape} and revenue {self.revenue.shape} must share (keywords, levels)")
        if shape[1] > np.iinfo(np.int16).max:
            raise SchemaError(f"{shape[1]} levels are too many")
        if self.margin is not None:
            _check("margin", self.margin.reshape(-1, 1), least=0.0)
            if self.margin.shape != shape[:1]:
                raise SchemaError(f"margin {self.margin.shape} must have shape {shape[:1]}")
        _check("cost", self.cost, least=0.0)
        _check("revenue", self.revenue, least=-np.inf)
        if self.allowed is not None:
            if self.allowed.shape != shape or self.allowed.dtype != np.bool_:
                raise SchemaError(f"allowed must be a mask of shape {shape}")
            stuck = np.flatnonzero(~self.allowed.any(axis=1))
            if stuck.size:
                raise SchemaError(f"{stuck.size} keywords have no level allowed, the first is row {stuck[0]}")

    @property
    def keywords(self) -> int:
        """Number of keywords, n."""
        return int(self.cost.shape[0])


@dataclass(frozen=True)
class Groups:
    """Disjoint sets of keywords with limits of their own: the campaigns, or the products.

    Args:
        name: what a group is, as conflicts call it, such as "campaign".
        member: group number of each keyword, 0 to groups - 1, or UNGROUPED, shape (n,).
        min_cost: least cost per day, NaN where there is none, shape (groups,).
        max_cost: largest cost per day, NaN where there is none, shape (groups,).
        max_revenue: largest revenue per day that stock can serve, NaN where there is none, shape (groups,).
            It stops raises; it never asks for a level that sells less at more cost, not even for a minimum.

    Raises:
        SchemaError: shapes disagree, a number is out of range or a limit is negative.
    """

    name: str
    member: Ints
    min_cost: Array
    max_cost: Array
    max_revenue: Array

    def __post_init__(self) -> None:
        if not self.min_cost.shape == self.max_cost.shape == self.max_revenue.shape == (self.size,):
            raise SchemaError(f"limits of {self.name} must share one shape (groups,)")
        if self.member.size and not UNGROUPED <= self.member.min() <= self.member.max() < self.size:
            raise SchemaError(f"{self.name} numbers must lie in {UNGROUPED}..{self.size - 1}")
        for limit in (self.min_cost, self.max_cost, self.max_revenue):
            if np.any(limit < 0):
                raise SchemaError(f"a limit of {self.name} {int(np.flatnonzero(limit < 0)[0])} is negative")
            if np.any(np.isinf(self.min_cost)):
                raise SchemaError(f"min_cost of {self.name} is infinite")
        # NaN says "none"; from here on 0 and inf do, so that comparing works.
        object.__setattr__(self, "min_cost", np.where(np.isnan(self.min_cost), 0.0, self.min_cost))
        object.__setattr__(self, "max_cost", np.where(np.isnan(self.max_cost), np.inf, self.max_cost))
        object.__setattr__(
            self, "max_revenue", np.where(np.isnan(self.max_revenue), np.inf, self.max_revenue)
        )

    @property
    def size(self) -> int:
        """Number of groups."""
        return int(self.min_cost.shape[0])

    def total(self, values: Array) -> Array:
        """Sum of `values` (n,) per group, shape (groups,)."""
        return sums(self.member, values, self.size)

    def total_of(self, keyword: Ints, values: Array) -> Array:
        """Sum per group of values (m,) that belong to the keywords named beside them, shape (groups,)."""
        return sums(self.member[keyword], values, self.size)

    def of_keyword(self, values: Array, otherwise: float) -> Array:
        """Each keyword's entry of `values` (groups,), shape (n,); `otherwise` where it has no group."""
        return np.append(values, otherwise)[self.member]  # UNGROUPED = -1 reads the entry appended

    def members(self, marked: Mask) -> Mask:
        """Keywords of the groups marked, shape (n,)."""
        return np.append(marked, np.False_)[self.member]


@dataclass(frozen=True)
class Limits:
    """What must hold over all keywords.

    Args:
        budget: largest cost per day of the account; None for none.
        target_roas: least revenue / cost of the account; None for none.
        groups: kinds of groups, inner before outer: each group of one kind lies within one of the next.
    """

    budget: float | None = None
    target_roas: float | None = None
    groups: tuple[Groups, ...] = field(default=())

    def __post_init__(self) -> None:
        for name, value in (("budget", self.budget), ("target_roas", self.target_roas)):
            if value is not None and not (value >= 0 and np.isfinite(value)):
                raise SchemaError(f"{name} is {value}; it must be a number of at least 0")
        for inner, outer in zip(self.groups[:-1], self.groups[1:], strict=True):
            pairs = np.unique(np.stack([inner.member, outer.member])[:, inner.member >= 0], axis=1)
            if pairs.shape[1] != np.unique(pairs[0]).size:
                raise SchemaError(f"a {inner.name} lies in more than one {outer.name}")


def sums(group: Ints, values: Array, groups: int) -> Array:
    """Sum of `values` (m,) per group, shape (groups,); those UNGROUPED are left out."""
    return np.bincount(group + 1, values, groups + 1)[1:].astype(np.float64)


def check_together(choices: Choices, limits: Limits) -> None:
    """Refuse groups that do not fit the choices.

    Raises:
        SchemaError: a group list has another length, or stock is shared by keywords of different margins
            (its price would depend on which of them sells).
    """
    for groups in limits.groups:
        if groups.member.shape != (choices.keywords,):
            raise SchemaError(
                f"{groups.name} has {groups.member.shape} members for {choices.keywords} keywords"
            )
        if choices.margin is not None:
            inside = groups.member >= 0
            least = np.full(groups.size, np.inf)
            np.minimum.at(least, groups.member[inside], choices.margin[inside])
            mixed = choices.margin > groups.of_keyword(least, np.inf)
            if np.any(mixed & np.isfinite(groups.of_keyword(groups.max_revenue, np.inf))):
                raise SchemaError(f"keywords of one {groups.name} with max_revenue must share one margin")


def _check(name: str, values: Array, least: float) -> None:
    """Refuse a table with a number that is not finite or too small, and name the place."""
    # NaN passes through min and max, so two passes without a temporary see everything.
    if values.size and not (
        values.min() >= least and np.isfinite(values.max()) and np.isfinite(values.min())
    ):
        row, level = np.argwhere(~(np.isfinite(values) & (values >= least)))[0]
        bound = f" of at least {least:g}" if np.isfinite(least) else ""
        raise SchemaError(
            f"{name} of row {row}, level {level} is {values[row, level]}; it must be a number{bound}"
        )
