"""What a log's bid moves say of a believed elasticity: found where they tell it, in doubt where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.backtest.steepness import Steepness, steepness
from bidopt.domain.metrics import Array

WORDS, DAYS = 60, 40


def held_against(
    missing: float, price: float = 0.0, moved: float = 0.25, shortest: float = 1.0, seed: int = 1
) -> Steepness:
    """Words of 20 clicks a day whose clicks rise by `missing` more per unit of log bid than believed, which is 1, and prices by `price`.

    The money of days with a higher bid than usual lasts for `shortest` of them.
    """
    rng = np.random.default_rng(seed)
    keyword = np.repeat(np.arange(WORDS), DAYS)
    log_bid = moved * rng.normal(size=len(keyword))
    believed: Array = np.full(len(keyword), 20.0) * np.exp(log_bid)
    scale = rng.lognormal(0.0, 0.5, WORDS)[keyword]  # what is wrong with a word's level does not matter
    lasted = np.where(log_bid > 0, shortest, 1.0)
    clicks = rng.poisson(lasted * scale * believed * np.exp(missing * log_bid)).astype(float)
    paid = clicks * np.exp((1 + price) * log_bid + 0.05 * rng.normal(size=len(keyword)))
    along = np.log(believed), log_bid  # the price is believed to rise as the bid does
    return steepness(keyword, along, lasted, (clicks, believed), (paid, believed * np.exp(log_bid)), WORDS)


@pytest.mark.parametrize("missing", [-0.4, 0.0, 0.3])
def test_what_is_missing_is_found_where_bids_moved(missing: float) -> None:
    """Within 0.1: four standard errors of the mean over the words, and a little that is drawn to nothing."""
    found = held_against(missing, price=missing / 4)
    assert found.clicks.mean.mean() == pytest.approx(missing, abs=0.1)
    assert found.price.mean.mean() == pytest.approx(missing / 4, abs=0.05)


def test_words_without_moves_keep_the_doubt_of_before_and_moves_take_it_away() -> None:
    still, moved = held_against(0.3, moved=0.0), held_against(0.3)
    before = Steepness.unseen(WORDS)
    np.testing.assert_allclose(still.clicks.mean, 0.0, atol=1e-9)
    np.testing.assert_allclose(still.clicks.own, before.clicks.own)
    assert still.clicks.shared > before.clicks.shared - 1e-9
    assert (moved.clicks.own < before.clicks.own).all()
    assert moved.clicks.shared < before.clicks.shared


def test_days_cut_short_bend_no_slope_and_tell_less_than_whole_ones() -> None:
    """Where higher bids ran for two fifths of the day, fewer clicks were seen there: a tenth more doubt is left."""
    whole, cut = held_against(0.3, price=0.075), held_against(0.3, price=0.075, shortest=0.4)
    assert cut.clicks.mean.mean() == pytest.approx(0.3, abs=0.1)
    assert cut.price.mean.mean() == pytest.approx(0.075, abs=0.05)
    assert cut.clicks.own.mean() > 1.05 * whole.clicks.own.mean()
