"""What a day's decisions start from: the exports, what earlier plans did since, and what the day has frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.facts.fact_tables import FactTables
from bidopt.ledger.ledger import Ledger
from bidopt.text.word_order import squeezed

_KEY = list(KEYWORD_KEY)
_ONE_DAY = pd.Timedelta(days=1)


def facts_to_decide_on(facts: FactTables, ledger: Ledger, as_of: date, *, store: bool) -> FactTables:
    """The facts of the morning with the day's frozen bids and budgets, and what earlier plans asked for.

    Args:
        facts: known on `as_of`.
        ledger: of the shop.
        as_of: decision day.
        store: whether this is a run, whose bids and budgets the day keeps, or a look at what a run would decide.
    """
    bids = as_recommended(facts, ledger, as_of)
    return replace(
        facts,
        current_bids=ledger.freeze_bids(as_of, bids, store=store),
        current_budgets=ledger.freeze_budgets(as_of, facts.current_budgets, store=store),
        proposed_words=ledger.proposed_words(as_of),
        title_changes=titles_as_recommended(facts, ledger, as_of),
        word_lives=ledger.word_lives(as_of, facts.current_bids),
    )


def facts_as_seen(facts: FactTables, ledger_file: Path, as_of: date) -> FactTables:
    """The facts that a run of `as_of` would decide on; nothing is stored, and a shop without a ledger gets none.

    Args:
        facts: known on `as_of`.
        ledger_file: of the shop; where there is none, no plan was ever made.
        as_of: decision day.
    """
    if not ledger_file.is_file():
        return facts
    with Ledger(ledger_file) as ledger:
        return facts_to_decide_on(facts, ledger, as_of, store=False)


def as_recommended(facts: FactTables, ledger: Ledger, as_of: date) -> pd.DataFrame:
    """The current bids, with earlier recommendations counted as carried out until an export says otherwise.

    A bid that no export has shown since it was to be changed counts as changed on that day. A word that was to be
    dropped, or put back, counts as paused once its platform has reported later days without it.

    Args:
        facts: known on `as_of`.
        ledger: of the shop.
        as_of: decision day.

    Returns:
        Schema CURRENT_BIDS.
    """
    bids, earlier = facts.current_bids, ledger.changed_before(as_of, facts.current_bids)
    told = earlier["changed_on"]
    unseen = bids["current_bid"].isna() | (told >= _of_platform(bids, _bids_seen_on(facts)))
    newest = pd.concat([bids["changed_on"], told], axis=1).max(axis=1)
    unsure = earlier["action"].isin(["pause", "resume"]) & (bids["status"] == "")
    gone = unsure & (_newest_day(facts, bids[unsure]).reindex(bids.index) < told)
    gone &= _of_platform(bids, facts.keyword_days.groupby("platform")["date"].max()) >= told
    return bids.assign(
        changed_on=bids["changed_on"].where(~unseen, newest).astype("datetime64[s]"),
        status=bids["status"].where(~gone, "paused"),
    )


def titles_as_recommended(facts: FactTables, ledger: Ledger, as_of: date) -> pd.DataFrame:
    """The changes of titles, those marked that a plan had asked for before lists told them.

    White space does not count: shop consoles trim it.

    Args:
        facts: known on `as_of`.
        ledger: of the shop.
        as_of: decision day.

    Returns:
        Schema TITLE_CHANGES.
    """
    asked, told = ledger.recommended_titles(as_of), facts.title_changes
    if asked.empty or told.empty:
        return told
    pairs = told.assign(row=range(len(told)), text=told["title"].map(squeezed)).merge(
        asked.assign(text=asked["title"].map(squeezed)).drop(columns="title"), on=["product_id", "text"]
    )
    newest = pairs[pairs["recommended_on"] <= pairs["changed_on"]].drop_duplicates("row", keep="last")
    kinds = newest.set_index("row")["kind"].reindex(range(len(told))).fillna("")
    return told.assign(recommended_as=kinds.to_numpy()).astype({"recommended_as": "str"})


def _of_platform(bids: pd.DataFrame, day: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    """Each row's day, looked up by its platform; NaT where the platform has none."""
    return day.reindex(bids["platform"]).set_axis(bids.index)


def _bids_seen_on(facts: FactTables) -> pd.Series[pd.Timestamp]:
    """Platform -> newest morning on which an export showed bids."""
    listed = facts.keyword_states.loc[facts.keyword_states["bid"].notna(), ["platform", "date"]]
    reported = facts.keyword_days.loc[facts.keyword_days["bid"].notna(), ["platform", "date"]]
    seen = pd.concat([listed, reported.assign(date=reported["date"] + _ONE_DAY)])
    newest: pd.Series[pd.Timestamp] = seen.groupby("platform")["date"].max()
    return newest


def _newest_day(facts: FactTables, bids: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Newest day on which each of `bids` was reported, long ago where it never was; indexed as `bids`."""
    days = facts.keyword_days[[*_KEY, "date"]].merge(bids[_KEY].reset_index(), on=_KEY)
    newest: pd.Series[pd.Timestamp] = days.groupby("index")["date"].max()
    return newest.reindex(bids.index).fillna(pd.Timestamp(0))
