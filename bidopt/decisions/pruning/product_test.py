"""Tests of products (测款): which are known well enough, which pass, and which to test next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy import special

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.domain.subject_tests import PRODUCT, SUBJECT_TESTS
from bidopt.evidence.keyword_index import Ints

_LIKE = 4.0
"""Clicks, or favourites and carts, that the usual rate is worth: products differ by half of it either way."""


class ProductTest(BaseModel):
    """Judge products by their click rate against the category and by favourites and carts per click, as operators do.

    The counts decide, not the day: a product is judged once `clicks` have come, or earlier where its chance of passing is
    clear. What no report tells, the category's rate or favourites and carts, judges nobody; where neither is told, tests are
    planned by their clicks alone, and it is said so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool = Field(default=True, description="启用 false judges no product")
    clicks: float = Field(200.0, ge=1, description="测款点击 clicks of a full test (disputed)")
    least_clicks: float = Field(50.0, ge=1, description="最少点击 clicks before a clear case is judged early")
    ctr_share: float = Field(
        1.2,
        gt=0,
        description="点击率倍数 click rate over the category's from which a product passes (disputed)",
    )
    interest: float = Field(
        0.1, gt=0, lt=1, description="收藏加购率 favourites and carts per click to pass (disputed)"
    )
    certainty: float = Field(0.9, gt=0.5, lt=1, description="把握 chance from which a case is clear")
    at_once: int = Field(20, ge=1, description="同时测几款 products in test at a time")
    days: int = Field(7, ge=1, le=30, description="测款天数 days over which the clicks of a test are bought")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "product_passes": ReasonText(
            "够了：{clicks:.0f} 次点击，合格的把握 {chance:.0%}（点击率 {ctr:.2%}，要 {floor:.2%}；收藏加购率 {interest:.1%}，要 {wanted:.0%}）",
            "enough: {clicks:.0f} clicks, passes with a chance of {chance:.0%} (CTR {ctr:.2%} of {floor:.2%} wanted; favourites and "
            "carts {interest:.1%} of {wanted:.0%})",
        ),
        "product_fails": ReasonText(
            "够了：{clicks:.0f} 次点击，合格的把握只有 {chance:.0%}（点击率 {ctr:.2%}，要 {floor:.2%}；收藏加购率 {interest:.1%}，要 {wanted:.0%}）",
            "enough: {clicks:.0f} clicks, passes with a chance of {chance:.0%} only (CTR {ctr:.2%} of {floor:.2%} wanted; favourites "
            "and carts {interest:.1%} of {wanted:.0%})",
        ),
        "product_counted": ReasonText(
            "够了：{clicks:.0f} 次点击，点击率 {ctr:.2%}（本店 {usual:.2%}）；不知道类目点击率和收藏加购，好坏要人看",
            "enough: {clicks:.0f} clicks, CTR {ctr:.2%} (the shop's {usual:.2%}); neither the category's rate nor favourites and "
            "carts are known, so people judge",
        ),
        "product_in_test": ReasonText(
            "还差 {needed:.0f} 次点击，约 {days:.0f} 天、{currency}{cost:,.2f}（已有 {clicks:.0f} 次，合格的把握 {chance:.0%}）",
            "needs {needed:.0f} more clicks, about {days:.0f} days and {currency}{cost:,.2f} ({clicks:.0f} so far, passes with a "
            "chance of {chance:.0%})",
        ),
        "product_tests": ReasonText(
            "测款：{waiting:.0f} 款点击不够，先测 {now:.0f} 款，{days:.0f} 天测完每天约 {currency}{daily:,.2f}；今天的测词测款预算 {currency}{money:,.2f} "
            "够测 {affordable:.0f} 款",
            "product tests: {waiting:.0f} lack clicks, {now:.0f} to test first at about {currency}{daily:,.2f} a day over {days:.0f} "
            "days; today's test money {currency}{money:,.2f} is enough for {affordable:.0f}",
        ),
        "no_interest_known": ReasonText(
            "测款：报表里没有收藏和加购（万相台的宝贝报表有，或放入 product_test_days 表），不按它判断",
            "product tests: no report tells favourites and carts (the item report does, or product_test_days), so they judge nobody",
        ),
        "no_category_known": ReasonText(
            "测款：不知道类目点击率（可写进 product_test_days 表），不按点击率判断",
            "product tests: the category's click rate is unknown (product_test_days may tell it), so click rates judge nobody",
        ),
    }

    def judge(self, situation: Situation, money: float | None) -> tuple[pd.DataFrame, list[str]]:
        """Verdicts on the products, and notes.

        Args:
            situation: of the morning.
            money: for tests, per day; None where no budget is known.

        Returns:
            Schema SUBJECT_TESTS, and encoded notes; both empty where it is switched off, there is but one product, and where all have clicks
            enough and nothing to be judged by.
        """
        products = situation.evidence.subjects.products
        products = products[~(products["stock"] <= 0)].reset_index(drop=True)
        if not self.enabled or len(products) < 2:  # nothing to choose between
            return SUBJECT_TESTS.empty(), []
        clicks = products["clicks"].to_numpy()
        usual = _usual(products)
        chance = self._chance(products, usual)
        unjudged = np.isnan(chance)
        clear = (clicks >= self.least_clicks) & (np.abs(chance - 0.5) >= self.certainty - 0.5)
        needed = np.where(clear, 0.0, np.maximum(self.clicks - clicks, 0.0))
        cpc = _cpc(products)
        waiting = needed > 0
        if unjudged.all() and not waiting.any():
            return SUBJECT_TESTS.empty(), []
        turn = _turns(np.where(unjudged, 0.5, chance), needed * cpc, waiting, self.at_once)
        daily = needed / self.days * cpc
        told: dict[str, Array | float] = {
            "clicks": clicks,
            "chance": chance,
            "ctr": ratio(clicks, products["impressions"]),
            "usual": usual,
            "floor": np.where(products["category_ctr"] > 0, self.ctr_share * usual, np.nan),
            "interest": ratio(products["interested"], products["interested_of"]),
            "wanted": self.interest,
            "needed": needed,
            "days": np.ceil(ratio(needed, products["daily_clicks"])),
            "cost": needed * cpc,
        }
        verdict = _reasons(np.select([waiting, unjudged, chance >= 0.5], [0, 1, 2], 3), told)
        table = _table(products, told, turn, verdict)
        order = np.lexsort([-np.nan_to_num(chance), ~waiting, np.where(np.isnan(turn), np.inf, turn)])
        return table.iloc[order].reset_index(drop=True), self._notes(products, waiting, turn, daily, money)

    def _chance(self, products: pd.DataFrame, usual: Array) -> Array:
        """Chance that the rates reach what is wanted, by Gamma posteriors around the usual ones; NaN unknown, shape (n,)."""
        clicked = _reaches(products["clicks"], products["impressions"], usual, self.ctr_share * usual)
        interested, of = (np.nan_to_num(products[name]) for name in ("interested", "interested_of"))
        own = (interested.sum() + _LIKE) / (of.sum() + _LIKE / self.interest)
        wanted = _reaches(interested, of, np.full(len(of), own), self.interest)
        by_ctr, by_interest = (products["category_ctr"] > 0).to_numpy(), of > 0
        both = np.where(by_ctr, clicked, 1.0) * np.where(by_interest, wanted, 1.0)
        return np.where(by_ctr | by_interest, both, np.nan)

    def _notes(
        self, products: pd.DataFrame, waiting: Mask, turn: Array, daily: Array, money: float | None
    ) -> list[str]:
        notes = []
        now = np.isfinite(turn)
        if now.any():
            in_turn = daily[now][np.argsort(turn[now])]
            notes += encode(
                "product_tests",
                1,
                waiting=waiting.sum(),
                now=now.sum(),
                days=self.days,
                daily=np.nansum(in_turn),
                money=np.nan if money is None else money,
                affordable=np.nan if money is None else (np.cumsum(np.nan_to_num(in_turn)) <= money).sum(),
            )
        for name, note in (("interested", "no_interest_known"), ("category_ctr", "no_category_known")):
            if products[name].isna().all():
                notes.append(note)
        return notes


def _table(
    products: pd.DataFrame, told: Mapping[str, Array | float], turn: Array, verdict: list[str]
) -> pd.DataFrame:
    """The verdicts as a table, in the order of the products; schema SUBJECT_TESTS."""
    names = ("platform", "product_id", "title", "impressions", "clicks", "cost")
    return SUBJECT_TESTS.conform(
        {
            "kind": [PRODUCT] * len(products),
            **{name: products[name] for name in names},
            "turn": turn,
            "ctr": told["ctr"],
            "usual_ctr": told["usual"],
            "interest": told["interest"],
            "chance": told["chance"],
            "needed_clicks": told["needed"],
            "needed_cost": told["cost"],
            "days": told["days"],
            "reason": verdict,
        }
    )


def _usual(products: pd.DataFrame) -> Array:
    """Click rate of each product's category, else of the shop's products on its platform, else of all; shape (n,)."""
    told = products["category_ctr"].to_numpy()
    sums = products.groupby("platform")[["clicks", "impressions"]].transform("sum")
    shop = float(ratio(products["clicks"].sum(), products["impressions"].sum()))
    own = ratio(sums["clicks"], sums["impressions"])
    usual: Array = np.where(told > 0, told, np.where(own > 0, own, shop if shop > 0 else 0.01))
    return usual


def _cpc(products: pd.DataFrame) -> Array:
    """Cost per click, of all products where one has none; shape (n,)."""
    every = float(ratio(products["cost"].sum(), products["clicks"].sum()))
    own = ratio(products["cost"], products["clicks"])
    cpc: Array = np.where(own > 0, own, every)
    return cpc


def _reaches(
    events: Array | pd.Series[float], chances: Array | pd.Series[float], usual: Array, floor: Array | float
) -> Array:
    """Chance that the rate behind the counts is at least `floor`, shape (n,)."""
    above: Array = special.gammaincc(
        _LIKE + np.asarray(events), floor * (_LIKE / usual + np.asarray(chances))
    )
    return above


def _turns(chance: Array, cost: Array, waiting: Mask, at_once: int) -> Array:
    """Place of the products to test now: most chance of passing per money first; NaN for the others, shape (n,)."""
    worth = ratio(chance, np.where(cost > 0, cost, 1.0))
    rows = np.flatnonzero(waiting)
    rows = rows[np.argsort(-worth[rows], kind="stable")][:at_once]
    turn = np.full(len(chance), np.nan)
    turn[rows] = np.arange(1, len(rows) + 1)
    return turn


def _reasons(which: Ints, told: Mapping[str, Array | float]) -> list[str]:
    codes = ("product_in_test", "product_counted", "product_passes", "product_fails")
    every = [encode(code, len(which), **told) for code in codes]
    return [every[code][row] for row, code in enumerate(which.tolist())]
