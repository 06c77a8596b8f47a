"""The ledger: which runs there were, the bids each day started from, and what was recommended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY, Changes
from bidopt.domain.errors import BidoptError, SchemaError
from bidopt.facts.schemas import CURRENT_BIDS
from bidopt.ledger.migrations import migrate

_KEY = list(KEYWORD_KEY)
_KEY_SQL = ", ".join(KEYWORD_KEY)
_FROZEN = ["current_bid", "base_bid", "changed_on"]
_BID_CHANGE = ["action", "current_bid", "bid", "reason", "policy"]
_BUDGET_CHANGE = ["platform", "campaign_id", "current_budget", "budget", "reason", "policy"]


@dataclass(frozen=True)
class RunRecord:
    """One run of the shop.

    Args:
        as_of: decision day.
        revision: 1 for the first combination of inputs and settings of that day, then 2 ...
        inputs: digest of the facts that were known.
        settings: digest of the settings.
        plan_sha256: digest of the published plan; "" while it is not published.
        in_force: it is the plan of its day that was published last.
    """

    as_of: date
    revision: int
    inputs: str
    settings: str
    plan_sha256: str
    in_force: bool


class Ledger:
    """A shop's ledger; each method is one transaction that is there in full after a crash or not at all.

    Args:
        path: the SQLite file; created when absent, upgraded when older.

    Raises:
        BidoptError: a newer bidopt wrote the file, or it is no ledger.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        except sqlite3.Error as error:
            raise self._failure(error) from error
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            migrate(self._connection)
        except sqlite3.Error as error:
            self.close()
            raise self._failure(error) from error
        except BidoptError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def open_run(self, as_of: date, inputs: str, settings: str) -> int:
        """The revision of this combination of inputs and settings; a combination keeps its number."""
        with self._transaction() as sql:
            found = sql.execute(
                "SELECT revision FROM runs WHERE (as_of, inputs, settings) = (?, ?, ?)",
                (as_of.isoformat(), inputs, settings),
            ).fetchone()
            if found:
                return int(found[0])
            (newest,) = sql.execute(
                "SELECT coalesce(max(revision), 0) FROM runs WHERE as_of = ?", (as_of.isoformat(),)
            ).fetchone()
            sql.execute(
                "INSERT INTO runs (as_of, revision, inputs, settings) VALUES (?, ?, ?, ?)",
                (as_of.isoformat(), newest + 1, inputs, settings),
            )
            return int(newest + 1)

    def freeze_bids(self, as_of: date, bids: pd.DataFrame) -> pd.DataFrame:
        """The bids the day's decisions start from: those of the day's first run.

        Bids that a plan of the same day has already raised are never raised again. Keywords that the first run
        did not know are frozen when they are first seen.

        Args:
            as_of: decision day.
            bids: schema CURRENT_BIDS, as known now.

        Returns:
            `bids` with current_bid, base_bid and changed_on as frozen; status and quality score stay fresh.
        """
        CURRENT_BIDS.check(bids)
        day = as_of.isoformat()
        with self._transaction() as sql:
            ids = self._keyword_ids(bids)
            self._insert(
                "frozen_bids", bids[_FROZEN].assign(keyword_id=ids), as_of=day, on_conflict="DO NOTHING"
            )
            rows = sql.execute(
                "SELECT keyword_id, current_bid, base_bid, changed_on FROM frozen_bids WHERE as_of = ?",
                (day,),
            ).fetchall()
        frozen = pd.DataFrame(rows, columns=["id", *_FROZEN]).set_index("id").reindex(ids)
        frozen = frozen.astype(bids[_FROZEN].dtypes.to_dict()).set_axis(bids.index)
        return bids.assign(**frozen)

    def changed_before(self, as_of: date) -> pd.DataFrame:
        """When a plan in force last changed each keyword.

        Returns:
            Columns KEYWORD_KEY and changed_on (datetime64[s], before `as_of`), a row per keyword ever changed.
        """
        query = f"""
            SELECT {_KEY_SQL}, changed_on
            FROM (SELECT keyword_id, max(as_of) AS changed_on
                  FROM recommended_bids JOIN runs USING (as_of, revision)
                  WHERE in_force AND as_of < ? GROUP BY keyword_id)
            JOIN keywords ON id = keyword_id
            ORDER BY {_KEY_SQL}
        """  # noqa: S608  fixed names
        with self._transaction() as sql:
            rows = sql.execute(query, (as_of.isoformat(),)).fetchall()
        table = pd.DataFrame(rows, columns=[*_KEY, "changed_on"])
        return table.astype({**dict.fromkeys(_KEY, "str"), "changed_on": "datetime64[s]"})

    def record_published(self, as_of: date, revision: int, changes: Changes, plan_sha256: str) -> None:
        """Note that a plan was published and is in force on its day, and what it changes.

        Args:
            as_of: decision day of an opened run.
            revision: its revision; what it stored before is replaced.
            changes: the plan's tables.
            plan_sha256: digest of the published plan.

        Raises:
            SchemaError: no such run was opened.
        """
        run = (as_of.isoformat(), revision)
        bids = changes.bids[changes.bids["action"] != "keep"]
        budgets = changes.budgets
        same = (
            budgets["budget"] - budgets["current_budget"]
        ).abs() < 0.005  # half a cent; unknown is not the same
        budgets = budgets[budgets["budget"].notna() & ~same]
        with self._transaction() as sql:
            done = sql.execute(
                "UPDATE runs SET plan_sha256 = ? WHERE (as_of, revision) = (?, ?)", (plan_sha256, *run)
            )
            if done.rowcount != 1:
                raise SchemaError(f"run {as_of} revision {revision} was never opened")
            sql.execute("UPDATE runs SET in_force = (revision = ?) WHERE as_of = ?", (revision, run[0]))
            for table in ("recommended_bids", "recommended_budgets"):
                sql.execute(f"DELETE FROM {table} WHERE (as_of, revision) = (?, ?)", run)  # noqa: S608
            bids = bids[_BID_CHANGE].assign(keyword_id=self._keyword_ids(bids))
            self._insert("recommended_bids", bids, as_of=run[0], revision=revision)
            self._insert("recommended_budgets", budgets[_BUDGET_CHANGE], as_of=run[0], revision=revision)

    def runs(self) -> list[RunRecord]:
        """All runs, newest first."""
        with self._transaction() as sql:
            rows = sql.execute(
                "SELECT as_of, revision, inputs, settings, plan_sha256, in_force FROM runs "
                "ORDER BY as_of DESC, revision DESC"
            ).fetchall()
        return [
            RunRecord(date.fromisoformat(day), revision, inputs, settings, plan, in_force=bool(force))
            for day, revision, inputs, settings, plan, force in rows
        ]

    def _keyword_ids(self, table: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Number of each row's keyword, given on first sight; inside a transaction."""
        keys = table[_KEY]
        rows = self._connection.execute(f"SELECT {_KEY_SQL}, id FROM keywords").fetchall()  # noqa: S608
        known = pd.DataFrame(rows, columns=[*_KEY, "id"]).astype(
            dict.fromkeys(_KEY, "str") | {"id": "float64"}
        )
        ids = keys.merge(known, how="left", on=_KEY, validate="many_to_one")["id"].to_numpy(copy=True)
        new = np.isnan(ids)
        # Numbers run from 1 without gaps, because no keyword is ever removed.
        ids[new] = len(known) + 1 + np.arange(new.sum())
        self._insert("keywords", keys[new].assign(id=ids[new].astype(np.int64)))
        return ids.astype(np.int64)

    def _insert(self, table: str, rows: pd.DataFrame, on_conflict: str = "", **same: str | int) -> None:
        """Insert the rows of a table, each with the values of `same`; names come from this module only."""
        names = [*same, *rows.columns]
        marks = ", ".join("?" * len(names))
        resolve = f"ON CONFLICT {on_conflict}" if on_conflict else ""
        head = tuple(same.values())
        self._connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) {resolve}",  # noqa: S608
            (head + row for row in zip(*(_plain(rows[name]) for name in rows), strict=True)),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        sql = self._connection
        try:
            sql.execute("BEGIN IMMEDIATE")
            yield sql
            sql.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure(error) from error
        finally:
            if sql.in_transaction:
                sql.execute("ROLLBACK")

    def _failure(self, error: sqlite3.Error) -> BidoptError:
        return BidoptError(
            f"账本 {self._path} 无法读写：{error}",
            "请检查磁盘空间、写入权限，以及文件是否被其他程序占用；已保存的内容不受影响",
        )


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Values as SQLite takes them: days as ISO text; it stores NaN as NULL by itself."""
    if column.dtype.kind != "M":
        return column.tolist()
    days = pd.Series(np.datetime_as_string(column.to_numpy(), unit="D"), dtype=object)
    return days.where(column.notna().to_numpy(), None).tolist()
