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

from bidopt.domain.changes import CAMPAIGN_KEY, Changes, budgets_to_set, titles_to_set
from bidopt.domain.errors import BidoptError, SchemaError
from bidopt.facts.schemas import CURRENT_BIDS, CURRENT_BUDGETS, PROPOSED_WORDS, WORD_LIVES
from bidopt.ledger.keyword_identity import KEY, heirs, own_ids
from bidopt.ledger.migrations import migrate

_KEY_SQL = ", ".join(KEY)
_FROZEN = ["current_bid", "base_bid", "changed_on"]
_BID_CHANGE = ["action", "current_bid", "bid", "reason", "policy"]
_WORD_CHANGE = ["kind", *KEY, "bid", "reason", "policy"]
_BUDGET_CHANGE = ["platform", "campaign_id", "current_budget", "budget", "reason", "policy"]
_RECOMMENDED = ("recommended_bids", "recommended_budgets", "recommended_titles", "recommended_words")
_TITLE_CHANGE = ["product_id", "kind", "current_title", "title", "reason"]


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

    def freeze_bids(self, as_of: date, bids: pd.DataFrame, *, store: bool = True) -> pd.DataFrame:
        """The bids the day's decisions start from: those of the day's first run that knew them.

        Bids that a plan of the same day has already raised are never raised again. A keyword, or a bid, that the
        first run did not know is frozen by the first run that does; the base bid goes with the bid.

        Args:
            as_of: decision day.
            bids: schema CURRENT_BIDS, as known now.
            store: whether this is a run; a look at the morning freezes nothing.

        Returns:
            `bids` with current_bid, base_bid and changed_on as frozen; status and quality score stay fresh.
        """
        CURRENT_BIDS.check(bids)
        with self._transaction() as sql:
            stored = self._stored_keywords()
            answering = heirs(bids, stored, own_ids(bids, stored))
            rows = sql.execute(
                "SELECT keyword_id, current_bid, base_bid, changed_on FROM frozen_bids WHERE as_of = ?",
                (as_of.isoformat(),),
            ).fetchall()
            dtypes = bids[_FROZEN].dtypes.to_dict()
            frozen = pd.DataFrame(rows, columns=["id", *_FROZEN]).astype({"id": "float64", **dtypes})
            frozen = frozen.merge(answering, on="id").sort_values(["own", "id"])
            frozen = frozen.drop_duplicates("row", keep="last").set_index("row")
            earlier = frozen.reindex(np.arange(len(bids)))[_FROZEN].set_axis(bids.index)
            held = bids.assign(**_held(bids, earlier))
            if store:
                self._insert(
                    "frozen_bids",
                    held[_FROZEN].assign(keyword_id=self._keyword_ids(bids)),
                    as_of=as_of.isoformat(),
                    or_replace=True,
                )
        return held

    def freeze_budgets(self, as_of: date, budgets: pd.DataFrame, *, store: bool = True) -> pd.DataFrame:
        """The daily budgets the day's decisions start from, frozen like the bids.

        Args:
            as_of: decision day.
            budgets: schema CURRENT_BUDGETS, as known now.
            store: whether this is a run.

        Returns:
            `budgets` with current_budget as frozen; everything else stays fresh.
        """
        CURRENT_BUDGETS.check(budgets)
        key = list(CAMPAIGN_KEY)
        known = budgets.loc[budgets["current_budget"].notna(), [*key, "current_budget"]]
        day = as_of.isoformat()
        with self._transaction() as sql:
            rows = sql.execute(
                "SELECT platform, campaign_id, current_budget FROM frozen_budgets WHERE as_of = ?", (day,)
            ).fetchall()
            earlier = pd.DataFrame(rows, columns=[*key, "frozen"]).astype(
                dict.fromkeys(key, "str") | {"frozen": "float64"}
            )
            new = known.merge(earlier, how="left", on=key)
            if store:
                self._insert("frozen_budgets", new.loc[new["frozen"].isna(), known.columns], as_of=day)
        frozen = budgets[key].merge(earlier, how="left", on=key)["frozen"].set_axis(budgets.index)
        return budgets.assign(current_budget=frozen.fillna(budgets["current_budget"]))

    def changed_before(self, as_of: date, bids: pd.DataFrame) -> pd.DataFrame:
        """When, and how, a plan in force last changed each keyword.

        Args:
            as_of: decision day; plans of earlier days count.
            bids: schema CURRENT_BIDS, the keywords asked for.

        Returns:
            One row per row of `bids`, with its index: changed_on (datetime64[s], NaT where never) and action.
        """
        return self._newest_change(as_of, bids, "action", ("set_bid", "pause", "resume", "add"))

    def word_lives(self, as_of: date, bids: pd.DataFrame) -> pd.DataFrame:
        """When, and why, plans in force last dropped each keyword, and when they last put it back.

        Args:
            as_of: decision day; plans of earlier days count.
            bids: schema CURRENT_BIDS, the keywords asked for.

        Returns:
            Schema WORD_LIVES, the rows of keywords that were ever dropped.
        """
        dropped = self._newest_change(as_of, bids, "reason", ("pause",))
        resumed = self._newest_change(as_of, bids, "reason", ("resume",))
        lives = bids[KEY].assign(
            dropped_on=dropped["changed_on"], reason=dropped["reason"], resumed_on=resumed["changed_on"]
        )
        return WORD_LIVES.conform(lives[lives["dropped_on"].notna()].reset_index(drop=True))

    def _newest_change(
        self, as_of: date, bids: pd.DataFrame, told: str, actions: tuple[str, ...]
    ) -> pd.DataFrame:
        """The newest change of some kinds that a plan in force before `as_of` asked for.

        Args:
            as_of: decision day.
            bids: keywords asked for.
            told: text column of recommended_bids wanted beside the day.
            actions: kinds of changes.

        Returns:
            One row per row of `bids`, with its index: changed_on (NaT where none) and `told`.
        """
        # SQLite takes the text of the row with the maximum.
        query = f"""
            SELECT keyword_id, max(as_of), {told} FROM recommended_bids JOIN runs USING (as_of, revision)
            WHERE in_force AND as_of < ? AND action IN ({", ".join("?" * len(actions))}) GROUP BY keyword_id
        """  # noqa: S608  the column's name comes from this module only
        with self._transaction() as sql:
            rows = sql.execute(query, (as_of.isoformat(), *actions)).fetchall()
            stored = self._stored_keywords()
        columns = {"changed_on": "datetime64[s]", told: "str"}
        changes = pd.DataFrame(rows, columns=["id", *columns]).astype({"id": "float64"} | columns)
        found = heirs(bids, stored, own_ids(bids, stored)).merge(changes, on="id")
        newest = found.sort_values(["changed_on", "own", "id"]).drop_duplicates("row", keep="last")
        of_row = newest.set_index("row")[list(columns)].reindex(np.arange(len(bids)))
        return of_row.fillna({told: ""}).astype(columns).set_axis(bids.index)

    def proposed_words(self, as_of: date) -> pd.DataFrame:
        """The words that plans in force on days before `as_of` proposed to add or to block; schema PROPOSED_WORDS."""
        query = f"""
            SELECT as_of, kind, {_KEY_SQL} FROM recommended_words JOIN runs USING (as_of, revision)
            WHERE in_force AND as_of < ? ORDER BY as_of, kind, {_KEY_SQL}
        """  # noqa: S608
        with self._transaction() as sql:
            rows = sql.execute(query, (as_of.isoformat(),)).fetchall()
        return PROPOSED_WORDS.conform(pd.DataFrame(rows, columns=list(PROPOSED_WORDS.names)))

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
        with self._transaction() as sql:
            done = sql.execute(
                "UPDATE runs SET plan_sha256 = ? WHERE (as_of, revision) = (?, ?)", (plan_sha256, *run)
            )
            if done.rowcount != 1:
                raise SchemaError(f"run {as_of} revision {revision} was never opened")
            sql.execute("UPDATE runs SET in_force = (revision = ?) WHERE as_of = ?", (revision, run[0]))
            for table in _RECOMMENDED:
                sql.execute(f"DELETE FROM {table} WHERE (as_of, revision) = (?, ?)", run)  # noqa: S608
            # All rows are numbered, because what a keyword is depends on the others beside it.
            bids = changes.bids[_BID_CHANGE].assign(keyword_id=self._keyword_ids(changes.bids))
            bids = bids[bids["action"] != "keep"]
            budgets = budgets_to_set(changes.budgets)[_BUDGET_CHANGE]
            self._insert("recommended_bids", bids, as_of=run[0], revision=revision)
            self._insert("recommended_budgets", budgets, as_of=run[0], revision=revision)
            titles = titles_to_set(changes.titles)[_TITLE_CHANGE]
            self._insert("recommended_titles", titles, as_of=run[0], revision=revision)
            words = changes.keywords[_WORD_CHANGE]
            self._insert("recommended_words", words, as_of=run[0], revision=revision)

    def recommended_titles(self, as_of: date) -> pd.DataFrame:
        """The titles that plans in force asked for on earlier days, oldest first.

        Args:
            as_of: decision day; plans of earlier days count.

        Returns:
            Columns recommended_on (datetime64[s]), product_id, kind and title.
        """
        query = """
            SELECT as_of, product_id, kind, title FROM recommended_titles JOIN runs USING (as_of, revision)
            WHERE in_force AND as_of < ? ORDER BY as_of, product_id
        """
        with self._transaction() as sql:
            rows = sql.execute(query, (as_of.isoformat(),)).fetchall()
        columns = {"recommended_on": "datetime64[s]", "product_id": "str", "kind": "str", "title": "str"}
        return pd.DataFrame(rows, columns=list(columns)).astype(columns)

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

    def _stored_keywords(self) -> pd.DataFrame:
        """All keywords ever seen, columns KEYWORD_KEY and id; inside a transaction."""
        rows = self._connection.execute(f"SELECT {_KEY_SQL}, id FROM keywords").fetchall()  # noqa: S608
        return pd.DataFrame(rows, columns=[*KEY, "id"]).astype(dict.fromkeys(KEY, "str") | {"id": "float64"})

    def _keyword_ids(self, table: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Number of each row's keyword, given on first sight; inside a transaction."""
        stored = self._stored_keywords()
        ids = own_ids(table, stored)
        new = np.isnan(ids)
        # Numbers run from 1 without gaps, because no keyword is ever removed.
        ids[new] = len(stored) + 1 + np.arange(new.sum())
        self._insert("keywords", table.loc[new, KEY].assign(id=ids[new].astype(np.int64)))
        return ids.astype(np.int64)

    def _insert(self, table: str, rows: pd.DataFrame, *, or_replace: bool = False, **same: str | int) -> None:
        """Insert the rows of a table, each with the values of `same`; names come from this module only."""
        names = [*same, *rows.columns]
        marks = ", ".join("?" * len(names))
        verb = "INSERT OR REPLACE" if or_replace else "INSERT"
        head = tuple(same.values())
        self._connection.executemany(
            f"{verb} INTO {table} ({', '.join(names)}) VALUES ({marks})",
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


def _held(fresh: pd.DataFrame, earlier: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Frozen columns of each row: what was known earlier that day stays, what was not is taken as it is now.

    Args:
        fresh: bids as known now.
        earlier: what the day has frozen, missing where nothing; index and dtypes as `fresh`.
    """
    # A frozen day of change stands by its bid, missing or not: a bid applied since is no change to rest from.
    now = earlier["current_bid"].isna() & (fresh["current_bid"].notna() | earlier["base_bid"].isna())
    return {
        "current_bid": earlier["current_bid"].fillna(fresh["current_bid"]),
        "base_bid": fresh["base_bid"].where(now, earlier["base_bid"]),
        "changed_on": earlier["changed_on"].where(~now | earlier["changed_on"].notna(), fresh["changed_on"]),
    }


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Values as SQLite takes them: days as ISO text; it stores NaN as NULL by itself."""
    if column.dtype.kind != "M":
        return column.tolist()
    days = pd.Series(np.datetime_as_string(column.to_numpy(), unit="D"), dtype=object)
    return days.where(column.notna().to_numpy(), None).tolist()
