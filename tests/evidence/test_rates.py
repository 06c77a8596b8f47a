"""Believed rates on shops with known truth: calibration, what borrowing is worth, junk, monotony."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.click_rate import click_rate
from bidopt.evidence.conversion_rate import PRIOR, conversion_rate
from bidopt.evidence.hierarchy import hierarchy_of
from bidopt.evidence.rates import RatePrior, believed_rates
from bidopt.evidence.sources import PRODUCT, sources_of, with_click_price
from tests.evidence.drawn_shops import DrawnShop, draw_shop

SHOPS = [draw_shop(seed) for seed in range(10)]
BELIEFS = [conversion_rate(shop.clicks, shop.orders, shop.sources) for shop in SHOPS]


def product_only(shop: DrawnShop) -> Belief:
    """Keyword to product to shop, without roots, match types, lengths and junk."""
    kept = shop.sources.kind <= PRODUCT
    sources = replace(shop.sources, of_keyword=shop.sources.of_keyword[:, kept], kind=shop.sources.kind[kept])
    return believed_rates(shop.orders, shop.clicks, sources, RatePrior(PRIOR.rate, PRIOR.exposure))


def covered(belief: Belief, truth: Array) -> np.ndarray:
    return (belief.low <= truth) & (truth <= belief.high)


def test_intervals_cover_the_truth() -> None:
    """Words with few clicks, with many, and those that sell.

    Over 20 other blocks of ten shops coverage was 0.936 (few clicks) and 0.931 (many), standard deviation 0.010 and
    0.008: about one other block in ten would leave the bounds by chance, none by more than a point.
    """
    inside = np.concatenate([covered(b, s.rate) for b, s in zip(BELIEFS, SHOPS, strict=True)])
    clicks = np.concatenate([s.clicks for s in SHOPS])
    for some in (clicks < 40, clicks >= 40):
        assert 0.85 <= inside[some].mean() <= 0.95
    good = ~np.concatenate([s.junk for s in SHOPS])
    assert 0.85 <= inside[good].mean() <= 0.95


@pytest.mark.parametrize(("root_sd", "own_sd"), [(0.2, 0.15), (0.35, 0.3)])
def test_intervals_cover_other_spreads_than_the_first_guess(root_sd: float, own_sd: float) -> None:
    """The spike of junk makes intervals a little wide.

    0.951 and 0.932 over 20 other blocks, standard deviation 0.01,
    so that other seeds leave these bounds less than once in 100.
    """
    shops = [draw_shop(50 + seed, root_sd=root_sd, own_sd=own_sd) for seed in range(4)]
    inside = [covered(conversion_rate(s.clicks, s.orders, s.sources), s.rate).mean() for s in shops]
    assert 0.88 <= np.mean(inside) <= 0.98


def test_roots_bring_the_rates_closer_to_the_truth_than_products_alone() -> None:
    """Error of the log rate of words that sell, weighted by clicks.

    0.26 against 0.29, raw 0.40; in none of 20 other
    blocks of six shops was the gain below 0.018.
    """
    errors = []
    for shop, belief in zip(SHOPS, BELIEFS, strict=True):
        weight = shop.clicks * ~shop.junk
        raw = (shop.orders + 0.5) / (shop.clicks + 25)
        sells = np.maximum(shop.rate, 1e-9)
        ways = (belief.mean / (1 - belief.nil), product_only(shop).mean, raw)
        errors.append([np.sqrt(np.average(np.log(way / sells) ** 2, weights=weight)) for way in ways])
    ours, products, raws = np.mean(errors, axis=0)
    assert ours < products - 0.01
    assert products < raws


def test_orders_to_come_are_likelier_under_our_rates() -> None:
    """Expected log-likelihood of 100 further clicks of every word, junk included.

    In none of 25 other blocks of six
    shops was the gain over products below 0.07.
    """
    gains = []
    for shop, belief in zip(SHOPS, BELIEFS, strict=True):
        ways = (belief.mean, product_only(shop).mean, (shop.orders + 0.5) / (shop.clicks + 25))
        gains.append([np.mean(100 * (shop.rate * np.log(way) - way)) for way in ways])
    ours, products, raws = np.mean(gains, axis=0)
    assert ours > products + 0.05
    assert ours > raws + 0.2


def test_what_is_expected_in_total_comes_true() -> None:
    """Expected orders of the same clicks are within 5 % of the true ones."""
    expected = sum((b.mean * s.clicks).sum() for b, s in zip(BELIEFS, SHOPS, strict=True))
    assert expected == pytest.approx(sum((s.rate * s.clicks).sum() for s in SHOPS), rel=0.05)


def test_sixty_clicks_without_an_order_tell_of_junk() -> None:
    shop = words([f"{a}{b}" for a in "甲乙丙丁戊" for b in "子丑寅卯"])
    sources = sources_of(shop, hierarchy_of(shop))
    clicks, orders = np.full(20, 200.0), np.full(20, 10.0)
    clicks[3], orders[3] = 60.0, 0.0
    belief = conversion_rate(clicks, orders, sources)
    gamma = believed_rates(orders, clicks, sources, RatePrior(PRIOR.rate, PRIOR.exposure))
    assert belief.mean[3] < 0.75 * gamma.mean[3]
    assert belief.low[3] == 0
    assert belief.low[4] > 0
    orders[3] = 3.0
    assert conversion_rate(clicks, orders, sources).low[3] > 0


def test_a_root_of_junk_makes_a_new_word_suspect() -> None:
    cores = ["台灯", "水杯", "羊毛被", "耳机", "书包", "雨伞", "球拍", "被套"]
    names = [core + end for end in ("正品", "大号", "新款", "简笔画") for core in cores]
    shop = words(names)
    clicks = np.array([0.0 if name in {"雨伞简笔画", "雨伞正品"} else 150.0 for name in names])
    orders = np.array([0.0 if "简笔画" in name else 5.0 for name in names]) * (clicks > 0)
    belief = conversion_rate(clicks, orders, sources_of(shop, hierarchy_of(shop)))
    new = dict(zip(names, belief.mean, strict=True))
    assert new["雨伞简笔画"] < 0.7 * new["雨伞正品"]


def test_lookers_are_doubted_before_their_clicks_and_believed_by_their_orders() -> None:
    names = [f"{core}{end}" for core in ("台灯", "水杯", "耳机", "书包") for end in ("图片", "正品", "大号")]
    shop, asked = words(names), np.array(["图片" in name for name in names])
    sources = sources_of(shop, hierarchy_of(shop))
    clicks = np.where(asked, 0.0, 150.0)
    new = conversion_rate(clicks, np.where(asked, 0.0, 5.0), sources).mean
    assert new[asked].max() < 0.7 * new[~asked].min()
    sold = conversion_rate(np.full(12, 150.0), np.full(12, 5.0), sources)
    np.testing.assert_allclose(sold.mean[asked].mean(), sold.mean[~asked].mean(), rtol=0.1)
    of_pictures = sources_of(shop, hierarchy_of(shop), ["装饰画图片定制"])
    told = conversion_rate(clicks, np.where(asked, 0.0, 5.0), of_pictures).mean
    np.testing.assert_allclose(told[asked].mean(), told[~asked].mean(), rtol=0.1)


def test_a_new_word_borrows_from_its_roots() -> None:
    good = [f"{core}加厚" for core in "甲乙丙丁"]
    poor = [f"{core}迷你" for core in "甲乙丙丁"]
    names = [*good, *poor, "戊加厚", "戊迷你"]
    clicks = np.r_[np.full(8, 1000.0), 0.0, 0.0]
    orders = np.r_[np.full(4, 60.0), np.full(4, 20.0), 0.0, 0.0]
    shop = words(names)
    belief = conversion_rate(clicks, orders, sources_of(shop, hierarchy_of(shop)))
    assert belief.mean[-2] > 1.4 * belief.mean[-1]


def test_more_orders_never_lower_the_own_rate() -> None:
    for seed, typical in ((1, 5.0), (2, 40.0), (3, 1000.0)):
        shop = draw_shop(seed, 60, typical_clicks=typical)
        before = conversion_rate(shop.clicks, shop.orders, shop.sources)
        for word in range(0, 60, 4):
            for more in (0.3, 1.0, 20.0):
                orders = shop.orders.copy()
                orders[word] += more
                after = conversion_rate(shop.clicks, orders, shop.sources)
                assert after.mean[word] > before.mean[word]
                assert after.low[word] >= before.low[word]


def dear_and_cheap(orders_per_click: Array) -> tuple[Array, float]:
    """Rates of 40 products at prices from 10 to 1,000, each of three words, and the one of a dear new word."""
    price = np.repeat(np.geomspace(10, 1000, 40), 3)
    shop = words([f"{chr(0x4E00 + k)}" for k in range(121)]).assign(
        product_id=[f"p{k // 3}" for k in range(121)], price=np.r_[price, 1000.0]
    )
    clicks = np.r_[np.full(120, 500.0), 0.0]
    orders = np.r_[500 * np.repeat(orders_per_click, 3), 0.0]
    rate = conversion_rate(clicks, orders, sources_of(shop, hierarchy_of(shop))).mean
    return rate[:120].reshape(40, 3).mean(axis=1), float(rate[-1])


@pytest.mark.parametrize("elasticity", [-1.0, -0.5, 0.0])
def test_what_prices_do_to_the_rate_is_learned(elasticity: float) -> None:
    truth = 0.03 * (np.geomspace(10, 1000, 40) / 100) ** elasticity
    rate, new = dear_and_cheap(truth)
    np.testing.assert_allclose(rate, truth, rtol=0.25)  # a mean of five orders lies above the likeliest rate
    assert new == pytest.approx(truth[-1], rel=0.4)


@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.5])
def test_what_dear_clicks_say_of_the_rate_is_learned(slope: float) -> None:
    """Words of two products, half of them new; the dearer product's clicks cost ten times as much and sell no better."""
    rng = np.random.default_rng(4)
    shop = words([chr(0x4E00 + k) for k in range(400)]).assign(product_id=[f"p{k % 2}" for k in range(400)])
    dear = rng.normal(0.0, 0.5, 400)
    price = np.exp(dear) * np.where(np.arange(400) % 2, 10.0, 1.0)
    truth = 0.03 * np.exp(slope * dear)
    clicks = np.where(np.arange(400) < 200, 300.0, 0.0)
    hierarchy = hierarchy_of(shop)
    sources = with_click_price(sources_of(shop, hierarchy), price, hierarchy)
    rate = conversion_rate(clicks, rng.poisson(clicks * truth).astype(np.float64), sources).mean[200:]
    assert np.polyfit(dear[200:], np.log(rate), 1)[0] == pytest.approx(slope, abs=0.1)
    in_fen = with_click_price(sources_of(shop, hierarchy), 100 * price, hierarchy)
    np.testing.assert_allclose(in_fen.of_keyword.toarray(), sources.of_keyword.toarray(), atol=1e-12)


@pytest.mark.parametrize("shop", SHOPS[:3])
def test_all_told_what_was_sold_is_believed(shop: DrawnShop) -> None:
    belief = conversion_rate(shop.clicks, shop.orders, shop.sources)
    assert shop.clicks @ belief.mean == pytest.approx(shop.orders.sum(), rel=0.02)


def test_rich_counts_speak_for_themselves() -> None:
    shop = SHOPS[0]
    clicks, orders = shop.clicks.copy(), shop.orders.copy()
    clicks[7], orders[7] = 1e6, 2e5
    belief = conversion_rate(clicks, orders, shop.sources)
    assert belief.mean[7] == pytest.approx(0.2, rel=0.001)
    assert belief.relative_sd[7] < 0.01


def test_without_data_the_prior_stands_and_is_wide() -> None:
    shop = words(["茶树精油", "精油"])
    sources = sources_of(shop, hierarchy_of(shop))
    belief = conversion_rate(np.zeros(2), np.zeros(2), sources)
    np.testing.assert_allclose(belief.mean, PRIOR.rate, rtol=0.05)
    assert (belief.high > 2 * belief.mean).all()
    nothing = words([])
    empty = conversion_rate(np.zeros(0), np.zeros(0), sources_of(nothing, hierarchy_of(nothing)))
    assert empty.mean.shape == (0,)


def test_click_rates_know_no_junk_and_their_product() -> None:
    shop = SHOPS[1]
    impressions = np.maximum(shop.clicks, 1.0) * 30
    belief, product = click_rate(impressions, shop.clicks, shop.hierarchy, shop.sources)
    assert not np.any(belief.nil)
    clicks = shop.hierarchy.total(shop.clicks) / shop.hierarchy.total(impressions)
    np.testing.assert_allclose(product, clicks[shop.hierarchy.group], rtol=0.1)


def test_orders_may_outnumber_clicks_and_be_taken_back() -> None:
    shop = SHOPS[2]
    odd = replace(shop, orders=np.where(np.arange(300) % 50 == 0, shop.clicks * 3 + 5, shop.orders))
    odd.orders[1] = -2.0
    belief = conversion_rate(odd.clicks, odd.orders, odd.sources)
    assert np.isfinite(belief.mean).all()
    assert (belief.low <= belief.mean).all()
    assert (belief.mean <= belief.high).all()


def words(names: list[str]) -> pd.DataFrame:
    """Keywords of one product."""
    table = pd.DataFrame({"keyword": pd.Series(names, dtype="str")})
    return table.assign(
        platform="native", campaign_id="c1", ad_group_id="", product_id="p1", match_type="exact", price=np.nan
    )
