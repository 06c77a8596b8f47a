"""Shares the account's money among campaigns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bidopt.domain.metrics import Array


def fund(levels: Sequence[Array], most: Array, returns: Array, account: float | None) -> Array:
    """Raise each campaign's budget level by level, best return first, until the account's money is gone.

    Args:
        levels: budgets to reach, dearest need first, each of shape (campaigns,).
        most: budget no campaign exceeds, shape (campaigns,).
        returns: revenue / cost by which campaigns are ranked, shape (campaigns,); unknown ranks last.
        account: money to share per day; None where there is no limit.

    Returns:
        Budgets of shape (campaigns,), together at most `account`.
    """
    granted = np.zeros(len(most))
    left = np.inf if account is None else account
    best_first = np.argsort(-np.nan_to_num(returns), kind="stable")
    for level in levels:
        for row in best_first:
            grant = min(max(min(level[row], most[row]) - granted[row], 0.0), left)
            granted[row] += grant
            left -= grant
    return granted


def share_out(money: float, weight: Array, least: Array, most: Array) -> Array:
    """Parts in proportion to `weight`, each held between `least` and `most`, together at most `money`.

    Args:
        money: to share out, > 0.
        weight: of each part, shape (n,), positive.
        least: of each part, shape (n,).
        most: of each part, shape (n,), at least `least`.

    Returns:
        Shape (n,); the minima shrunk in proportion where they alone exceed the money.
    """
    if least.sum() >= money:
        shrunk: Array = least * money / least.sum()
        return shrunk
    low, high = 0.0, money / weight.min()
    for _ in range(60):  # the sum grows with the scale, so that halving finds it
        scale = (low + high) / 2
        if np.clip(scale * weight, least, most).sum() > money:
            high = scale
        else:
            low = scale
    parts: Array = np.clip(low * weight, least, most)
    return parts
