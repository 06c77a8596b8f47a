"""The keywords in play with what their reports add up to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints, KeywordDays, days_between, rows_of
from bidopt.facts.fact_tables import FactTables

_IN_FORCE = ("status", "current_bid", "base_bid", "changed_on")


def keyword_table(
    facts: FactTables, keywords: pd.DataFrame, days: KeywordDays, morning: pd.Timestamp
) -> pd.DataFrame:
    """The keywords with their products' price and margin, their sums and their age.

    Args:
        facts: known on the morning.
        keywords: schema CURRENT_BIDS, sorted by key.
        days: indexed against `keywords`.
        morning: decision day.

    Returns:
        `keywords` with the columns that `Evidence.keywords` promises, but for those that `in_force` adds.
    """
    n = len(keywords)
    product = pd.Index(facts.products["product_id"]).get_indexer(pd.Index(keywords["product_id"]))
    rows = np.bincount(days.keyword, minlength=n)
    told = np.bincount(days.keyword[days.sales_known], minlength=n)
    silent = (rows > 0) & (told == 0)  # reports without sales columns: unknown, not zero

    def of_product(name: str) -> Array:
        listed = np.append(facts.products[name].to_numpy(), np.nan)
        values: Array = listed[product]  # -1 where it is not listed: the NaN at the end
        return values

    return keywords.assign(
        price=of_product("price"),
        gross_margin=of_product("gross_margin"),
        stock=of_product("stock"),
        impressions=days.total(days.impressions, n),
        clicks=days.total(days.clicks, n),
        cost=days.total(days.cost, n),
        conversions=np.where(silent, np.nan, days.total(days.conversions, n)),
        revenue=np.where(silent, np.nan, days.total(days.revenue, n)),
        first_age=_first_age(facts.keyword_states, keywords, days, morning),
        seen_age=_seen_age(facts.keyword_states, keywords, days, morning),
        average_rank=_average_rank(days, n),
        offer_age=_offer_age(facts.offer_changes, keywords, morning),
    )


def in_force(
    keywords: pd.DataFrame,
    current_bids: pd.DataFrame,
    order: Ints,
    lives: pd.DataFrame,
    morning: pd.Timestamp,
) -> pd.DataFrame:
    """The keywords with the bids and pauses that are in force, and what earlier plans did to them.

    Args:
        keywords: of `keyword_table`.
        current_bids: schema CURRENT_BIDS, the same keywords.
        order: row there of each keyword, shape (n,).
        lives: schema WORD_LIVES.
        morning: decision day.
    """
    now = {name: current_bids[name].array.take(order) for name in _IN_FORCE}
    return keywords.assign(**now, **_lives(lives, keywords, morning))


def life_age(keywords: pd.DataFrame) -> Array:
    """Days since the present test of each word began, shape (n,); infinite where it was never dropped.

    A word that was put back is tested anew from that day. One that is still off would be offered with the price and title
    in force: what came before their last change, if that is newer than the drop, told of another offer.
    """
    dropped, resumed, offer = (
        keywords[name].to_numpy() for name in ("dropped_age", "resumed_age", "offer_age")
    )
    off = (
        keywords["status"] == "paused"
    ).to_numpy()  # a word that was kept all the same goes on with what it has shown
    age = np.where(off & (offer < dropped), offer, np.inf)
    begun: Array = np.where(resumed < dropped, resumed, age)
    return begun


def _lives(
    lives: pd.DataFrame, keywords: pd.DataFrame, morning: pd.Timestamp
) -> dict[str, Array | list[str]]:
    """Days since earlier plans dropped each keyword and put it back, NaN where they did not, and why they dropped it."""
    dropped, resumed = np.full(len(keywords), np.nan), np.full(len(keywords), np.nan)
    why = np.full(len(keywords), "", dtype=object)
    rows, known = rows_of(lives, keywords, KEYWORD_KEY)
    told = lives[known]
    dropped[rows] = (morning - told["dropped_on"]).dt.days.to_numpy(dtype=np.float64)
    resumed[rows] = (morning - told["resumed_on"]).dt.days.to_numpy(dtype=np.float64)
    why[rows] = told["reason"].to_numpy()
    return {"dropped_age": dropped, "resumed_age": resumed, "dropped_for": why.tolist()}


def _offer_age(changes: pd.DataFrame, keywords: pd.DataFrame, morning: pd.Timestamp) -> Array:
    """Days since the price or title of each keyword's product changed; NaN where no change was seen."""
    ages = np.append((morning - changes["changed_on"]).dt.days.to_numpy(dtype=np.float64), np.nan)
    age: Array = ages[pd.Index(changes["product_id"]).get_indexer(pd.Index(keywords["product_id"]))]
    return age


def _average_rank(days: KeywordDays, n: int) -> Array:
    """Position of an impression on average, shape (n,); NaN where no report told it."""
    told = np.isfinite(days.rank)
    if not told.any():
        return np.full(n, np.nan)
    return ratio(days.total(days.rank * days.impressions, n, told), days.total(days.impressions, n, told))


def _first_age(
    states: pd.DataFrame, keywords: pd.DataFrame, days: KeywordDays, morning: pd.Timestamp
) -> Array:
    """Days since each keyword was first reported or listed; NaN where it never was."""
    first = np.full(len(keywords), -np.inf)
    rows, known = rows_of(states, keywords, KEYWORD_KEY)
    np.maximum.at(first, rows, days_between(states["date"], morning)[known].astype(np.float64))
    np.maximum.at(first, days.keyword, days.age.astype(np.float64))
    return np.where(np.isfinite(first), first, np.nan)


def _seen_age(
    states: pd.DataFrame, keywords: pd.DataFrame, days: KeywordDays, morning: pd.Timestamp
) -> Array:
    """Days since each keyword was last shown or listed as enabled; NaN where it never was."""
    seen = np.full(len(keywords), np.inf)
    enabled = states[states["status"] == "enabled"]
    rows, known = rows_of(enabled, keywords, KEYWORD_KEY)
    np.minimum.at(seen, rows, days_between(enabled["date"], morning)[known].astype(np.float64))
    shown = days.impressions > 0
    np.minimum.at(seen, days.keyword[shown], days.age[shown].astype(np.float64))
    return np.where(np.isfinite(seen), seen, np.nan)
