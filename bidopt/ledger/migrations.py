"""The ledger's tables, as steps from one version of the file to the next; steps are only ever added."""

from __future__ import annotations

import sqlite3

from bidopt.domain.errors import BidoptError

Step = tuple[str, ...]

_FIRST: Step = (
    """
    CREATE TABLE runs (
        as_of TEXT NOT NULL,
        revision INTEGER NOT NULL,
        inputs TEXT NOT NULL,
        settings TEXT NOT NULL,
        plan_sha256 TEXT NOT NULL DEFAULT '',
        in_force INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (as_of, revision),
        UNIQUE (as_of, inputs, settings)
    ) WITHOUT ROWID
    """,
    # A keyword's six texts are stored once; every other table names it by number. Ids are given and looked up in
    # one transaction over the whole table, so an index over the six texts would only double the file.
    """
    CREATE TABLE keywords (
        id INTEGER PRIMARY KEY,
        platform TEXT NOT NULL,
        campaign_id TEXT NOT NULL,
        ad_group_id TEXT NOT NULL,
        product_id TEXT NOT NULL,
        keyword TEXT NOT NULL,
        match_type TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE frozen_bids (
        as_of TEXT NOT NULL,
        keyword_id INTEGER NOT NULL REFERENCES keywords (id),
        current_bid REAL,
        base_bid REAL,
        changed_on TEXT,
        PRIMARY KEY (as_of, keyword_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE frozen_budgets (
        as_of TEXT NOT NULL,
        platform TEXT NOT NULL,
        campaign_id TEXT NOT NULL,
        current_budget REAL NOT NULL,
        PRIMARY KEY (as_of, platform, campaign_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE recommended_bids (
        as_of TEXT NOT NULL,
        revision INTEGER NOT NULL,
        keyword_id INTEGER NOT NULL REFERENCES keywords (id),
        action TEXT NOT NULL,
        current_bid REAL,
        bid REAL,
        reason TEXT NOT NULL,
        policy TEXT NOT NULL,
        PRIMARY KEY (as_of, revision, keyword_id),
        FOREIGN KEY (as_of, revision) REFERENCES runs (as_of, revision)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE recommended_budgets (
        as_of TEXT NOT NULL,
        revision INTEGER NOT NULL,
        platform TEXT NOT NULL,
        campaign_id TEXT NOT NULL,
        current_budget REAL,
        budget REAL,
        reason TEXT NOT NULL,
        policy TEXT NOT NULL,
        PRIMARY KEY (as_of, revision, platform, campaign_id),
        FOREIGN KEY (as_of, revision) REFERENCES runs (as_of, revision)
    ) WITHOUT ROWID
    """,
)

_TITLES: Step = (
    """
    CREATE TABLE recommended_titles (
        as_of TEXT NOT NULL,
        revision INTEGER NOT NULL,
        product_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        current_title TEXT NOT NULL,
        title TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (as_of, revision, product_id),
        FOREIGN KEY (as_of, revision) REFERENCES runs (as_of, revision)
    ) WITHOUT ROWID
    """,
)

# Words to add and to block have no place among the keywords in play: most are never bought, so they keep their texts.
_WORDS: Step = (
    """
    CREATE TABLE recommended_words (
        as_of TEXT NOT NULL,
        revision INTEGER NOT NULL,
        kind TEXT NOT NULL,
        platform TEXT NOT NULL,
        campaign_id TEXT NOT NULL,
        ad_group_id TEXT NOT NULL,
        product_id TEXT NOT NULL,
        keyword TEXT NOT NULL,
        match_type TEXT NOT NULL,
        bid REAL,
        reason TEXT NOT NULL,
        policy TEXT NOT NULL,
        PRIMARY KEY (
            as_of, revision, kind, platform, campaign_id, ad_group_id, product_id, keyword, match_type
        ),
        FOREIGN KEY (as_of, revision) REFERENCES runs (as_of, revision)
    ) WITHOUT ROWID
    """,
)

MIGRATIONS: tuple[Step, ...] = (_FIRST, _TITLES, _WORDS)
"""Step i takes a file from version i to version i + 1 (SQLite's user_version)."""


def migrate(connection: sqlite3.Connection, migrations: tuple[Step, ...] = MIGRATIONS) -> None:
    """Bring a ledger to the newest version, in one transaction.

    Args:
        connection: open ledger in autocommit mode.
        migrations: the steps from version 0 on.

    Raises:
        BidoptError: a newer bidopt wrote the file; it is left as it is.
    """
    newest = len(migrations)
    if _version(connection) == newest:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # again: another process may have just migrated it
        if version > newest:
            raise BidoptError(
                f"账本的版本是 {version}，这个 bidopt 只认得到版本 {newest}",
                "账本由更新版本的 bidopt 写成：请升级 bidopt 后再运行，账本未作任何改动",
            )
        for step in migrations[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
