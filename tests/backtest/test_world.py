"""Simulated shops have the traits of real ones: heavy tails, roots that tell, junk that draws clicks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from bidopt.backtest.market_words import CATEGORIES, junk_phrases_of, phrases_of
from bidopt.backtest.world import World, draw_world
from bidopt.domain.changes import KEYWORD_KEY

OPENED = date(2026, 7, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return draw_world(np.random.default_rng(1), 12, 1200, OPENED)


@pytest.mark.parametrize(("products", "keywords"), [(5, 200), (8, 240), (100, 5000)])
def test_words_are_distinct_and_sorted_at_every_size(products: int, keywords: int) -> None:
    world = draw_world(np.random.default_rng(2), products, keywords, OPENED)
    words = world.keywords
    assert words["keyword"].nunique() == len(words) == keywords
    assert words.equals(words.sort_values(list(KEYWORD_KEY), ignore_index=True))
    assert len(world.products) == products
    ids = world.products["product_id"].to_numpy()[world.product_of]
    assert (words["product_id"] == ids).all()
    assert (words["campaign_id"] == world.campaigns["campaign_id"].to_numpy()[world.campaign_of]).all()


def test_a_word_is_the_sum_of_its_parts(world: World) -> None:
    assert ["".join(parts) for parts in world.parts] == world.keywords["keyword"].tolist()
    assert all(junk_phrases_of(c).keys().isdisjoint(phrases_of(c)) for c in CATEGORIES)


def test_demand_has_a_heavy_tail_and_rates_are_those_of_shops(world: World) -> None:
    demand = np.sort(world.demand)[::-1]
    assert demand[: len(demand) // 5].sum() > 0.5 * demand.sum()
    assert 0.01 < np.median(world.cvr[~world.junk]) < 0.03
    assert 60 < np.median(world.order_value) < 130
    assert ((world.quality_score >= 1) & (world.quality_score <= 10)).all()
    assert len(np.unique(world.quality_score)) >= 4


def test_junk_is_clicked_as_much_as_other_words_and_sells_next_to_nothing(world: World) -> None:
    assert 0.09 < world.junk.mean() < 0.15
    assert np.median(world.ctr[world.junk]) > 0.8 * np.median(world.ctr[~world.junk])
    assert world.cvr[world.junk].mean() < 0.03 * world.cvr[~world.junk].mean()
    assert (world.cvr[world.junk] == 0).mean() > 0.6


def test_roots_tell_what_a_word_is_worth(world: World) -> None:
    """Leaving a word out, the mean of the words with its roots tells something of its conversion rate."""
    good = np.flatnonzero(~world.junk)
    log_cvr = np.log(world.cvr[good])
    log_cvr -= np.array([log_cvr[world.product_of[good] == p].mean() for p in range(12)])[
        world.product_of[good]
    ]
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for place, row in enumerate(good):
        for part in world.parts[row]:
            sums[part] = sums.get(part, 0.0) + log_cvr[place]
            counts[part] = counts.get(part, 0) + 1
    told = [
        np.mean([(sums[p] - log_cvr[i]) / max(counts[p] - 1, 1) for p in world.parts[row]])
        for i, row in enumerate(good)
    ]
    # Of 1,000 unrelated words a correlation above 0.2 is a false alarm of less than 1e-9.
    assert np.corrcoef(told, log_cvr)[0, 1] > 0.2


def test_scaling_moves_prices_or_demand_and_nothing_else(world: World) -> None:
    scaled = world.scaled(demand=2.0, level=0.5)
    np.testing.assert_array_equal(scaled.demand, world.demand * 2)
    np.testing.assert_array_equal(scaled.level, world.level / 2)
    np.testing.assert_array_equal(scaled.cvr, world.cvr)
