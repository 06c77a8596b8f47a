"""How the words of a shop fare: what each brought, and whether it is new, rises, falls or is retired."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from bidopt.decisions.expansion.mine import Mine
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText
from bidopt.text.word_order import spelled_without_order

PERIOD = 14
"""Days of each of the two periods that are compared."""

RETIRED_DAYS = 28
"""A word without a click in so many days is retired."""

CHANCE = 0.05
"""A change that chance alone brings so seldom is one."""

LEAST_CHANGE = 1.5

STATES = {
    "new": ReasonText("新词", "new"),
    "rising": ReasonText("上升", "rising"),
    "falling": ReasonText("下降", "falling"),
    "steady": ReasonText("平稳", "steady"),
    "retired": ReasonText("停用", "retired"),
    "silent": ReasonText("已买、还没有点击", "bought, no clicks yet"),
    "listed": ReasonText("市场有、店里还没有", "listed in the market only"),
}

_SUMS = ["clicks", "cost", "conversions", "revenue", "now", "before", "chance_now"]


def fortunes(mine: Mine, keyword_days: pd.DataFrame, search_term_days: pd.DataFrame) -> pd.DataFrame:
    """What each text of each product brought; words in another order are the same text.

    Args:
        mine: cuts the texts.
        keyword_days: schema KEYWORD_DAYS; a product without search terms counts by its keywords.
        search_term_days: schema SEARCH_TERM_DAYS.

    Returns:
        One row per product_id and folded that got a click: clicks, cost, conversions, revenue; now and before (clicks of
        the newest PERIOD days and of as many before), chance_now (share of those clicks that would be new if nothing
        had changed), first_seen, last_seen, first_age and last_age (days before the platform's newest report),
        known_days (that the platform reports), peak_month (as 2026-11).
    """
    columns = ["date", "platform", "product_id", "text", "clicks", "cost", "conversions", "revenue"]
    typed = search_term_days.rename(columns={"search_term": "text"})[columns]
    bought = keyword_days.rename(columns={"keyword": "text"})[columns]
    days = typed if len(typed) else bought
    if len(typed):
        covered = typed["product_id"].unique()
        days = pd.concat([typed, bought[~bought["product_id"].isin(covered)]], ignore_index=True)
    days = _with_ages(days)
    days = days[days["clicks"] > 0]
    spelt = {text: spelled_without_order(mine.language.words(text)) for text in days["text"].unique()}
    now, before = days["age"] < PERIOD, (days["age"] >= PERIOD) & (days["age"] < 2 * PERIOD)
    days = days.assign(
        folded=days["text"].map(spelt).astype("str"),
        now=days["clicks"].where(now, 0.0),
        before=days["clicks"].where(before, 0.0),
        chance_now=days["clicks"].where(now | before, 0.0) * days["reported_now"],
        month=days["date"].dt.strftime("%Y-%m"),
    )
    key = ["product_id", "folded"]
    groups = days.groupby(key)
    seen = groups["date"].agg(first_seen="min", last_seen="max")
    ages = groups.agg(first_age=("age", "max"), last_age=("age", "min"), known_days=("known_days", "max"))
    months = days.groupby([*key, "month"])[["clicks"]].sum().reset_index()
    months = months.sort_values(["clicks", "month"], ascending=[False, True]).drop_duplicates(key)
    table = groups[_SUMS].sum().join([seen, ages]).reset_index()
    table["chance_now"] = ratio(table["chance_now"], table["now"] + table["before"])
    return table.merge(
        months.rename(columns={"month": "peak_month"}).drop(columns="clicks"), on=key, how="left"
    )


def _with_ages(days: pd.DataFrame) -> pd.DataFrame:
    """Days with their age before their platform's newest, the days it reports, and how they lie in the two periods."""
    newest = days.groupby("platform")["date"].transform("max")
    age = (newest - days["date"]).dt.days
    reported = days.assign(age=age)[["platform", "age"]].drop_duplicates()
    by_platform = reported.groupby("platform")["age"]
    now = by_platform.agg(lambda ages: (ages < PERIOD).sum())
    both = by_platform.agg(lambda ages: (ages < 2 * PERIOD).sum())
    return days.assign(
        age=age,
        known_days=days["platform"].map(by_platform.max() + 1).astype("float64"),
        reported_now=days["platform"].map(now / both).astype("float64"),
    )


def states_of(table: pd.DataFrame) -> list[str]:
    """State of each word; nothing rises, falls or is new where no two periods are known.

    Args:
        table: the columns of `fortunes`, NaN where a word got no click, and bought.
    """
    now, before = (np.rint(table[name].fillna(0.0).to_numpy()) for name in ("now", "before"))
    total, share = now + before, table["chance_now"].fillna(0.5).to_numpy()
    more = stats.binom.sf(now - 1, np.maximum(total, 1), share)
    less = stats.binom.cdf(now, np.maximum(total, 1), share)
    usual = (now * (1 - share), before * share)  # equal where nothing has changed
    long_enough = table["known_days"].fillna(0).to_numpy() >= 2 * PERIOD
    first, last = table["first_age"].to_numpy(), table["last_age"].to_numpy()
    states: list[str] = np.select(
        [
            np.isnan(last) & (table["bought"] == "yes").to_numpy(),
            np.isnan(last),
            last >= RETIRED_DAYS,
            long_enough & (first < PERIOD),
            long_enough & (total > 0) & (2 * more < CHANCE) & (usual[0] >= LEAST_CHANGE * usual[1]),
            long_enough & (total > 0) & (2 * less < CHANCE) & (usual[1] >= LEAST_CHANGE * usual[0]),
        ],
        ["silent", "listed", "retired", "new", "rising", "falling"],
        "steady",
    ).tolist()
    return states
