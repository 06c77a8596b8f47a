"""What one policy would have brought over some days: estimates by day, their draws, and what it changed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from bidopt.domain.metrics import Array, ratio


@dataclass(frozen=True)
class PolicyRun:
    """One policy over days that follow each other; arrays by day have shape (D,), draws (draws, D).

    Args:
        policy: its name in the run.
        dates: ISO days.
        budget: sum of the campaign budgets in force.
        cost, revenue, earned: estimates; `earned` is revenue x gross margin, NaN where no margin is known.
        cost_draws, revenue_draws, earned_draws: the same with luck and doubt; policies of one run share their draws.
        keyword_days: keywords in play, over all days.
        inside, inside_money: share of the running keyword-days, and of their cost, whose bid lies within the bids that
            the log has of the keyword; NaN where it has none.
        by_model: revenue that rests on the model alone.
        bids_set, dropped, resumed, budgets_set: how often, over all days.
        change: sum of |log change| over the bids set.
        gone: words dropped and not resumed by the last day.
        later_cost, later_revenue: what the log has of them from then on; NaN where there is none to ask.
        told_late: mornings on which facts told later stood in.
        best_cost, best_revenue: of the clairvoyant; empty where the truth is not known.
        bids: in force on every day, shape (n, D), 0 where paused; of no keywords where the shop has no drawn bids.
    """

    policy: str
    dates: tuple[str, ...]
    budget: Array
    cost: Array
    revenue: Array
    earned: Array
    cost_draws: Array
    revenue_draws: Array
    earned_draws: Array
    keyword_days: int
    inside: float = float("nan")
    inside_money: float = float("nan")
    by_model: float = 0.0
    bids_set: int = 0
    dropped: int = 0
    resumed: int = 0
    budgets_set: int = 0
    change: float = 0.0
    gone: int = 0
    later_cost: float = float("nan")
    later_revenue: float = float("nan")
    told_late: int = 0
    best_cost: Array = field(default_factory=lambda: np.empty(0))
    best_revenue: Array = field(default_factory=lambda: np.empty(0))
    bids: Array = field(default_factory=lambda: np.empty((0, 0)))

    def to_json(self) -> bytes:
        """The run as text, draws to the cent: small enough to keep, exact enough to go on from."""
        document = {
            name: np.round(value, 2).tolist() if isinstance(value, np.ndarray) else value
            for name, value in asdict(self).items()
        }
        return json.dumps(document, ensure_ascii=False).encode("utf-8")

    @classmethod
    def from_json(cls, content: bytes) -> PolicyRun:
        """The run of `to_json`.

        Raises:
            ValueError: the text is damaged.
        """
        document = json.loads(content)
        known = {each.name for each in fields(cls)}
        if not isinstance(document, dict) or document.keys() != known:
            raise ValueError("not a policy run")
        values: dict[str, Any] = {
            name: np.array(value, dtype=np.float64) if isinstance(value, list) and name != "dates" else value
            for name, value in document.items()
        }
        return cls(**{**values, "dates": tuple(values["dates"])})


def joined(runs: list[PolicyRun]) -> PolicyRun:
    """Runs of one policy over days that follow each other, as one.

    Args:
        runs: at least one, in the order of their days.
    """
    weight = np.array([run.keyword_days for run in runs], dtype=np.float64)
    money = np.array([np.nansum(run.cost) for run in runs])

    def share(name: str, weights: Array) -> float:
        values = np.array([getattr(run, name) for run in runs])
        known = ~np.isnan(values)
        return float(ratio((weights * values)[known].sum(), weights[known].sum()))

    whole: dict[str, Any] = {}
    for each in fields(PolicyRun):
        values = [getattr(run, each.name) for run in runs]
        if isinstance(values[0], np.ndarray):
            whole[each.name] = np.concatenate(values, axis=-1)
        elif isinstance(values[0], (int, float)):
            whole[each.name] = sum(values)
    return PolicyRun(
        **{
            **whole,
            "policy": runs[0].policy,
            "dates": tuple(day for run in runs for day in run.dates),
            "inside": share("inside", weight),
            "inside_money": share("inside_money", money),
        }
    )
