"""What a bid brings, read off the log itself: the direct part of the doubly robust estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bidopt.backtest.off_policy.blocks import Blocks
from bidopt.backtest.off_policy.randomised_log import OUTCOMES, Mask, RandomisedLog, with_profit
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints

_FOLDS = 5
_STEPS, _CLOSE, _RIDGE, _STEEPEST = 12, 1e-6, 1e-6, 8.0


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


@dataclass(frozen=True)
class CrossFitted:
    """Models of which each did not see the days it predicts.

    Args:
        log: the log.
        fold: of each row, shape (rows,).
        models: one per fold, fitted on all the others.
    """

    log: RandomisedLog
    fold: Ints
    models: tuple[OutcomeModel, ...]

    def predict(self, bids: Array) -> dict[str, Array]:
        """Expected outcomes of every row of the log at other bids, each of shape (rows,)."""
        out = {name: np.zeros(len(bids)) for name in OUTCOMES if name in self.log.outcomes}
        for number, model in enumerate(self.models):
            here = self.fold == number
            for name, values in model.predict(self.log.keyword[here], bids[here]).items():
                out[name][here] = values
        return with_profit(out, self.log.margin)


def cross_fitted(log: RandomisedLog, blocks: Blocks) -> CrossFitted:
    """Fit on all blocks but a fifth of them, in turn."""
    fold = blocks.of_row % _FOLDS
    return CrossFitted(log, fold, tuple(fit(log, fold != left_out) for left_out in range(_FOLDS)))


def fit(log: RandomisedLog, rows: Mask) -> OutcomeModel:
    """Fit on some rows of a log.

    Args:
        log: the log.
        rows: mask, shape (rows,); paused rows teach nothing.
    """
    n, used = len(log.keywords), rows & (log.bid > 0)
    keyword, bid = log.keyword[used], log.bid[used]

    def total(values: npt.ArrayLike) -> Array:
        return np.bincount(keyword, values, minlength=n).astype(np.float64)

    centre = np.exp(np.nan_to_num(ratio(total(np.log(bid)), total(np.ones(len(bid))))))
    x = _along(bid, centre[keyword])
    fits = {name: _poisson(keyword, n, x, log.outcomes[name][used]) for name in ("clicks", "cost")}
    sales = [name for name in ("conversions", "revenue") if name in log.outcomes]
    clicks = total(log.outcomes["clicks"][used])
    strength = _clicks_per_order(log)
    return OutcomeModel(
        centre=centre,
        level={name: level for name, (level, _) in fits.items()},
        curve={name: curve for name, (_, curve) in fits.items()},
        per_click={name: _per_click(total(log.outcomes[name][used]), clicks, strength) for name in sales},
    )


def _along(bid: Array, centre: Array) -> Array:
    """Features of a bid, shape (rows, 2)."""
    x = np.log(bid / centre)
    return np.stack([x, x**2], axis=1)


def _poisson(keyword: Ints, n: int, x: Array, y: Array) -> tuple[Array, Array]:
    """Level of each keyword and the common curve: Poisson likelihood by Newton steps, the levels solved for.

    A keyword's level is what makes its total right at any curve, so that only the curve is searched for. The Poisson
    likelihood gives right means of anything that is not negative (Gourieroux, Monfort and Trognon 1984).
    """

    def total(values: Any) -> Array:  # noqa: ANN401  an array
        return np.bincount(keyword, values, minlength=n).astype(np.float64)

    def levels(curve: Array) -> Array:
        found: Array = np.nan_to_num(ratio(total(y), total(np.exp(x @ curve))))
        return found

    curve = np.zeros(2)
    for _ in range(_STEPS):
        mean = levels(curve)[keyword] * np.exp(x @ curve)
        weight = np.maximum(total(mean), 1e-12)
        middle = np.stack([total(mean * feature) / weight for feature in x.T], axis=1)
        off = x - middle[keyword]
        bend = (off * mean[:, None]).T @ off + _RIDGE * np.eye(2)
        step = np.linalg.solve(bend, x.T @ (y - mean))
        curve = np.clip(curve + step, -_STEEPEST, _STEEPEST)
        if np.abs(step).max() < _CLOSE:
            break
    return levels(curve), curve


def _clicks_per_order(log: RandomisedLog) -> float:
    """Clicks that an order of the account takes: what the account's rate is worth against a keyword's own."""
    orders = log.outcomes["conversions"].sum() if "conversions" in log.outcomes else 0.0
    return float(log.outcomes["clicks"].sum() / max(orders, 1.0))


def _per_click(sold: Array, clicks: Array, strength: float) -> Array:
    """Sales of a click, each keyword's shrunk to the account's."""
    usual = float(sold.sum() / max(clicks.sum(), 1.0))
    shrunk: Array = (sold + strength * usual) / np.maximum(clicks + strength, 1e-12)
    return shrunk
