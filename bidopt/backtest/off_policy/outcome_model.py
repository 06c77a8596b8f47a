"""What a bid brings, read off the log itself: the direct part of the doubly robust estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bidopt.backtest.off_policy.blocks import Blocks
from bidopt.backtest.off_policy.randomised_log import OUTCOMES, RandomisedLog, with_profit
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints

_FOLDS = 5
_STEPS, _RIDGE = 8, 1e-6


@dataclass(frozen=True)
class OutcomeModel:
    """level x exp(slope x + bend x^2) clicks and cost a day, x = log(bid / centre); sales in proportion to clicks.

    Slopes and bends are of the whole account, levels and values per click of each keyword.

    Args:
        centre: geometric mean of the keyword's bids, shape (keywords,), currency.
        level: outcome a day at the centre, by name, shape (keywords,); for clicks and cost.
        curve: (slope, bend), by the same names.
        per_click: conversions and revenue of a click, by name, shape (keywords,); shrunk to the account's.
    """

    centre: Array
    level: Mapping[str, Array]
    curve: Mapping[str, Array]
    per_click: Mapping[str, Array]

    def predict(self, keyword: Ints, bid: Array) -> dict[str, Array]:
        """Expected outcomes of keyword-days, each of shape (rows,); nothing where the bid is 0."""
        runs = bid > 0
        x = _along(np.where(runs, bid, 1.0), self.centre[keyword])
        out = {
            name: np.where(runs, level[keyword] * np.exp(x @ self.curve[name]), 0.0)
            for name, level in self.level.items()
        }
        return out | {name: out["clicks"] * value[keyword] for name, value in self.per_click.items()}


def cross_fitted(log: RandomisedLog, blocks: Blocks, target: Array) -> tuple[Mapping[str, Array], ...]:
    """Predictions for each row from a model that did not see the row's block, at its own bid and at the target's."""
    fold = blocks.of_row % _FOLDS
    logged, wanted = ({name: np.zeros(len(log.bid)) for name in OUTCOMES} for _ in range(2))
    for left_out in range(_FOLDS):
        model, here = fit(log, fold != left_out), fold == left_out
        for out, bid in ((logged, log.bid), (wanted, target)):
            for name, values in model.predict(log.keyword[here], np.nan_to_num(bid[here])).items():
                out[name][here] = values
    return with_profit(logged, log.margin), with_profit(wanted, log.margin)


def fit(log: RandomisedLog, rows: Array) -> OutcomeModel:
    """Fit on some rows of a log.

    Args:
        log: the log.
        rows: mask, shape (rows,); paused rows teach nothing.
    """
    n, used = len(log.keywords), rows & (log.bid > 0)
    keyword, bid = log.keyword[used], log.bid[used]
    count = np.bincount(keyword, minlength=n)
    logs = np.bincount(keyword, np.log(bid), minlength=n)
    centre = np.exp(np.where(count > 0, logs / np.maximum(count, 1), 0.0))
    x = _along(bid, centre[keyword])
    fits = {name: _poisson(keyword, n, x, log.outcomes[name][used]) for name in ("clicks", "cost")}
    clicks = np.bincount(keyword, log.outcomes["clicks"][used], minlength=n)
    return OutcomeModel(
        centre=centre,
        level={name: level for name, (level, _) in fits.items()},
        curve={name: curve for name, (_, curve) in fits.items()},
        per_click={
            name: _per_click(np.bincount(keyword, log.outcomes[name][used], minlength=n), clicks, log)
            for name in ("conversions", "revenue")
            if name in log.outcomes
        },
    )


def _along(bid: Array, centre: Array) -> Array:
    """Features of a bid, shape (rows, 2)."""
    x = np.log(bid / centre)
    return np.stack([x, x**2], axis=1)


def _poisson(keyword: Ints, n: int, x: Array, y: Array) -> tuple[Array, Array]:
    """Level of each keyword and the common curve: Poisson likelihood by Newton steps, the levels solved for.

    A keyword's level is what makes its total right at any curve, so that only the curve is searched for; Poisson
    likelihood gives means right for any outcome that is not negative (Gourieroux, Monfort, Trognon 1984).
    """
    curve, total = np.zeros(2), np.bincount(keyword, y, minlength=n)
    level = total
    for _ in range(_STEPS):
        shape = np.exp(x @ curve)
        level = np.nan_to_num(ratio(total, np.bincount(keyword, shape, minlength=n)))
        mean = level[keyword] * shape
        weight = np.maximum(np.bincount(keyword, mean, minlength=n), 1e-12)
        middle = np.stack([np.bincount(keyword, mean * c, minlength=n) / weight for c in x.T], axis=1)
        off = x - middle[keyword]
        bend = (off * mean[:, None]).T @ off + _RIDGE * np.eye(2)
        curve = np.clip(curve + np.linalg.solve(bend, x.T @ (y - mean)), -8.0, 8.0)
    shape = np.exp(x @ curve)
    return np.nan_to_num(ratio(total, np.bincount(keyword, shape, minlength=n))), curve


def _per_click(sold: Array, clicks: Array, log: RandomisedLog) -> Array:
    """Sales of a click, each keyword's shrunk to the account's by the clicks that an order takes."""
    usual = float(sold.sum() / max(clicks.sum(), 1.0))
    orders = float(log.outcomes["conversions"].sum()) if "conversions" in log.outcomes else 0.0
    strength = float(log.outcomes["clicks"].sum()) / max(orders, 1.0)
    shrunk: Array = (sold + strength * usual) / np.maximum(clicks + strength, 1e-12)
    return shrunk
