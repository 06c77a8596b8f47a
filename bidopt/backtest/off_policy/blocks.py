"""Blocks of days, the unit of chance of all intervals, and figures with what they are without each block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from bidopt.backtest.off_policy.randomised_log import OffPolicyError, RandomisedLog
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints

_FEWEST = 8


@dataclass(frozen=True)
class Blocks:
    """Days in blocks.

    Args:
        of_row: block of each row of the log, shape (rows,).
        days: days in each block, shape (blocks,).
    """

    of_row: Ints
    days: Array

    def sums(self, values: Array) -> Array:
        """Sum of a value per row over each block, shape (blocks,)."""
        return np.bincount(self.of_row, values, minlength=len(self.days)).astype(np.float64)


def blocks_of(log: RandomisedLog, block_days: int | None = None) -> Blocks:
    """Cut the days of a log into blocks.

    Args:
        log: the log.
        block_days: days that depend on each other; as long as a drawn bid stays in force by default. The last
            block takes the days left over.

    Raises:
        OffPolicyError: fewer than 8 blocks: an interval would rest on too little.
    """
    length = _days_in_force(log) if block_days is None else block_days
    count = len(log.dates) // length
    if count < _FEWEST:
        raise OffPolicyError(
            f"日志只有 {len(log.dates)} 天，按每段 {length} 天只有 {count} 段（至少 {_FEWEST} 段），给不出可信的区间",
            "收集更多天的随机出价，或更频繁地重新随机。",
        )
    block = np.minimum(np.arange(len(log.dates)) // length, count - 1)
    return Blocks(block[log.day], np.bincount(block).astype(np.float64))


def _days_in_force(log: RandomisedLog) -> int:
    """Days that a drawn bid typically stays: keyword-days drawn over bids that differ from the day before."""
    drawn = np.flatnonzero(log.drawn)
    order = drawn[np.lexsort((log.day[drawn], log.keyword[drawn]))]
    bid, keyword, chance = log.bid[order], log.keyword[order], log.propensity[order]
    # Two draws in a row come to the same bid with about the chance of that bid.
    follows = keyword[1:] == keyword[:-1]
    same = follows & (np.abs(bid[1:] - bid[:-1]) < 1e-9)
    extra = same.sum() - (follows * chance[1:]).sum()
    stays = float(np.clip(extra / max(follows.sum(), 1), 0.0, 0.99))
    return round(1 / (1 - stays))


@dataclass(frozen=True)
class Estimate:
    """A figure and its chance.

    Args:
        value: the figure, per day where it is a total.
        without: the same figure without each of the blocks, shape (blocks,).
    """

    value: float
    without: Array

    @property
    def error(self) -> float:
        """Standard error, by the jackknife over blocks."""
        count = len(self.without)
        return float(np.sqrt((count - 1) / count * ((self.without - self.without.mean()) ** 2).sum()))

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Low and high end, from Student's t of as many blocks."""
        reach = float(student.ppf((1 + confidence) / 2, len(self.without) - 1)) * self.error
        return self.value - reach, self.value + reach

    def minus(self, other: Estimate) -> Estimate:
        """The difference of two figures from the same log, with what they share taken out."""
        return Estimate(self.value - other.value, self.without - other.without)

    def over(self, other: Estimate) -> Estimate:
        """The ratio of two figures from the same log, such as revenue over cost."""
        return Estimate(self.value / other.value, self.without / other.without)
