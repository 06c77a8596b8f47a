"""A market fitted to a shop: its log as history, and days ahead that a shop drawn from the beliefs would bring.

Facts on the first morning are the shop's own, so that policies start from what they would know in earnest; every day
played adds what exports would tell. Late orders of the real days stay as reported: evidence knows how complete they
are. Words to add, negative words and titles change nothing here.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from bidopt.backtest.auction_day import draw_day, expected_words
from bidopt.backtest.controls import Controls, changed
from bidopt.backtest.fitted_days import FittedDays
from bidopt.backtest.fitted_facts import BidState, carried_on, in_order
from bidopt.backtest.market import TRUE_OUTCOME, Market
from bidopt.backtest.shop_fit import DrawnShop, ShopFit
from bidopt.backtest.shop_log import LoggedDay, ShopLog
from bidopt.domain.changes import Changes
from bidopt.domain.goals import Goals
from bidopt.facts.fact_tables import FactTables

_LUCK = 21  # stream of chance


class FittedMarket(Market):
    """One drawn shop, played on from the morning of its log.

    Args:
        seed: of luck; the luck of a day does not depend on what was played before.
        fit: beliefs and log.
        shop: drawn from the fit.
        goals: what is wanted of it.
        without_product: product whose words are paused from the first morning; None: all stay.
    """

    def __init__(
        self, seed: int, fit: ShopFit, shop: DrawnShop, goals: Goals, *, without_product: str | None = None
    ) -> None:
        self._seed, self._fit, self._shop, self._goals = seed, fit, shop, goals
        keywords, campaigns = fit.evidence.keywords, fit.evidence.campaigns
        dropped = (keywords["product_id"] == without_product).to_numpy()
        self._facts = in_order(fit.facts, dropped)
        budgets = campaigns["current_budget"].to_numpy()
        self._first = Controls(
            fit.bids, ~fit.evidence.running | dropped, np.where(budgets > 0, budgets, np.inf)
        )
        self._controls = self._first
        self._states = [BidState.of(keywords["current_bid"].to_numpy())]
        usual = 1.0 if goals.gross_margin is None else goals.gross_margin
        self._margin = keywords["gross_margin"].fillna(usual).to_numpy()
        self._tried = fit.past.tried()
        stock = shop.world.products["stock"].to_numpy()
        self._days = FittedDays(shop.world, fit.week, fit.auctions.event, stock)
        self._log = ShopLog(shop.world, fit.evidence.as_of, shop.chance.arrived.shape[1])
        self._brought: list[dict[str, object]] = []

    @property
    def goals(self) -> Goals:
        """What the shop wants."""
        return self._goals

    @property
    def morning(self) -> date:
        """The next day to decide."""
        return self._log.morning

    def facts(self) -> FactTables:
        """The shop's own facts, and what exports have told of the days played."""
        if self.morning == self._log.first:
            return self._facts
        return carried_on(self._facts, self._log, self._states[1:], self._first, self._controls)

    def play(self, changes: Changes) -> None:
        """Put bids, pauses and budgets into force and let the day happen."""
        world, day = self._shop.world, self.morning
        before = self._controls
        self._controls = changed(before, world.keywords, world.campaigns, changes)
        self._states.append(self._states[-1].after(before, self._controls, day))
        truth = self._days.conditions(day)
        expected = expected_words(world, self._shop.landscape, truth, self._controls)
        luck = np.random.default_rng([self._seed, _LUCK, day.toordinal()])
        happened = draw_day(luck, world, self._shop.landscape, truth, self._controls, self._shop.chance)
        self._log.add(LoggedDay(happened, self._controls, truth.stock))
        budgets = self._controls.budgets
        beyond = float(expected.cost[~self._tried.holds(self._controls.bids)].sum())
        self._brought.append(
            {
                "date": pd.Timestamp(day),
                "budget": budgets[np.isfinite(budgets)].sum(),
                "impressions": happened.impressions.sum(),
                "clicks": happened.clicks.sum(),
                "cost": happened.cost.sum(),
                "orders": float(len(happened.order_value)),
                "revenue": happened.order_value.sum(),
                "expected_cost_beyond": beyond,
                "expected_profit": float(expected.revenue @ self._margin - expected.cost.sum()),
                **{f"expected_{name}": float(values.sum()) for name, values in vars(expected).items()},
            }
        )

    def outcome(self) -> pd.DataFrame:
        """Schema TRUE_OUTCOME: the days played."""
        return TRUE_OUTCOME.conform(pd.DataFrame(self._brought, columns=TRUE_OUTCOME.names))

    def brought(self) -> pd.DataFrame:
        """A row per day played: date, budget, impressions, clicks, cost, orders, revenue, and `expected_` of the five.

        Orders and revenue are mature, `expected_profit` is after cost at the goals' margin; `expected_cost_beyond` is of words whose bid the log has never seen.
        """
        return pd.DataFrame(self._brought)
