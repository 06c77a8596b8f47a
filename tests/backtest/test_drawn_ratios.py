"""Drawn ratios average what is believed, stray more where nothing was seen, and let no word outweigh the shop."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.backtest.drawn_ratios import Way, drawn_ratios
from bidopt.backtest.steepness import Missing, Steepness
from bidopt.domain.metrics import Array

DRAWS = 4000


def drawn(whole: float, told: float, missing: float = 0.0, outside: float = 0.0, words: int = 20) -> Array:
    """Ratios of clicks of words that are alike, shape (DRAWS, words); the log has left a tenth of the doubt."""
    found = Missing(np.full(words, missing), 0.03, np.full(words, 0.04))
    way = Way(np.full(words, whole), np.full(words, told))
    draws = drawn_ratios(
        np.random.default_rng(1),
        DRAWS,
        np.arange(words),
        Steepness(found, found),
        (way, way),
        np.full(words, outside),
        np.ones(words),
    )
    return np.array([clicks for clicks, _ in draws])


@pytest.mark.parametrize(("whole", "outside"), [(1.5, 0.0), (3.0, 0.4), (0.3, 0.4)])
def test_draws_average_what_is_believed(whole: float, outside: float) -> None:
    """Within 4 standard errors of the draws' shop-wide means, one false alarm in 16,000 runs each."""
    means = drawn(whole, min(whole, 1.2), outside=outside).mean(axis=1)
    assert abs(means.mean() - whole) < 4 * means.std() / np.sqrt(DRAWS)


def test_what_moves_say_counts_on_the_way_they_went_only() -> None:
    near, far = drawn(1.2, 1.2, missing=0.5).mean(), drawn(4.8, 1.2, missing=0.5).mean()
    assert near == pytest.approx(1.2**1.5, rel=0.01)
    assert far == pytest.approx(4.8 * 1.2**0.5, rel=0.05)


def test_doubt_is_that_of_before_the_log_where_it_tells_nothing() -> None:
    tried, untried = (np.log(drawn(3.0, told)).std() for told in (3.0, 1.0))
    assert untried > 3 * tried


def test_only_cells_whose_bid_moved_are_drawn() -> None:
    """Some raised, some lowered, some kept, each word with several days: nobody else's doubt, and nothing of the kept ones."""
    of, raised = np.repeat(np.arange(4), 3), np.tile([1.0, 0.0, -1.0], 4)
    whole = np.where(raised == 0, np.arange(2.0, 14.0), 2.0 + of)
    found = Missing(np.zeros(4), 0.0, np.array([0.0, 0.2, 0.0, 0.2]))
    way = Way(whole, whole)
    ratios = drawn_ratios(
        np.random.default_rng(1), DRAWS, of, Steepness(found, found), (way, way), np.zeros(12), raised
    )
    clicks = np.array([drawn for drawn, _ in ratios])
    strayed = clicks.std(axis=0) > 1e-9
    np.testing.assert_array_equal(strayed, (raised != 0) & np.isin(of, [1, 3]))
    np.testing.assert_array_equal(clicks[:, raised == 0], np.broadcast_to(whole[raised == 0], (DRAWS, 4)))
    np.testing.assert_allclose(clicks.mean(axis=0), whole, rtol=0.05)


def test_no_draw_of_a_word_that_hardly_had_clicks_outweighs_the_rest() -> None:
    """A thousand times the clicks, of which an unbounded log-normal draw would now and then make a million times."""
    assert drawn(1000.0, 1.0, outside=1.0).max() < 1000 * 2000
