"""What testing a word that was never bought is worth, borrowed from the words that were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.decisions.expansion.market_rates import market_told
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
from bidopt.text.word_order import spelled_without_order, squeezed

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
        test_value: currency over HORIZON: what the clicks of the test earn, less their cost, and what is earned if the
            word is kept only when the test speaks for it; NaN where nothing is known of orders or prices.
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
        candidates: _KEY, folded, searches (index volume), daily_clicks (as own search term) and reference_cpc.
        evidence: of the words bought.
        unit_worth: of a unit of revenue, shape (n,): the margin, or 1 / target.
        test_clicks: after which a word is judged.
    """
    bought, counts, none = evidence.keywords, evidence.counts, np.zeros(len(candidates))
    asked = pd.concat([bought[_KEY], candidates[_KEY]], ignore_index=True)
    asked["price"] = evidence.words.price_of(asked["product_id"])
    hierarchy = hierarchy_of(asked)
    sources = sources_of(asked, hierarchy, evidence.words.products["title"])
    shown, clicks, matured, orders = (
        np.append(counted, none)
        for counted in (counts.impressions, counts.clicks, counts.matured_clicks, counts.orders)
    )
    clicking = _tail(click_rate(shown, clicks, hierarchy, sources)[0], len(bought))
    ctr = market_told("ctr", clicking, candidates, evidence).mean
    borrowed = _tail(conversion_rate(matured, orders, sources), len(bought))
    cvr = market_told("cvr", borrowed, candidates, evidence).after(*_own(candidates, evidence))
    order = _order_value(bought, candidates, hierarchy.group, hierarchy.groups)
    revenue = cvr.times(Belief(order, np.full(len(candidates), ORDER_SHAPE)))
    reach, dearer = _reach(evidence)
    daily = np.maximum(candidates["searches"].to_numpy() * reach * ctr, candidates["daily_clicks"].to_numpy())
    cpc = _cpc(candidates, evidence, dearer)
    month = HORIZON * daily
    tested = np.minimum(test_clicks, month)
    worth = revenue.scaled(unit_worth)
    return NewWordValue(
        daily,
        cpc,
        worth,
        cvr,
        revenue.mean,
        tested * (worth.mean - cpc) + (month - tested) * _kept(cvr, order * unit_worth, cpc, tested),
    )


def _kept(cvr: Belief, per_order: Array, cpc: Array, tested: Array) -> Array:
    """What a click earns after the test, if the word is then kept only where it is expected to pay; shape (n,).

    The test tells orders, not what they are worth, and is judged once its late orders are in.
    """
    earned: Array = per_order * cvr.expected_above_after(ratio(cpc, per_order), tested)
    return earned


def _own(candidates: pd.DataFrame, evidence: Evidence) -> tuple[Array, Array]:
    """Orders and matured clicks that each candidate's product got for it as a search term, in any order of words.

    The rates of keywords hold these clicks too, beside all others: here they tell what is the term's own.
    """
    words = evidence.words
    terms = words.search_terms[["search_term", "product_id", "conversions", "matured_clicks"]]
    spelt = [spelled_without_order(words.language.words(term)) for term in terms["search_term"]]
    sums = terms.assign(folded=pd.Series(spelt, index=terms.index, dtype="str"))
    sums = sums.groupby(["product_id", "folded"], as_index=False)[["conversions", "matured_clicks"]].sum()
    found = candidates[["product_id", "folded"]].merge(sums, how="left", on=["product_id", "folded"])
    return found["conversions"].fillna(0.0).to_numpy(), found["matured_clicks"].fillna(0.0).to_numpy()


def _tail(belief: Belief, first: int) -> Belief:
    """The belief in the rows from `first` on."""
    nil = np.broadcast_to(belief.nil, belief.mean.shape)
    return Belief(belief.mean[first:], belief.shape[first:], nil[first:])


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
