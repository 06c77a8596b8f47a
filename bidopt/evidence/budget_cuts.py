"""Days that a budget cut short: what was seen on them is less than what was asked for.

The hour at which the money was gone is not reported. It is learned for each campaign by a censored regression (Tobit
1958): a day that kept within its budget tells what its bids cost, a day cut short tells that they would have cost more
than the budget. A campaign that is still cut after its bids were lowered was therefore asked for much more than it bought.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import log_ndtr

from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints, KeywordDays, days_between, rows_of, sums
from bidopt.facts.fact_tables import FactTables

_SPENT, _SPENT_BUT_A_CLICK = 0.97, 0.85
"""Share of a budget from which a day counts as cut short; and where what is left does not pay one more click."""

_ELASTICITY = 2.0
"""Of a day's cost with respect to its bids, for this first look: clicks and their price each rise as bids do."""

_DAY_NOISE = 0.2
"""Standard deviation of the log of a campaign's cost around what its bids cost on an ordinary day."""

_EXCESS = 0.25
"""Mean of the log of what is asked for beyond what is bought, before a day within the budget has told."""

_SHORTEST = 0.2
"""Least share of a day that is left: a guess beyond it would make too much of a few clicks."""

_RECENT = 14
"""Days by which a campaign's level is judged."""

_LEVELS: Array = np.linspace(-1.5, 2.5, 41)
"""Levels that are weighed, in logarithms, around the campaign's mean."""


def lasted(campaign: Ints, days: KeywordDays, budget: Array) -> Array:
    """Share of the day that each keyword's ad ran before the money was gone, shape (rows,).

    Args:
        campaign: of each keyword-day, shape (rows,).
        days: the keyword-days.
        budget: daily budget by campaign and age, shape (campaigns, ages), NaN where unknown.
    """
    campaigns, ages = budget.shape
    place = campaign * ages + np.minimum(days.age, ages - 1)

    def by_day(values: Array) -> Array:
        return sums(place, values, campaigns * ages).reshape(campaigns, ages)

    spent = by_day(days.cost)
    price = np.nan_to_num(ratio(spent, by_day(days.clicks)))
    too_little = np.clip(ratio(price, budget), 1 - _SPENT, 1 - _SPENT_BUT_A_CLICK)  # for one more click
    cut = spent >= np.where(budget > 0, (1 - too_little) * budget, np.inf)
    share = np.ones_like(spent)
    some = cut.any(axis=1)
    if some.any():
        asked = np.log(np.where(spent > 0, spent, 1.0)) - np.log(by_day(_relative_cost(days)) + 1e-12)
        share[some] = _share_bought(asked[some], spent[some] > 0, cut[some])
    rows: Array = share.ravel()[place]
    return rows


def _relative_cost(days: KeywordDays) -> Array:
    """What each keyword-day costs at its bid on an ordinary day, up to a factor per campaign, shape (rows,)."""
    n = int(days.keyword.max(initial=-1)) + 1
    told = days.bid > 0
    log_bid = np.log(np.where(told, days.bid, 1.0))
    usual = ratio(days.total(log_bid * told, n), days.total(told.astype(np.float64), n))
    push = np.where(told, np.exp(_ELASTICITY * (log_bid - np.nan_to_num(usual)[days.keyword])), 1.0)
    per_push = ratio(days.total(days.cost, n), days.total(push, n))
    relative: Array = np.nan_to_num(per_push)[days.keyword] * push
    return relative


def _share_bought(asked: Array, running: npt.NDArray[np.bool_], cut: npt.NDArray[np.bool_]) -> Array:
    """Share of the day before the money was gone, 1 on days that were not cut.

    Args:
        asked: log of the day's cost over what its bids cost on an ordinary day, shape (campaigns, ages).
        running: days with cost, likewise.
        cut: those of them that were cut short.
    """
    recent = running.copy()
    recent[:, _RECENT + 1 :] = False
    recent = np.where(recent.any(axis=1, keepdims=True), recent, running)
    middle = (asked * recent).sum(axis=1) / recent.sum(axis=1)
    above = (middle[:, None] + _LEVELS)[:, None, :] - asked[:, :, None]  # (campaigns, ages, levels)
    score = above / _DAY_NOISE
    log_likelihood = np.where(cut[:, :, None], log_ndtr(score), -0.5 * score**2)
    belief = (log_likelihood * recent[:, :, None]).sum(axis=1) - _LEVELS / _EXCESS
    belief = np.exp(belief - belief.max(axis=1, keepdims=True))
    belief /= belief.sum(axis=1, keepdims=True)
    tail = np.exp(-0.5 * score**2 - log_ndtr(score)) / np.sqrt(2 * np.pi)
    beyond = above + _DAY_NOISE * tail  # mean of the excess, given that the day was cut
    bought = np.maximum((np.exp(-beyond) * belief[:, None, :]).sum(axis=2), _SHORTEST)
    return np.where(cut, np.minimum(bought, 1.0), 1.0)


def budgets_by_age(facts: FactTables, morning: pd.Timestamp, ages: int) -> Array:
    """Daily budget of each campaign of `facts.current_budgets` by age, shape (campaigns, ages).

    Where a day's own was not told, that of the nearest earlier day told, or else of the nearest later one, stands in;
    NaN where none was told.
    """
    rows, known = rows_of(facts.budget_days, facts.current_budgets, CAMPAIGN_KEY)
    table = np.full((len(facts.current_budgets), ages), np.nan)
    age = days_between(facts.budget_days["date"], morning)[known]
    within = age < ages
    table[rows[within], age[within]] = facts.budget_days["daily_budget"].to_numpy()[known][within]
    table[:, 1] = np.where(np.isnan(table[:, 1]), facts.current_budgets["current_budget"], table[:, 1])
    told: Array = pd.DataFrame(table[:, ::-1].T).ffill().bfill().to_numpy().T[:, ::-1]
    return told
