"""A word that was dropped gets another test when what made it fail may have changed: price, title or season."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_plan import TestPlan
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.keyword_index import Ints

_FOR_GOOD = ("duplicate_word", "off_topic")
"""Verdicts that no price, title or season changes."""

_LONGEST = 30.0
"""Days after which a test is looked at again, however few its clicks."""


class Comeback(BaseModel):
    """Put a dropped word back on test once the price or title changed after its drop, or half a season has passed.

    Only words that a plan of this shop dropped come back, each once per drop; what was paused by hand stays so, and so does a
    word that was put back and has been switched off since. One that a plan put back and that nobody switched on is proposed again
    after `ask_again_days`. The new test counts no click from before, and ends on its own day; a word that fails again waits for the
    next change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool = Field(default=True, description="启用 false leaves dropped words off for good")
    season_days: int = Field(
        90, ge=30, le=400, description="换季天数 days after which another season may sell the word"
    )
    most_per_day: int = Field(3, ge=0, description="每日最多恢复词 words put back a day")
    ask_again_days: int = Field(
        7, ge=1, le=90, description="重提间隔天数 days until a word that nobody put back is proposed again"
    )
    least_chance: float = Field(
        0.5, gt=0, lt=1, description="最低把握 chance of paying, by its product and roots, of a second test"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "new_offer": ReasonText(
            "再测：{days:.0f} 天前删的，{offer:.0f} 天前改了价格或标题；测词预算约 {currency}{cost:,.2f}（{needed:.0f} 次点击），到 {month:.0f} 月 {date:.0f} 日",
            "tested anew: dropped {days:.0f} days ago, price or title changed {offer:.0f} days ago; test budget about {currency}{cost:,.2f} "
            "({needed:.0f} clicks), until {date:.0f}/{month:.0f}",
        ),
        "new_season": ReasonText(
            "再测：{days:.0f} 天前删的，已经换季；测词预算约 {currency}{cost:,.2f}（{needed:.0f} 次点击），到 {month:.0f} 月 {date:.0f} 日",
            "tested anew: dropped {days:.0f} days ago, in another season; test budget about {currency}{cost:,.2f} ({needed:.0f} clicks), "
            "until {date:.0f}/{month:.0f}",
        ),
    }

    def called_back(
        self, situation: Situation, record: WordRecord, plan: TestPlan, money: float | None
    ) -> tuple[Mask, Mask]:
        """Words to put back today, the likeliest to pay first, as far as the money for tests goes.

        Args:
            situation: of the morning.
            record: of the words.
            plan: of their tests.
            money: for the new tests' cost per day; None where no budget is known.

        Returns:
            Which words, and whether a new offer is why (else the season), both of shape (n,).
        """
        evidence = situation.evidence
        keywords, n = evidence.keywords, len(record.days)
        dropped, asked, offer = (
            keywords[name].to_numpy() for name in ("dropped_age", "resumed_age", "offer_age")
        )
        anew = offer < dropped
        lit = evidence.campaigns["running"].to_numpy(dtype=np.bool_)[evidence.campaign_of]
        final = keywords["dropped_for"].str.split(" ").str[0].isin(_FOR_GOOD).to_numpy()
        may = (
            retired(evidence.keywords)
            & ~((asked < dropped) & (asked < self.ask_again_days))
            & lit
            & evidence.in_stock
            & ~final
            & (anew | (dropped >= self.season_days))
        )
        may &= (record.worth >= self.least_chance) & (keywords["base_bid"] > 0).to_numpy()
        ranked = np.flatnonzero(may)
        ranked = ranked[np.argsort(-record.worth[ranked], kind="stable")]
        cost = np.nan_to_num(plan.daily_cost[ranked])
        chosen = ranked[np.cumsum(cost) <= (np.inf if money is None else money)][: self.most_per_day]
        back = np.zeros(n, dtype=bool)
        back[chosen if self.enabled else []] = True
        return back, anew

    def why(self, situation: Situation, plan: TestPlan, back: Mask, anew: Mask) -> list[str]:
        """Encoded reasons of the words put back, in their order."""
        keywords = situation.evidence.keywords[back]
        last = [situation.as_of + timedelta(days=days) for days in length_of_test(plan)[back].tolist()]
        numbers = {
            "days": keywords["dropped_age"].to_numpy(),
            "offer": keywords["offer_age"].to_numpy(),
            "needed": plan.clicks[back],
            "cost": plan.cost[back],
            "month": np.array([day.month for day in last], dtype=np.float64),
            "date": np.array([day.day for day in last], dtype=np.float64),
        }
        told = [encode(code, len(keywords), **numbers) for code in ("new_offer", "new_season")]
        return pd.Series(np.where(anew[back], told[0], told[1]), dtype="str").tolist()


def retired(keywords: pd.DataFrame) -> Mask:
    """Words that are off because a plan dropped them, shape (n,).

    One that a plan has put back since, that ran and is off now was paused by hand.

    Args:
        keywords: as `Evidence.keywords`.
    """
    dropped, resumed, seen = (keywords[name] for name in ("dropped_age", "resumed_age", "seen_age"))
    ran_again = (resumed < dropped) & (seen <= resumed)
    off = (keywords["status"] == "paused") & dropped.notna() & ~ran_again
    return off.to_numpy(dtype=np.bool_)


def length_of_test(plan: TestPlan) -> Ints:
    """Days until a new test ends, shape (n,): at most a month."""
    days: Ints = np.clip(np.where(np.isfinite(plan.days), plan.days, _LONGEST), 1, _LONGEST).astype(np.int64)
    return days
