"""How much each logged keyword-day says about other bids, and whether all together say enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from bidopt.backtest.bid_noise import BID_STEP, LogNormalNoise
from bidopt.backtest.off_policy.blocks import Blocks
from bidopt.backtest.off_policy.randomised_log import Mask, OffPolicyError, RandomisedLog
from bidopt.domain.metrics import Array

_ALARM = 1e-4
"""Share of sound logs whose mean weight misses 1 by so much that their probabilities are doubted."""


@dataclass(frozen=True)
class OverlapRules:
    """When a log may speak for a target policy.

    Args:
        width: of the kernel around a target bid, as the standard deviation of its log: the policy evaluated bids
            within about this distance of the target. 0 asks for the very bid, for logs of a few levels.
        most_weight: weights above are cut to it; the cut makes estimates too low, and `clipped` says how much.
        least_ess: keyword-days that the effective sample has to be worth, weighted by cost.
        most_outside: largest share of cost in keyword-days whose target bid was never tried.
        most_clipped: largest share of all weight that is cut.
    """

    width: float = 0.1
    most_weight: float = 50.0
    least_ess: float = 20.0
    most_outside: float = 0.05
    most_clipped: float = 0.02


@dataclass(frozen=True)
class Overlap:
    """How well the log covers the target.

    Args:
        ess: effective sample size in keyword-days: (sum of cw)^2 / sum of (cw)^2, c the keyword's mean cost.
        share: ess against what the same log is worth for its own bids.
        outside: share of cost in keyword-days whose target bid lies outside what was tried.
        mean_weight: mean weight, by cost; 1 where the stated probabilities are right and the overlap is full.
        clipped: share of all weight that was cut.
    """

    ess: float
    share: float
    outside: float
    mean_weight: float
    clipped: float


@dataclass(frozen=True)
class Weights:
    """Weight of each row, shape (rows,), and what they are worth together."""

    weight: Array
    overlap: Overlap


def weigh(log: RandomisedLog, bids: Array, blocks: Blocks, rules: OverlapRules) -> Weights:
    """Importance weights of a target policy.

    Args:
        log: the log.
        bids: the target's in each row, shape (rows,), currency; 0 is paused, which needs no evidence.
        blocks: days that may depend on each other, for the check of the mean weight.
        rules: when to refuse.

    Raises:
        OffPolicyError: the log says too little about these bids, or its probabilities contradict its bids.
    """
    runs = bids > 0
    raw = np.where(runs, _chance(log, bids, rules.width) / log.propensity, 0.0)
    weight = np.minimum(raw, rules.most_weight)
    usual = _mean_cost(log)[log.keyword] * runs
    total = max(float(usual.sum()), 1e-12)
    contribution = usual * weight
    ess = float(contribution.sum() ** 2 / max(float(contribution @ contribution), 1e-12))
    overlap = Overlap(
        ess=ess,
        share=ess / max(total**2 / max(float(usual @ usual), 1e-12), 1e-12),
        outside=float(usual[runs & ~_tried(log, bids, rules.width)].sum() / total),
        mean_weight=float(contribution.sum() / total),
        clipped=float((raw - weight).sum() / max(float(raw.sum()), 1e-12)),
    )
    if runs.any():
        _refuse(overlap, rules, _most_missed(usual, weight, blocks))
    return Weights(weight, overlap)


def _chance(log: RandomisedLog, bids: Array, width: float) -> Array:
    """Probability of each logged bid under the target policy: its own bid, or drawn closely around it."""
    same = np.abs(log.bid - bids) < BID_STEP / 2
    if width == 0:
        return same.astype(np.float64)
    near = LogNormalNoise(width).probability(log.bid, np.maximum(bids, BID_STEP))
    return np.where(log.drawn, near, same)


def _tried(log: RandomisedLog, bids: Array, width: float) -> Mask:
    """Rows whose target bid lies between the lowest and the highest bid that the keyword was seen with, or nearly so."""
    n, ran = len(log.keywords), log.bid > 0
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, log.keyword[ran], log.bid[ran])
    np.maximum.at(high, log.keyword[ran], log.bid[ran])
    low, high = low[log.keyword] * np.exp(-width), high[log.keyword] * np.exp(width)
    inside: Mask = (bids >= low - BID_STEP / 2) & (bids <= high + BID_STEP / 2)
    return inside


def _mean_cost(log: RandomisedLog) -> Array:
    """Mean cost of a keyword's day, shape (keywords,)."""
    n = len(log.keywords)
    cost = np.bincount(log.keyword, log.outcomes["cost"], minlength=n)
    mean: Array = cost / np.maximum(np.bincount(log.keyword, minlength=n), 1)
    return mean


def _most_missed(usual: Array, weight: Array, blocks: Blocks) -> float:
    """How far the mean weight of a sound log may lie from 1."""
    sums = blocks.sums(usual * (weight - 1))
    error = float(np.sqrt((sums**2).sum()) / max(float(usual.sum()), 1e-12))
    return error * float(student.ppf(1 - _ALARM / 2, len(sums) - 1))


def _refuse(overlap: Overlap, rules: OverlapRules, most_missed: float) -> None:
    far = "把目标出价收近到历史出价试过的范围内，或先用更大的随机幅度收集数据。"
    if overlap.outside > rules.most_outside:
        raise OffPolicyError(
            f"{overlap.outside:.0%} 的花费所在的词，目标出价超出了历史试过的范围（上限 {rules.most_outside:.0%}）",
            far,
        )
    if overlap.ess < rules.least_ess:
        raise OffPolicyError(
            f"有效样本只有 {overlap.ess:.0f} 个词日（至少 {rules.least_ess:.0f}），历史出价很少落在目标附近",
            far,
        )
    if overlap.clipped > rules.most_clipped:
        raise OffPolicyError(
            f"{overlap.clipped:.0%} 的权重因超过 {rules.most_weight:g} 被截断（上限 {rules.most_clipped:.0%}），估计会偏低",
            far,
        )
    if abs(overlap.mean_weight - 1) > most_missed + 1e-9:
        raise OffPolicyError(
            f"平均权重是 {overlap.mean_weight:.2f} 而不是 1：记录的出价概率与实际出价对不上，或目标出价没被试过",
            "检查 drawn_bids 的 propensity 是不是这一出价（精确到分）的概率；出价只有几档时把 width 设为 0。",
        )
