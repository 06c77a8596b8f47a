"""The demo's market keeps to its truth, and its exports say only what could be known when they were made."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bidopt.backtest.demo_market import ARRIVED, DemoMarket
from bidopt.backtest.demo_words import PRODUCTS

TODAY = date(2026, 11, 21)
MORNINGS = [TODAY - timedelta(days=back) for back in (14, 7, 0)]
KEY = ["date", "campaign_id", "ad_group_id", "product_id", "keyword", "match_type"]
HEADERS = {
    "keyword_days": {
        "date",
        "campaign_id",
        "product_id",
        "keyword",
        "impressions",
        "clicks",
        "cost",
        "conversions",
    }
    | {
        "revenue",
        "ad_group_id",
        "match_type",
        "status",
        "bid",
        "quality_score",
        "average_rank",
        "reported_on",
    },
    "products": {"product_id", "title", "category", "brand", "price", "gross_margin", "stock", "launched_on"},
    "campaigns": {"campaign_id", "daily_budget", "name", "product_id", "min_budget", "max_budget"},
    "search_term_days": {
        *("date", "campaign_id", "ad_group_id", "product_id", "keyword", "match_type", "search_term"),
        *("impressions", "clicks", "cost", "conversions", "revenue", "reported_on"),
    },
    "search_terms": {"term", "search_volume", "ctr", "cvr", "competing_products", "reference_cpc"},
    "competitor_titles": {"title", "sales", "price"},
}


@pytest.fixture(scope="module")
def market() -> DemoMarket:
    return DemoMarket()


@pytest.fixture(scope="module")
def exports(market: DemoMarket) -> list[pd.DataFrame]:
    return market.keyword_days(MORNINGS)


def per_keyword(market: DemoMarket, export: pd.DataFrame) -> pd.DataFrame:
    counts = export.groupby(["product_id", "keyword"], as_index=False)[
        ["impressions", "clicks", "conversions"]
    ].sum()
    return market.truth().merge(counts, on=["product_id", "keyword"], validate="one_to_one")


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        DemoMarket(seed=5, products=2).write_exports(tmp_path / name, MORNINGS)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_another_seed_is_another_market() -> None:
    one, two = (DemoMarket(seed=seed, products=1).keyword_days([TODAY])[0] for seed in (1, 2))
    assert not one.equals(two)


def test_every_file_has_the_headers_of_native_input(market: DemoMarket, tmp_path: Path) -> None:
    paths = market.write_exports(tmp_path, MORNINGS)
    assert sorted(p.name for p in paths) == sorted(p.name for p in tmp_path.iterdir())
    assert len(paths) == 8
    for path in paths:
        table = pd.read_csv(path, dtype=str)
        kind = max((name for name in HEADERS if path.name.startswith(name)), key=len)
        assert set(table.columns) == HEADERS[kind]
        assert len(table) > 0


def test_no_export_tells_the_truth_of_a_word(market: DemoMarket, tmp_path: Path) -> None:
    market.write_exports(tmp_path, MORNINGS)
    told = pd.read_csv(tmp_path / "search_terms.csv").merge(
        market.truth(), left_on="term", right_on="keyword"
    )
    assert (told["cvr_x"] - told["cvr_y"]).abs().gt(5e-5).mean() > 0.98
    assert (told.loc[told["junk"], "cvr_x"] > 0).all()


def test_exports_hold_the_thirty_days_before_their_morning_and_one_row_per_key(
    exports: list[pd.DataFrame],
) -> None:
    for morning, export in zip(MORNINGS, exports, strict=True):
        assert export["date"].max() == pd.Timestamp(morning - timedelta(days=1))
        assert export["date"].min() >= pd.Timestamp(morning - timedelta(days=30))
        assert set(export["reported_on"]) == {morning.isoformat()}
        assert not export.duplicated(KEY).any()


def test_later_exports_restate_orders_upwards_and_nothing_else(exports: list[pd.DataFrame]) -> None:
    grown = 0
    for earlier, later in pairwise(exports):
        both = earlier.merge(later, on=KEY, suffixes=("", "_later"), validate="one_to_one")
        for column in ("impressions", "clicks", "cost", "bid"):
            assert (both[column] == both[f"{column}_later"]).all()
        assert (both["conversions_later"] >= both["conversions"]).all()
        assert (both["revenue_later"] >= both["revenue"]).all()
        grown += int((both["conversions_later"] - both["conversions"]).sum())
    assert grown > 0


def test_orders_arrive_as_the_delay_curve_says() -> None:
    market = DemoMarket(keywords_per_product=250)
    mornings = [TODAY - timedelta(days=back) for back in (20, 17, 13, 5, 0)]
    first, *later = market.keyword_days(mornings)
    day = pd.Timestamp(mornings[0] - timedelta(days=1))
    orders = [export.loc[export["date"] == day, "conversions"].sum() for export in (first, *later)]
    shares = np.array(orders[:-1]) / orders[-1]
    # four standard errors: a false alarm in less than 1 of 1,000 seeds, and the seed is fixed
    for share, age in zip(shares, (1, 4, 8, 16), strict=True):
        expected = ARRIVED[min(age, 15) - 1]
        assert share == pytest.approx(
            expected, abs=4 * np.sqrt(expected * (1 - expected) / orders[-1]) + 1e-9
        )


def test_junk_draws_clicks_and_never_sells(market: DemoMarket, exports: list[pd.DataFrame]) -> None:
    junk = per_keyword(market, exports[-1]).query("junk")
    assert len(junk) >= 30
    assert junk["clicks"].sum() > 300
    assert junk["conversions"].sum() == 0
    assert (junk["value_per_click"] == 0).all()


def test_words_marked_as_not_shown_have_no_impressions(
    market: DemoMarket, exports: list[pd.DataFrame]
) -> None:
    hidden = per_keyword(market, exports[-1]).query("not shown")
    assert len(hidden) >= 10
    assert hidden["impressions"].sum() == 0


def test_figures_of_a_row_are_possible(exports: list[pd.DataFrame]) -> None:
    export = exports[-1]
    assert (export["clicks"] <= export["impressions"]).all()
    assert (export["cost"] <= export["bid"] * export["clicks"] + 0.005).all()
    assert export["quality_score"].between(1, 10).all()
    assert (export["average_rank"].isna() == (export["impressions"] == 0)).all()


def test_realised_orders_agree_with_the_true_conversion_rates() -> None:
    market = DemoMarket(keywords_per_product=200)
    known = per_keyword(market, market.keyword_days([TODAY])[0])
    expected = float((known["clicks"] * known["cvr"]).sum())
    # about 90 % of a month's orders have arrived by its end
    assert 0.8 * expected < known["conversions"].sum() < expected + 4 * np.sqrt(expected)


def test_demand_has_a_heavy_tail(exports: list[pd.DataFrame]) -> None:
    shown = exports[-1].groupby(["product_id", "keyword"])["impressions"].sum().sort_values(ascending=False)
    assert shown.head(len(shown) // 5).sum() > 0.5 * shown.sum()


def test_titles_fit_in_sixty_half_width_units() -> None:
    for title in (t for p in PRODUCTS for t in (p.title, *p.rivals)):
        assert 30 <= len(title.encode("gbk")) <= 60
