"""Walk-forward folds on a shop's log itself: what other settings' bids would have brought on days that really were."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bidopt.backtest.folds import Folds, Takings
from bidopt.backtest.log_replay import LogReplay
from bidopt.backtest.logged_days import FactHistory, LoggedDays
from bidopt.backtest.replay_estimate import Doubt
from bidopt.recommender import Recommender, as_simulated


class ReplayFolds(Folds):
    """Stretches of the log; what they hold are draws of the estimate, the same for all recommenders.

    Args:
        history: of the shop; asked for each morning.
        logs: the days of each fold, the oldest first.
        doubt: draws of the estimate.
    """

    def __init__(self, history: FactHistory, logs: Sequence[LoggedDays], doubt: Doubt) -> None:
        self._history, self._logs, self._doubt = history, logs, doubt

    @property
    def count(self) -> int:
        """How many."""
        return len(self._logs)

    def play(self, recommender: Recommender, fold: int) -> Takings:
        """What the recommender's bids are estimated to have brought."""
        goals, log = recommender.goals, self._logs[fold]
        window = recommender.evidence.window_days + 1
        market = LogReplay(self._history, log, goals, window_days=window, doubt=self._doubt)
        deciding = as_simulated(recommender)
        for _ in range(market.days_left):
            market.play(deciding.recommend(market.facts(), market.morning).changes)
        found = market.estimate()
        cost, revenue, earned = (table.sum(axis=1) for table in (found.cost, found.revenue, found.earned))
        worth = earned - cost if goals.objective == "profit" else revenue
        days = np.full(len(cost), float(len(log.dates)))
        return Takings(cost, revenue, worth, days, whole=True)
