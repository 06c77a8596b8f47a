"""Which keywords a baseline may bid on, and how it writes its bids into the draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence
from bidopt.registry import plugin_name

MIN_CHANGE = 0.03
"""A smaller relative change is noise, and would start the cooldown of a bid for nothing."""

LOWEST_BID = 0.05
"""What platforms take at least; a bid of nothing could never be raised again."""

BID_REASONS: Mapping[str, ReasonText] = {
    "bid_is_right": ReasonText("现在的出价已合适", "the bid in force is about right"),
    "no_opinion": ReasonText("经验还不够，先不改价", "too little is known: left as it is"),
    "bid_unknown": ReasonText("出价未知", "the bid in force is unknown"),
    "no_keyword_bid": ReasonText("词包没有单独出价", "a keyword package has no bid of its own"),
    "not_running": ReasonText("已暂停，不改", "paused: left alone"),
}
"""Reasons that every baseline may give for leaving a bid alone."""


def biddable(evidence: Evidence) -> Mask:
    """Keywords that run, have a bid of their own and whose bid is known, shape (keywords,)."""
    package = (evidence.keywords["match_type"] == "package").to_numpy()
    known: Mask = evidence.keywords["base_bid"].to_numpy() > 0
    return evidence.running & known & ~package


def with_wanted_bids(
    policy: Policy,
    situation: Situation,
    wanted: Array,
    reason: Sequence[str],
    *,
    min_change: float = MIN_CHANGE,
) -> pd.DataFrame:
    """The draft's bids with the wanted ones put in.

    Args:
        policy: who decides; its file name goes into the rows.
        situation: the morning.
        wanted: bid per keyword, shape (n,), currency; NaN is no opinion.
        reason: encoded reason of each row if it moves, length n.
        min_change: relative change from which a bid moves at all.

    Returns:
        Schema BIDS.
    """
    evidence, bids = situation.evidence, situation.draft.bids
    keywords = evidence.keywords
    base = keywords["base_bid"].to_numpy()
    wanted = np.maximum(wanted, LOWEST_BID)
    free = biddable(evidence) & ~np.isnan(wanted)
    moves = free & (np.abs(ratio(wanted, base) - 1) > min_change)
    why = np.where(moves, np.asarray(reason, dtype=object), "bid_is_right")
    for code, rows in (
        ("no_opinion", np.isnan(wanted)),
        ("bid_unknown", ~(base > 0)),
        ("no_keyword_bid", (keywords["match_type"] == "package").to_numpy()),
        ("not_running", ~evidence.running),
    ):
        why[rows] = code
    return bids.assign(
        action=bids["action"].where(~moves, "set_bid"),
        bid=np.where(moves, wanted, bids["bid"]),
        reason=pd.Series(why, index=bids.index, dtype="str"),
        policy=plugin_name(policy),
    )


def most_a_click_earns(situation: Situation, value: Array) -> Array:
    """Bid above which a click loses money, shape (n,); without limit where the objective is revenue."""
    if situation.goals.objective != "profit":
        return np.full(len(value), np.inf)
    margin = situation.evidence.keywords["gross_margin"].fillna(situation.goals.gross_margin or 1.0)
    earned: Array = value * margin.to_numpy()
    return earned
