"""Logs whose truth is a formula: clicks are Poisson with mean level x (bid / base)^slope, a click costs 80 % of its bid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.backtest.bid_noise import BidNoise, LogNormalNoise
from bidopt.backtest.off_policy.randomised_log import RandomisedLog
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array

N, DAYS, SHARE, ORDER = 25, 30, 0.8, 60.0
NOISE = LogNormalNoise(0.25)


@dataclass(frozen=True)
class Truth:
    """Base bid, clicks a day at it, answer to the bid and orders per click, each of shape (N,)."""

    base: Array
    level: Array
    slope: Array
    rate: Array

    def clicks(self, bid: Array) -> Array:
        """Expected a day at one bid per keyword, shape (N,); 0 where the bid is 0."""
        return self.level * (bid / self.base) ** self.slope


def draw_truth(rng: np.random.Generator) -> Truth:
    return Truth(
        np.round(rng.uniform(0.5, 3.0, N), 2),
        rng.uniform(5, 40, N),
        rng.uniform(0.5, 1.5, N),
        rng.uniform(0.01, 0.05, N),
    )


def draw_log(
    rng: np.random.Generator,
    truth: Truth,
    noise: BidNoise = NOISE,
    *,
    days: int = DAYS,
    shock: float = 0.15,
    held: int = 1,
) -> RandomisedLog:
    """A log; `shock` is the sd of a factor that all keywords share on a day, a drawn bid stays for `held` days."""
    wanted = np.tile(truth.base, (days, 1))
    bid = noise.draw(rng, wanted)[np.arange(days) // held * held]
    common = np.exp(shock * rng.normal(size=(days, 1)) - shock**2 / 2)
    clicks = rng.poisson(truth.clicks(bid) * common).astype(np.float64)
    orders = rng.binomial(clicks.astype(int), truth.rate).astype(np.float64)
    text = {name: pd.array([""] * N, dtype="str") for name in KEYWORD_KEY}
    keywords = pd.DataFrame({**text, "keyword": pd.array([f"词{i:02}" for i in range(N)], dtype="str")})
    cost, revenue = clicks * bid * SHARE, orders * ORDER
    outcomes = {"clicks": clicks, "cost": cost, "conversions": orders, "revenue": revenue}
    return RandomisedLog(
        keywords=keywords,
        dates=pd.date_range("2026-05-01", periods=days),
        keyword=np.tile(np.arange(N), days),
        day=np.repeat(np.arange(days), N),
        bid=bid.ravel(),
        propensity=noise.probability(bid, wanted).ravel(),
        margin=np.full(N * days, np.nan),
        outcomes={name: values.ravel() for name, values in outcomes.items()},
    )


def target_rows(log: RandomisedLog, bid: Array) -> Array:
    """One bid per keyword, for every row of the log."""
    return bid[log.keyword]
