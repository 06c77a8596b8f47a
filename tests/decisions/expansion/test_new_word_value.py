"""What a new word's test is worth: own late clicks, the market's voice, and no more than a test can tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bidopt.decisions.expansion.market_rates import market_told
from bidopt.decisions.expansion.mine import mine_of, unit_worth, with_ad_groups
from bidopt.decisions.expansion.new_word_value import NewWordValue, value_of
from bidopt.decisions.policy import Situation
from bidopt.evidence.belief import Belief
from tests.decisions.expansion.shops import TOMORROW, situation

MARKET = [
    {"term": term, "low": 900.0, "high": 1100.0} for term in ("澳洲茶树精油", "单方茶树精油", "茶树精油")
]


def valued(made: Situation, test_clicks: int = 30) -> tuple[pd.DataFrame, NewWordValue]:
    candidates = with_ad_groups(mine_of(made.evidence).candidates, made.evidence)
    worth = unit_worth(made.evidence, candidates, None, 2.0)
    return candidates, value_of(candidates, made.evidence, worth, test_clicks)


def cvr_of(made: Situation, word: str) -> float:
    candidates, value = valued(made)
    return float(value.cvr.mean[(candidates["keyword"] == word).to_numpy()][0])


@pytest.fixture(scope="module")
def plain() -> Situation:
    return situation(market=MARKET)


def typed(clicks: float, orders: float, days_ago: int = 20) -> list[dict[str, Any]]:
    day = TOMORROW - pd.Timedelta(days=days_ago)
    return [{"search_term": "澳洲茶树精油", "clicks": clicks, "conversions": orders, "date": day}]


def test_own_clicks_without_orders_lower_the_rate_and_orders_raise_it(plain: Situation) -> None:
    before = cvr_of(plain, "澳洲茶树精油")
    assert cvr_of(situation(market=MARKET, searched=typed(60.0, 0.0)), "澳洲茶树精油") < 0.8 * before
    assert cvr_of(situation(market=MARKET, searched=typed(60.0, 12.0)), "澳洲茶树精油") > 1.2 * before


def test_clicks_whose_orders_are_still_to_come_say_less(plain: Situation) -> None:
    late = cvr_of(situation(market=MARKET, searched=typed(60.0, 0.0, days_ago=1)), "澳洲茶树精油")
    old = cvr_of(situation(market=MARKET, searched=typed(60.0, 0.0)), "澳洲茶树精油")
    assert old < late < cvr_of(plain, "澳洲茶树精油")


def test_what_one_term_brought_is_not_counted_for_others(plain: Situation) -> None:
    """Its clicks are in the keyword that caught it already."""
    searched = situation(market=MARKET, searched=typed(600.0, 0.0))
    np.testing.assert_allclose(cvr_of(searched, "单方茶树精油"), cvr_of(plain, "单方茶树精油"))


def test_a_longer_test_earns_more_later_and_never_as_much_as_knowing(plain: Situation) -> None:
    _, value = valued(plain, 0)
    at_once = value.test_value
    month = 30.0 * value.clicks
    best = month * np.maximum(value.worth.expected_above(value.cpc), value.worth.mean - value.cpc)
    _, tested = valued(plain, 30)
    assert (tested.test_value <= best + 1e-9).all()
    np.testing.assert_allclose(at_once, month * np.maximum(value.worth.mean - value.cpc, 0.0))


def rates(plain: Situation, stated: dict[str, float], bought_cvr: float) -> Belief:
    """Belief in the rate of three candidates whose market rates are stated, in a shop whose words have one rate."""
    market = plain.evidence.words.market_terms
    table = pd.DataFrame({"term": list(stated), "cvr_low": list(stated.values()), "cvr_high": np.nan})
    counts = replace(
        plain.evidence.counts,
        matured_clicks=np.full(3, 2000.0),
        orders=np.full(3, 2000.0 * bought_cvr),
    )
    words = replace(plain.evidence.words, market_terms=table.reindex(columns=market.columns))
    asked = pd.DataFrame({"keyword": ["甲", "乙", "丙"]})
    borrowed = Belief(np.full(3, bought_cvr), np.full(3, 2.0), np.full(3, 0.1))
    return market_told("cvr", borrowed, asked, replace(plain.evidence, words=words, counts=counts))


def test_a_market_rate_tells_how_a_word_stands_to_others_not_the_level(plain: Situation) -> None:
    ten_times = rates(plain, {"甲": 0.1, "乙": 0.3, "丙": 0.9}, 0.03).mean
    same = rates(plain, {"甲": 0.01, "乙": 0.03, "丙": 0.09}, 0.03).mean
    np.testing.assert_allclose(ten_times, same)
    assert same[0] < same[1] < same[2]
    np.testing.assert_allclose(same[1], 0.03)


def test_a_word_without_a_stated_rate_is_believed_as_before(plain: Situation) -> None:
    told = rates(plain, {"甲": 0.01, "乙": 0.03}, 0.03)
    assert (told.mean[2], told.shape[2]) == (0.03, 2.0)
    assert told.shape[0] > 2.0
    assert (np.asarray(told.nil) == 0.1).all()


def test_a_market_that_proved_right_weighs_more(plain: Situation) -> None:
    bought = dict(zip(plain.evidence.keywords["keyword"], (0.03, 0.03, 0.03), strict=True))
    wrong = dict(zip(plain.evidence.keywords["keyword"], (0.001, 0.03, 0.3), strict=True))
    asked = {"甲": 0.01, "乙": 0.03, "丙": 0.09}
    right, off = (rates(plain, {**asked, **known}, 0.03) for known in (bought, wrong))
    assert (right.shape > off.shape).all()
