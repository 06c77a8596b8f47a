"""A title from proposal to verdict, through files, ledger and plans: applied, observed, kept or rolled back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bidopt.backtest.demo_market import DemoMarket
from bidopt.jobs.init_shop import init_shop
from bidopt.jobs.run_day import run_day
from bidopt.jobs.shop import open_shop
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet
from tests.jobs.test_write_titles import rows_of, wanting_titles

FIRST = AS_OF - timedelta(days=9)
SET_ON = FIRST + timedelta(days=1)
"""Morning of the first export with the new title."""

MARKET = DemoMarket(days=40, products=4, keywords_per_product=15)


class Story:
    """A demo shop whose mornings come one after the other."""

    def __init__(self, folder: Path) -> None:
        self.shop = wanting_titles(init_shop(folder / "demo", name="demo", daily_budget=600.0))
        self.exports = folder / "exports"
        self.exports.mkdir()
        MARKET.write_exports(self.exports, [AS_OF])
        for name in ("campaigns.csv", "search_terms.csv", "competitor_titles.csv"):
            shutil.copy(self.exports / name, self.shop.inbox)
        self.products = pd.read_csv(self.exports / "products.csv", dtype={"product_id": str})

    def morning(self, day: date, harm: Callable[[pd.DataFrame], pd.DataFrame]) -> dict[str, dict[str, str]]:
        """The titles of the plan of one morning, by product, after its exports were dropped."""
        whole = MARKET.keyword_days([day, AS_OF])[0]
        harm(whole).to_csv(self.shop.inbox / f"keyword_days_{day}.csv", index=False)
        listed = self.products.assign(reported_on=day)
        listed.to_csv(self.shop.inbox / f"products_{day}.csv", index=False)
        folder = run_day(open_shop(self.shop.folder), day, quiet).folder
        return {row["product_id"]: row for row in rows_of(folder)}

    def set_title(self, product_id: str, title: str) -> None:
        mine = self.products["product_id"] == product_id
        self.products["title"] = self.products["title"].mask(mine, title)


def unharmed(days: pd.DataFrame) -> pd.DataFrame:
    return days


def harming(product_id: str, share: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A share of the product's clicks and orders is gone since its title was set."""

    def harm(days: pd.DataFrame) -> pd.DataFrame:
        hit = (days["product_id"] == product_id) & (days["date"] >= pd.Timestamp(SET_ON))
        rng = np.random.default_rng(0)
        return days.assign(
            **{
                name: days[name].mask(hit, rng.binomial(days[name].astype(int), 1 - share))
                for name in ("impressions", "clicks", "conversions")
            }
        ).assign(clicks=lambda table: table[["clicks", "impressions"]].min(axis=1))

    return harm


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def proposed(story: Story) -> tuple[str, str, str]:
    """The first product with a new title: id, old title, new title."""
    rows = story.morning(FIRST, unharmed)
    row = next(row for row in rows.values() if row["kind"] == "rewrite")
    assert row["title"] != row["current_title"]
    return row["product_id"], row["current_title"], row["title"]


def test_a_title_that_does_harm_is_applied_watched_and_rolled_back(story: Story) -> None:
    product, old, new = proposed(story)
    story.set_title(product, new)
    harm = harming(product, 0.7)
    early = story.morning(SET_ON, harm)[product]
    assert (early["kind"], early["title"]) == ("watch", new)
    assert early["reason"].startswith("title_wait")
    late = story.morning(SET_ON + timedelta(days=7), harm)[product]
    assert (late["kind"], late["current_title"], late["title"]) == ("roll_back", new, old)
    assert late["reason"].startswith("title_back_visits")
    page = (story.shop.plans / str(SET_ON + timedelta(days=7)) / "report.html").read_text("utf-8")
    assert "换回旧标题" in page
    story.set_title(product, old)
    after = story.morning(AS_OF, harm)
    assert after[product]["kind"] == "unchanged"  # put back, and left alone: the title was changed lately
    assert after[product]["reason"].startswith("title_just_changed")


def test_a_title_that_does_no_harm_stays(story: Story) -> None:
    product, _, new = proposed(story)
    story.set_title(product, f" {new} ")  # consoles add and trim blanks
    assert story.morning(SET_ON, unharmed)[product]["reason"].startswith("title_wait")
    look = story.morning(SET_ON + timedelta(days=3), unharmed)[product]
    assert look["reason"].startswith("title_watch")
    verdict = story.morning(SET_ON + timedelta(days=7), unharmed)[product]
    assert verdict["kind"] in {"keep", "adjust"}


def test_a_title_that_no_plan_asked_for_is_not_judged(story: Story) -> None:
    product, old, _ = proposed(story)
    story.set_title(product, f"{old}家用")
    story.morning(SET_ON, unharmed)
    look = story.morning(SET_ON + timedelta(days=3), harming(product, 0.7))
    assert look[product]["kind"] == "unchanged"
