"""Writes a shop's keyword library as Excel and CSV."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from bidopt.decisions.expansion.earlier_words import BLOCK, standing_blocks
from bidopt.decisions.expansion.mine import mine_of
from bidopt.decisions.expansion.word_library import LIBRARY, word_library
from bidopt.domain.errors import BidoptError
from bidopt.facts.atomic_file import write_atomically
from bidopt.jobs.shop import Shop
from bidopt.jobs.shop_morning import shop_morning
from bidopt.publishing.machine_csv import csv_bytes
from bidopt.reporting.library_workbook import write_library


@dataclass(frozen=True)
class KeptLibrary:
    """A library and where it lies."""

    table: pd.DataFrame
    csv: Path
    workbook: Path


def keep_library(shop: Shop, as_of: date) -> KeptLibrary:
    """Write words/library.csv and words/library.xlsx of one morning; the same facts give the same bytes.

    Raises:
        StoppedError: there are no facts.
        BidoptError: the files cannot be written.
    """
    morning = shop_morning(shop, as_of)
    plan = morning.recommendation.changes.keywords
    first = pd.Timestamp(as_of) - pd.Timedelta(days=shop.settings.recommender.evidence.window_days)
    facts = morning.facts
    keyword_days, search_term_days = (
        table[table["date"] >= first] for table in (facts.keyword_days, facts.search_term_days)
    )
    evidence = morning.situation.evidence
    blocked = pd.concat(
        [
            plan.loc[plan["kind"] == "negative", BLOCK],
            standing_blocks(evidence.words, as_of),
            evidence.words.negatives[BLOCK],
        ],
        ignore_index=True,
    )
    table = word_library(mine_of(evidence), keyword_days, search_term_days, blocked)
    folder = shop.folder / "words"
    kept = KeptLibrary(table, folder / "library.csv", folder / "library.xlsx")
    try:
        _write(kept, shop, as_of)
    except OSError as error:
        raise BidoptError(
            f"写不了词库文件夹 {folder}: {error.strerror}",
            "检查磁盘空间和写入权限，关闭正在打开词库的程序（例如 Excel）再试",
        ) from error
    return kept


def _write(kept: KeptLibrary, shop: Shop, as_of: date) -> None:
    kept.csv.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as aside:
        book = Path(aside) / "library.xlsx"
        settings = shop.settings
        write_library(kept.table, book, title=settings.name, made_on=as_of, currency=settings.currency)
        write_atomically(kept.workbook, book.read_bytes())
    write_atomically(kept.csv, csv_bytes(LIBRARY, kept.table))
