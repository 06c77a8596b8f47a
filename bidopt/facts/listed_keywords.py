"""Holds the keyword list against the reports, where one of the two leaves the match type or the product out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY

_KEY = list(KEYWORD_KEY)
_AD_GROUP = ["platform", "campaign_id", "ad_group_id"]
WORD = (*_AD_GROUP, "keyword")
"""Columns that name a word of an ad group, whatever its product and match type."""

_WORD = list(WORD)
_LOOSE = ["product_id", "match_type"]


def newest_lists(states: pd.DataFrame) -> pd.Series[bool]:
    """Which rows of KEYWORD_STATES stand in the newest list of their ad group."""
    return states["date"] == states.groupby(_AD_GROUP)["date"].transform("max")


def as_reported(states: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """Keyword states under the keys that the reports use.

    A listed keyword without a report of exactly its key takes the key of a reported keyword of the same ad
    group and text, if the two do not contradict each other and the list has only one such keyword.

    Args:
        states: schema KEYWORD_STATES.
        reported: keys that the reports hold, one row each.

    Returns:
        The states, older ones included, with a column `in_play`: listed in the newest list of its ad group.
    """
    states = states.assign(in_play=newest_lists(states))
    if states.empty:
        return states
    listed = states.loc[states["in_play"], _KEY].drop_duplicates()
    aliases = _aliases(listed, reported[_KEY])
    if aliases.empty:
        return states
    renamed = states.merge(aliases, how="left", on=_KEY)
    for name in _LOOSE:
        renamed[name] = renamed[f"reported_{name}"].fillna(renamed[name]).astype("str")
    return renamed[states.columns]


@dataclass(frozen=True)
class Listing:
    """How reported keywords stand against the newest keyword lists; masks over the reported keywords.

    Args:
        gone: the ad group has a list newer than the keyword's last report, without it: deleted on the platform.
        ambiguous: it has no match type and the list holds its word in several: no bid can be set for it.
    """

    gone: npt.NDArray[np.bool_]
    ambiguous: npt.NDArray[np.bool_]


def listing(reported: pd.DataFrame, states: pd.DataFrame) -> Listing:
    """Hold reported keywords against the newest list of their ad group.

    Word packages are judged only by a list that has packages: the platform lists them apart.

    Args:
        reported: keys that the reports hold, one row each, and `last`, the newest day of each.
        states: schema KEYWORD_STATES.
    """
    nowhere = np.zeros(len(reported), dtype=bool)
    if states.empty or reported.empty:
        return Listing(nowhere, nowhere)
    newest = _with_kind(states[newest_lists(states)])
    words = _with_kind(reported.assign(row=np.arange(len(reported))))
    group = [*_AD_GROUP, "package"]
    lists = newest.groupby(group, as_index=False)["date"].max()
    listed_on = words[group].merge(lists, how="left", on=group)["date"].to_numpy()

    pairs = words.merge(newest[[*_KEY, "package"]], on=[*_WORD, "package"], suffixes=("", "_listed"))
    for name in _LOOSE:
        pairs = pairs[_agree(pairs[name], pairs[f"{name}_listed"])]
    found = np.bincount(pairs["row"], minlength=len(reported)) > 0
    types = pairs[["row", "match_type_listed"]].drop_duplicates()["row"]
    several = np.bincount(types, minlength=len(reported)) > 1
    return Listing(
        gone=(listed_on > reported["last"].to_numpy()) & ~found,
        ambiguous=(reported["match_type"] == "").to_numpy() & several,
    )


def _with_kind(keywords: pd.DataFrame) -> pd.DataFrame:
    return keywords.assign(package=keywords["match_type"] == "package")


def _agree(ours: pd.Series[str], theirs: pd.Series[str]) -> pd.Series[bool]:
    """Whether two texts are the same, or one of them is left out."""
    return (ours == theirs) | (ours == "") | (theirs == "")


def _aliases(listed: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """Keys of listed keywords beside the product and match type under which the reports know them."""
    pairs = _without(reported, listed).rename(columns={name: f"reported_{name}" for name in _LOOSE})
    pairs = pairs.merge(listed, on=_WORD)
    for name in _LOOSE:
        pairs = pairs[_agree(pairs[f"reported_{name}"], pairs[name])]
    reported_key = [*_WORD, *(f"reported_{name}" for name in _LOOSE)]
    pairs = pairs[~pairs.duplicated(reported_key, keep=False)]
    return pairs.merge(_without(listed, reported), on=_KEY)


def _without(table: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Keys of `table` that `other` does not hold."""
    marked = table.merge(other, how="left", on=_KEY, indicator=True)
    return marked.loc[marked["_merge"] == "left_only", _KEY]
