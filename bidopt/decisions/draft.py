"""The plan while it is being made: bids and verdicts to drop side by side, so that a spared word has its own bid."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORD_KEY, KEYWORD_KEY_COLUMNS, KEYWORDS, TITLES, Changes
from bidopt.domain.metrics import Array
from bidopt.domain.subject_tests import SUBJECT_TESTS
from bidopt.domain.table_schema import TableSchema, text
from bidopt.evidence.evidence import Evidence

Mask = npt.NDArray[np.bool_]

DROPS = TableSchema(
    "drops",
    "删词",
    (
        *KEYWORD_KEY_COLUMNS,
        text("reason", "理由", "code and numbers of the verdict; empty where the word stays"),
        text("policy", "规则", "policy that gave the verdict"),
        text("state", "测试进度", "state of the word's test once the verdict is in force; empty: as it is"),
    ),
    KEYWORD_KEY,
)


@dataclass(frozen=True)
class Draft:
    """What policies have asked for so far; policies and guardrails return a new one and edit no table in place.

    Args:
        bids: schema BIDS, one row per keyword in play: the bid each would have if no word were dropped.
        drops: schema DROPS, aligned with `bids`: verdicts to drop.
        comebacks: schema DROPS, aligned with `bids`: words that are off and are to be put back, and why.
        budgets: schema BUDGETS, one row per campaign.
        keywords: schema KEYWORDS.
        titles: schema TITLES.
        trusted_bids: bid above which a word has not yet shown that it pays, so that no policy raises it further (`on_trust` sees
            to it), shape (keywords,); infinite where it is free, None where no policy tests words.
        subject_tests: schema SUBJECT_TESTS: verdicts on products and creatives in test.
        notes: what policies have to say about the account as a whole, as encoded reasons, in the order said.
    """

    bids: pd.DataFrame
    drops: pd.DataFrame
    budgets: pd.DataFrame
    keywords: pd.DataFrame
    titles: pd.DataFrame
    comebacks: pd.DataFrame
    trusted_bids: Array | None = None
    subject_tests: pd.DataFrame = field(default_factory=SUBJECT_TESTS.empty)
    notes: tuple[str, ...] = ()

    @cached_property
    def dropped(self) -> Mask:
        """Which keywords are to be dropped, shape (keywords,)."""
        return np.asarray(self.drops["reason"] != "")

    @cached_property
    def moving(self) -> Mask:
        """Which keywords are to get another bid, dropped ones included, shape (keywords,)."""
        return np.asarray(self.bids["action"] == "set_bid")

    @cached_property
    def coming_back(self) -> Mask:
        """Which keywords are off and to be put back, shape (keywords,)."""
        return np.asarray(self.comebacks["reason"] != "")

    def with_bids(self, bids: pd.DataFrame) -> Draft:
        """The same draft with other bids."""
        return replace(self, bids=bids)

    def with_drops(self, drops: pd.DataFrame) -> Draft:
        """The same draft with other verdicts."""
        return replace(self, drops=drops)

    def with_comebacks(self, comebacks: pd.DataFrame) -> Draft:
        """The same draft with other words to put back."""
        return replace(self, comebacks=comebacks)

    def with_trusted_bids(self, trusted_bids: Array) -> Draft:
        """The same draft, no bid to be raised beyond `trusted_bids` today."""
        return replace(self, trusted_bids=trusted_bids)

    def with_subject_tests(self, tests: pd.DataFrame) -> Draft:
        """The same draft with other verdicts on products and creatives."""
        return replace(self, subject_tests=tests)

    def with_budgets(self, budgets: pd.DataFrame) -> Draft:
        """The same draft with other budgets."""
        return replace(self, budgets=budgets)

    def with_keywords(self, keywords: pd.DataFrame) -> Draft:
        """The same draft with other words to add and to block."""
        return replace(self, keywords=keywords)

    def with_titles(self, titles: pd.DataFrame) -> Draft:
        """The same draft with other titles to set, and to watch."""
        return replace(self, titles=titles)

    def with_notes(self, *more: str) -> Draft:
        """The same draft with more notes, each one reason as `encode(code, 1, ...)[0]` gives it."""
        return replace(self, notes=(*self.notes, *more))

    def settled(self) -> Changes:
        """The plan: dropped words are paused for their verdict's reason, words put back have the bid that limits left them.

        Rows that set no bid show the current one.
        """
        bids = self.bids
        for table, action in ((self.drops, "pause"), (self.comebacks, "resume")):
            bids = put(
                bids,
                np.asarray(table["reason"] != ""),
                action=action,
                reason=table["reason"].to_numpy(),
                policy=table["policy"].to_numpy(),
                limited_by="" if action == "pause" else bids["limited_by"].to_numpy(),
            )
            bids = put(bids, np.asarray(table["state"] != ""), state=table["state"].to_numpy())
        as_it_is = ~bids["action"].isin(["set_bid", "resume"]).to_numpy()
        bids = put(bids, as_it_is, bid=bids["current_bid"].to_numpy())
        return Changes(bids, self.budgets, self.keywords, self.titles)


def keep_everything(evidence: Evidence) -> Draft:
    """The first draft: every keyword and every campaign as it is."""
    keywords, campaigns = evidence.keywords, evidence.campaigns
    key = {column: keywords[column] for column in KEYWORD_KEY}
    bids = BIDS.conform(
        {
            **key,
            "action": "keep",
            "current_bid": keywords["current_bid"],
            "bid": keywords["current_bid"],
            "reason": "not_judged",
        }
    )
    budgets = BUDGETS.conform(
        {
            "platform": campaigns["platform"],
            "campaign_id": campaigns["campaign_id"],
            "current_budget": campaigns["current_budget"],
            "budget": campaigns["current_budget"],
            "reason": "not_judged",
        }
    )
    none = DROPS.conform(key)
    return Draft(bids, none, budgets, KEYWORDS.empty(), TITLES.empty(), comebacks=none)


def put(table: pd.DataFrame, rows: Mask, **columns: npt.ArrayLike) -> pd.DataFrame:
    """`table` with columns replaced on `rows`; where there are none, the table itself.

    Args:
        table: any table.
        rows: mask of shape (len(table),).
        columns: column -> scalar, or array of shape (len(table),) of which the masked entries are used.
    """
    if not rows.any():
        return table
    changed = {}
    for name, value in columns.items():
        column = table[name].array.copy()
        column[rows] = np.asarray(value)[rows] if np.ndim(value) else value
        changed[name] = column
    return table.assign(**changed)
