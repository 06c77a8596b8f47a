"""Writes a simulated shop's record as the native files that an operator would drop into the inbox."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from bidopt.backtest.shop_log import EXPORT_DAYS, ShopLog
from bidopt.facts.atomic_file import write_atomically


def write_exports(log: ShopLog, folder: Path, last_export: date) -> list[Path]:
    """Write this morning's exports, and those of earlier mornings that were not written yet.

    Args:
        log: the shop's record.
        folder: existing folder.
        last_export: morning of the newest ones written before; the shop's first day where there are none.

    Returns:
        The files written; keyword reports hold EXPORT_DAYS days each.
    """
    mornings = [last_export + timedelta(days=i + 1) for i in range((log.morning - last_export).days)]
    tables = {f"keyword_days_{m}.csv": _keyword_report(log, m) for m in mornings}
    tables |= {f"campaigns_{m}.csv": log.campaigns(m) for m in mornings}
    tables |= {f"products_{m}.csv": log.products(m) for m in mornings}
    drawn = {f"drawn_bids_{m}.csv": log.drawn_bids(m - timedelta(days=1), m) for m in mornings}
    tables |= {name: table for name, table in drawn.items() if len(table)}
    for name, table in tables.items():
        write_atomically(folder / name, table.to_csv(index=False, lineterminator="\n").encode())
    return [folder / name for name in tables]


def _keyword_report(log: ShopLog, morning: date) -> pd.DataFrame:
    """The keyword report exported on `morning`."""
    first = max(log.first, morning - timedelta(days=EXPORT_DAYS))
    return log.keyword_days(first, morning).assign(reported_on=pd.Timestamp(morning))
