"""A small shop with real files in its inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
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


@pytest.fixture
def export() -> Callable[[Path, date], None]:
    """Writes the market's export of a morning into a folder."""
    return lambda folder, morning: _export(folder, morning)


def _export(folder: Path, morning: date) -> None:
    MARKET.write_exports(folder, [morning])


def quiet(_: str) -> None:
    """Progress nobody watches."""


def days_before(days: int) -> date:
    return AS_OF - timedelta(days=days)
