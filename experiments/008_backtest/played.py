"""A simulated market played by policies and scored as a backtest is, with what only known truth can tell: share of the best, regret."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from truth import POLICIES, market_of

from bidopt.backtest.replay_estimate import Doubt
from bidopt.backtest.runner import play_days, run_of_played
from bidopt.backtest.scorecard import scored
from bidopt.domain.scorecard import Estimate
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.recommender import Recommender
from bidopt.settings.backtest_settings import contender, usual_limits


def scores(seed: int, days: int) -> pd.DataFrame:
    """A row per policy, each having played the same market with the same luck; intervals are over blocks of days."""
    runs = []
    for name, limits in POLICIES.items():
        market = market_of(seed)
        chosen = replace(contender(name), guardrails=usual_limits(limits))
        recommender = chosen.recommender(Recommender(market.goals, EvidenceSettings(), (), ()))
        runs.append(run_of_played(name, play_days(market, recommender, days), Doubt()))
    kept, *others = scored(runs)
    return pd.DataFrame(
        {
            "policy": score.policy,
            "revenue": _shown(score.totals.revenue, 0),
            "roas": _shown(score.totals.roas, 2),
            "share of the best": _shown(score.clairvoyant, 3),
            "regret": _shown(score.regret, 0),
            "more than kept": "-" if score is kept else _shown(score.against[kept.policy].revenue, 0),
        }
        for score in (kept, *others)
    )


def _shown(found: Estimate, digits: int) -> str:
    return f"{found.value:.{digits}f} ({found.low:.{digits}f} to {found.high:.{digits}f})"
