"""Days that a budget cut short: what was seen on them is less than what was asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints, days_between, rows_of
from bidopt.facts.fact_tables import FactTables

_SPENT = 0.97
"""Share of a budget from which a day counts as cut short."""

_LOST, _SHORTER, _SHORTEST = 0.25, 0.95, 0.4
"""Share of a cut day that is taken to be lost in a campaign that is cut every day, less where it is cut less often;
factor for every further day cut in a row up to now; and the least share of a day that is left. Leaving cut days out
instead would keep the days of low demand only."""

_RECENT = 14


def lasted(campaign: Ints, age: Ints, cost: Array, budget: Array) -> Array:
    """Share of the day that each keyword's ad ran before the money was gone, shape (rows,).

    The hour is not reported, so it is guessed: the more often a campaign is cut, and the longer in a row in spite of
    lower bids, the more was asked for than was bought.

    Args:
        campaign: of each keyword-day, shape (rows,).
        age: days before the decision morning, shape (rows,).
        cost: shape (rows,), currency.
        budget: daily budget by campaign and age, shape (campaigns, ages), NaN where unknown.
    """
    campaigns, ages = budget.shape
    within = np.minimum(age, ages - 1)
    spent = np.bincount(campaign * ages + within, cost, minlength=campaigns * ages).reshape(campaigns, ages)
    cut = spent >= _SPENT * np.where(budget > 0, budget, np.inf)
    running = spent > 0
    recent = slice(1, _RECENT + 1)
    often = cut[:, recent].sum(axis=1) / np.maximum(running[:, recent].sum(axis=1), 1)
    in_a_row = (np.cumprod(cut[:, 1:] | ~running[:, 1:], axis=1) * cut[:, 1:]).sum(axis=1)
    share = np.maximum((1 - _LOST * often) * _SHORTER ** np.maximum(in_a_row - 1, 0), _SHORTEST)
    return np.where(cut[campaign, within], share[campaign], 1.0)


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
