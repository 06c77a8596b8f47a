"""Matches the keyword list to the reports, where one of the two leaves the match type or the product out."""

from __future__ import annotations

import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY

_KEY = list(KEYWORD_KEY)
_AD_GROUP = ["platform", "campaign_id", "ad_group_id"]
_WORD = [*_AD_GROUP, "keyword"]
_LOOSE = ["product_id", "match_type"]


def as_reported(states: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Keyword states under the keys that the reports use.

    A listed keyword without a report of exactly its key takes the key of a reported keyword of the same ad
    group and text, if the two do not contradict each other and the list has only one such keyword.

    Args:
        states: schema KEYWORD_STATES.
        days: schema KEYWORD_DAYS.

    Returns:
        The states, older ones included, with a column `in_play`: listed in the newest list of its ad group.
    """
    states = states.assign(in_play=states["date"] == states.groupby(_AD_GROUP)["date"].transform("max"))
    if states.empty:
        return states
    listed = states.loc[states["in_play"], _KEY].drop_duplicates()
    aliases = _aliases(listed, days[_KEY].drop_duplicates())
    if aliases.empty:
        return states
    renamed = states.merge(aliases, how="left", on=_KEY)
    for name in _LOOSE:
        renamed[name] = renamed[f"reported_{name}"].fillna(renamed[name]).astype("str")
    return renamed[states.columns]


def _aliases(listed: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """Keys of listed keywords beside the product and match type under which the reports know them."""
    pairs = _without(reported, listed).rename(columns={name: f"reported_{name}" for name in _LOOSE})
    pairs = pairs.merge(listed, on=_WORD)
    for name in _LOOSE:
        ours, theirs = pairs[f"reported_{name}"], pairs[name]
        pairs = pairs[(ours == theirs) | (ours == "") | (theirs == "")]
    reported_key = [*_WORD, *(f"reported_{name}" for name in _LOOSE)]
    pairs = pairs[~pairs.duplicated(reported_key, keep=False)]
    return pairs.merge(_without(listed, reported), on=_KEY)


def _without(table: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Keys of `table` that `other` does not hold."""
    marked = table.merge(other, how="left", on=_KEY, indicator=True)
    return marked.loc[marked["_merge"] == "left_only", _KEY]
