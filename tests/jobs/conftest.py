"""A small shop with real files in its inbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidopt.backtest.demo_market import DemoMarket
from bidopt.jobs.init_shop import init_shop
from bidopt.jobs.shop import Shop
from tests.conftest import AS_OF

MARKET = DemoMarket(days=12, products=2, keywords_per_product=10)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop named demo with one export of twelve days waiting in its inbox."""
    made = init_shop(tmp_path / "demo", name="demo", daily_budget=200.0)
    MARKET.write_exports(made.inbox, [AS_OF])
    return made


def quiet(_: str) -> None:
    """Progress nobody watches."""
