"""The best that orders alone can tell: the exact prior from which the market was drawn, and its posterior each morning.

Nobody has this knowledge: which roots each word is made of, how far roots, products and words differ, which roots never
sell and how many other words do not. What a bidder with it still misses, no better learning from orders can bring.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import special

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.market import TrueDay
from bidopt.backtest.market_words import ALL_JUNK_ROOTS
from bidopt.backtest.runner import Edit
from bidopt.backtest.world import BY_LENGTH, OWN_EFFECTS, PRODUCT_EFFECTS, ROOT_EFFECTS, World
from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.evidence import Evidence

_CVR = 1  # place of the conversion rate among a world's effects
_SHOP_VARIANCE = 0.25
"""Of the log of a shop's level, which is learned from the first orders."""

_DISGUISED, _STRAYS, _STRAYING = 0.03, 0.05, 0.2
"""Share of words without a junk root that sell nothing; what a share of them sells all the same; that share."""

_ANY_ORDER = 0.02  # weighted by age, an order is a little less than one
_ROUNDS, _ENOUGH = 60, 1e-3


def known_prior(market: AuctionMarket) -> Edit:
    """Puts the exact posterior of the orders so far in place of the beliefs in values.

    Args:
        market: not played yet; nothing of it is used but what its draw started from.
    """
    world = market.world
    junk = np.array([not set(ALL_JUNK_ROOTS).isdisjoint(parts) for parts in world.parts])
    price = world.products["price"].to_numpy()[world.product_of]
    usual = np.array([BY_LENGTH[len(parts)][1] for parts in world.parts]) - 0.5 * np.log(price)
    covariance = _covariance(world)

    def edit(evidence: Evidence, truth: TrueDay) -> Evidence:
        orders, clicks = np.maximum(evidence.counts.orders, 0.0), evidence.counts.matured_clicks
        level = np.log(orders.sum() / np.maximum(clicks @ np.exp(usual), 1e-9))
        sells = np.where(junk, 0.0, 1 - _DISGUISED)
        rate, variance = _posterior(orders, clicks, level + usual, covariance, sells)
        today = np.median((truth.value_per_click / np.maximum(world.cvr * world.order_value, 1e-12))[~junk])
        return replace(
            evidence, value_per_click=Belief(rate * world.order_value * today, 1 / np.expm1(variance))
        )

    return edit


def _covariance(world: World) -> Array:
    """Of the logs of the words' conversion rates before the data, shape (n, n)."""
    names = {root: at for at, root in enumerate(sorted({root for parts in world.parts for root in parts}))}
    roots = np.zeros((len(world.parts), len(names)))
    for word, parts in enumerate(world.parts):
        roots[word, [names[root] for root in parts]] = 1.0
    same_product = world.product_of[:, None] == world.product_of
    root, product, own = (effects[_CVR] ** 2 for effects in (ROOT_EFFECTS, PRODUCT_EFFECTS, OWN_EFFECTS))
    covariance: Array = (
        root * roots @ roots.T + product * same_product + own * np.eye(len(roots)) + _SHOP_VARIANCE
    )
    return covariance


def _posterior(
    orders: Array, clicks: Array, mean: Array, covariance: Array, sells: Array
) -> tuple[Array, Array]:
    """Mean rate and variance of its log, by Laplace's method (Rasmussen & Williams 2006, ch. 3), shape (n,) each.

    Args:
        orders: seen, shape (n,).
        clicks: matured, shape (n,).
        mean: of the log rate before the data, shape (n,).
        covariance: likewise, shape (n, n).
        sells: chance that a word is no junk, before the data, shape (n,).
    """
    log_rate, good = mean.copy(), sells
    for _ in range(_ROUNDS):
        expected = clicks * np.exp(log_rate)
        weight = good * expected + 1e-9
        root = np.sqrt(weight)
        inner = np.eye(len(mean)) + root[:, None] * covariance * root
        wanted = weight * (log_rate - mean) + good * (orders - expected)
        pull = wanted - root * np.linalg.solve(inner, root * (covariance @ wanted))
        step = np.clip(mean + covariance @ pull - log_rate, -1.0, 1.0)
        log_rate = log_rate + step
        good = (good + _sells(orders, clicks * np.exp(log_rate), sells)) / 2
        if np.abs(step).max() < _ENOUGH:
            break
    variance = np.diag(covariance - (covariance * root) @ np.linalg.solve(inner, root[:, None] * covariance))
    return np.exp(log_rate + variance / 2) * (good + (1 - good) * _STRAYS * _STRAYING), variance


def _sells(orders: Array, expected: Array, before: Array) -> Array:
    """Chance that a word is no junk after its own counts, shape (n,)."""
    few = np.maximum(expected, 1e-12)
    honest = orders * np.log(few) - few
    stray = np.log(_STRAYING) + orders * np.log(_STRAYS * few) - _STRAYS * few
    silent = np.where(orders < _ANY_ORDER, np.log1p(-_STRAYING), -np.inf)
    before = np.clip(before, 0.0, 1 - _DISGUISED)
    with np.errstate(divide="ignore"):  # a word of junk roots never sells: its logit is -inf
        after: Array = special.expit(special.logit(before) + honest - np.logaddexp(stray, silent))
    return after
