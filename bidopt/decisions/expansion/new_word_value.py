"""What testing a word that was never bought is worth, borrowed from the words that were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.decisions.expansion.observed_words import volume
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.click_rate import click_rate
from bidopt.evidence.conversion_rate import conversion_rate
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.hierarchy import hierarchy_of
from bidopt.evidence.keyword_index import Ints
from bidopt.evidence.sources import sources_of
from bidopt.text.normalize import fold
from bidopt.text.word_order import squeezed

HORIZON = 30.0
"""Days for which a word that passes its test is run."""

REACH, REACH_WORTH = 0.02, 2_000.0
"""Impressions a day per unit of stated search volume before bought words tell, and the volume that is worth."""

ORDER_SHAPE = 10.0
"""Shape of the belief in a new word's order value: about 30 % either way."""

_KEY = ["platform", "campaign_id", "ad_group_id", "product_id", "keyword", "match_type"]


@dataclass(frozen=True)
class NewWordValue:
    """Beliefs about candidates, each of shape (n,).

    Args:
        clicks: per day.
        cpc: expected cost of a click, currency.
        worth: value of a click to the shop, currency: revenue per click times what a unit of revenue is worth.
        cvr: orders per click.
        revenue: per click, currency.
        test_value: currency over HORIZON: what is earned if the word is kept only when it turns out well, less what the
            test costs; NaN where nothing is known of orders or prices.
    """

    clicks: Array
    cpc: Array
    worth: Belief
    cvr: Belief
    revenue: Array
    test_value: Array


def value_of(
    candidates: pd.DataFrame, evidence: Evidence, unit_worth: Array, test_clicks: int
) -> NewWordValue:
    """Value candidates.

    Args:
        candidates: _KEY, searches (index volume), clicks, conversions, daily_clicks (as own search terms) and
            reference_cpc.
        evidence: of the words bought.
        unit_worth: of a unit of revenue, shape (n,): the margin, or 1 / target.
        test_clicks: after which a word is judged.
    """
    bought, n = evidence.keywords, len(evidence.keywords)
    asked = pd.concat([bought[_KEY], candidates[_KEY]], ignore_index=True)
    asked["price"] = evidence.words.price_of(asked["product_id"])
    hierarchy = hierarchy_of(asked)
    sources = sources_of(asked, hierarchy)
    none = np.zeros(len(candidates))
    days = evidence.days
    impressions, clicks = (np.append(days.total(x, n), none) for x in (days.impressions, days.clicks))
    ctr = click_rate(impressions, clicks, hierarchy, sources)[0].mean[n:]
    matured = days.total(days.clicks * evidence.matured * days.sales_known, n)
    orders = np.append(days.total(days.conversions, n), candidates["conversions"].to_numpy())
    believed = conversion_rate(np.append(matured, candidates["clicks"].to_numpy()), orders, sources)
    cvr = Belief(believed.mean[n:], believed.shape[n:], np.broadcast_to(believed.nil, len(asked))[n:])
    order = _order_value(bought, candidates, hierarchy.group, hierarchy.groups)
    revenue = cvr.times(Belief(order, np.full(len(candidates), ORDER_SHAPE)))
    worth = revenue.scaled(unit_worth)
    reach, dearer = _reach(evidence)
    daily = np.maximum(candidates["searches"].to_numpy() * reach * ctr, candidates["daily_clicks"].to_numpy())
    cpc = _cpc(candidates, evidence, dearer)
    tested = np.minimum(test_clicks, HORIZON * daily)
    test_cost = tested * np.maximum(cpc - worth.mean, 0.0)
    kept = (HORIZON * daily - tested) * worth.expected_above(cpc)
    earned = tested * np.maximum(worth.mean - cpc, 0.0)
    return NewWordValue(daily, cpc, worth, cvr, revenue.mean, earned + kept - test_cost)


def _reach(evidence: Evidence) -> tuple[float, float]:
    """Impressions a day per unit of volume, and own over reference price of a click, of words bought and listed."""
    market = evidence.words.market_terms
    listed = pd.DataFrame(
        {
            "text": [squeezed(fold(term)) for term in market["term"]],
            "volume": volume(market["search_volume_low"], market["search_volume_high"]),
            "reference_cpc": market["reference_cpc"].to_numpy(),
        }
    ).drop_duplicates("text")
    words = evidence.keywords[["keyword", "impressions", "clicks", "cost", "first_age"]]
    words = words.assign(text=[squeezed(fold(word)) for word in words["keyword"]])[evidence.running]
    both = words.merge(listed, on="text")
    longest = max((max(ages) for ages in evidence.report_days.values() if ages), default=1)
    shown = float((both["impressions"] / both["first_age"].clip(1, longest)).sum())
    reach = (shown + REACH * REACH_WORTH) / (float(both["volume"].sum()) + REACH_WORTH)
    priced = both[both["reference_cpc"] > 0]
    expected = float((priced["reference_cpc"] * priced["clicks"]).sum())
    dearer = float(priced["cost"].sum()) / expected if expected > 0 else 1.0
    return reach, dearer


def _cpc(candidates: pd.DataFrame, evidence: Evidence, dearer: float) -> Array:
    """Price of a click: the market's, put to the shop's level, else what the product pays, else the shop."""
    sums = evidence.keywords.groupby("product_id")[["cost", "clicks"]].sum()
    paid = pd.Series(ratio(sums["cost"], sums["clicks"]), index=sums.index)
    of_product = paid.reindex(candidates["product_id"]).fillna(
        float(ratio(sums["cost"].sum(), sums["clicks"].sum()))
    )
    stated = candidates["reference_cpc"].to_numpy() * dearer
    price: Array = np.where(stated > 0, stated, of_product.to_numpy())
    return price


def _order_value(bought: pd.DataFrame, candidates: pd.DataFrame, group: Ints, groups: int) -> Array:
    """Revenue per order of each candidate's product, shape (candidates,)."""
    n = len(bought)
    orders, revenue = (
        np.bincount(group[:n], np.maximum(bought[name].to_numpy(), 0.0), minlength=groups)
        for name in ("conversions", "revenue")
    )
    shop = float(ratio(revenue.sum(), orders.sum()))
    prior = np.where(candidates["price"].notna(), candidates["price"], shop)
    mine = group[n:]
    value: Array = ratio(
        revenue[mine] + 2 * np.nan_to_num(prior), orders[mine] + np.where(np.isnan(prior), 0, 2)
    )
    return value
