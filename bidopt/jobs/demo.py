"""The demo: a shop with a month of generated data, and its day run through the real path."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from bidopt.backtest.demo_market import DemoMarket
from bidopt.domain.errors import SettingsError
from bidopt.jobs.import_reports import Progress
from bidopt.jobs.init_shop import init_shop
from bidopt.jobs.run_day import DayResult, run_day
from bidopt.jobs.shop import open_shop

SHOP = "demo"
MORNINGS = (14, 7, 0)
"""Exports were made this many days before the decision day, so that late orders show up as restatements."""


def run_demo(folder: Path, as_of: date, progress: Progress) -> DayResult:
    """Create the demo shop where there is none yet, give it its exports and run the day.

    Args:
        folder: new folder, or one an earlier demo made.
        as_of: decision day.
        progress: told each stage.

    Raises:
        SettingsError: the folder holds something else.
    """
    if (folder / "shop.yaml").exists():
        if open_shop(folder).settings.shop != SHOP:
            raise SettingsError(f"{folder} 是另一个店铺，演示不会动它", "换一个文件夹: bidopt demo 新文件夹")
    elif folder.exists() and any(folder.iterdir()):
        raise SettingsError(f"{folder} 里已经有别的文件，演示不会动它", "换一个文件夹: bidopt demo 新文件夹")
    else:
        init_shop(folder, name=SHOP, daily_budget=1100)
    shop = open_shop(folder)
    progress("生成一个月的演示数据")
    DemoMarket().write_exports(shop.inbox, [as_of - timedelta(days=back) for back in MORNINGS])
    return run_day(shop, as_of, progress)
