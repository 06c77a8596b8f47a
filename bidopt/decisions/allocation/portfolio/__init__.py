"""Bids of all keywords as one portfolio: an exact multiple-choice knapsack.

    allocate(Choices(cost, revenue), Limits(budget=..., target_roas=..., groups=(...,))) -> Allocation

problem      what is asked: Choices, Groups, Limits
hull         the efficient steps of each keyword
clips        what the limits of groups leave of them
relaxation   filling the account with the best steps first
conflicts    limits that cannot all hold
solution     the relaxed optimum and its prices
prices       shadow prices and the bound they prove
rounding     one real level per keyword, by way of
  plan       levels and the moves that could improve them
  exchange   moves of a few keywords together
  subsets    the search for the best of them
ordering     the sorts behind all this
allocation   the answer
"""

from bidopt.decisions.allocation.portfolio.allocation import Allocation, LimitedBy, allocate
from bidopt.decisions.allocation.portfolio.conflicts import Conflict
from bidopt.decisions.allocation.portfolio.prices import GroupPrices
from bidopt.decisions.allocation.portfolio.problem import UNGROUPED, Choices, Groups, Limits

__all__ = [
    "UNGROUPED",
    "Allocation",
    "Choices",
    "Conflict",
    "GroupPrices",
    "Groups",
    "LimitedBy",
    "Limits",
    "allocate",
]
