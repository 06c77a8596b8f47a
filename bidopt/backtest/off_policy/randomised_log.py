"""Keyword-days of a log beside the chance of each bid; refused where they cannot speak for other bids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY
from bidopt.domain.errors import BidoptError
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints, rows_of
from bidopt.facts.fact_tables import FactTables

OUTCOMES = ("clicks", "cost", "conversions", "revenue")
"""What is estimated, and beside it profit where margins are known."""


_KEY = ["date", *KEYWORD_KEY]
Mask = npt.NDArray[np.bool_]

_WINDOW = 15
"""Days until orders are complete where no export says it."""

_SPENT, _MOST_CUT = 0.97, 0.05
"""Share of a budget from which a campaign's day counts as cut short, and the largest share of cost on such days."""


class OffPolicyError(BidoptError):
    """The log cannot say what other bids would have brought."""


@dataclass(frozen=True)
class RandomisedLog:
    """A row per keyword and day on which it ran or could have run.

    Args:
        keywords: columns KEYWORD_KEY, one row per keyword.
        dates: the days, ascending; a day without any row is unknown and none of them.
        keyword: row in `keywords`, shape (rows,).
        day: place in `dates`, shape (rows,).
        bid: in force, shape (rows,), currency; 0 where the keyword was paused. Where no bid was told, the price of a
            click stands for it: it was not drawn, so that all it says is what keeping it brings.
        propensity: probability with which that bid was drawn, shape (rows,); 1 where it was not left to chance.
        margin: gross margin of the keyword's product, shape (rows,), fraction; NaN where unknown.
        outcomes: those of OUTCOMES and profit that are known in every row, each of shape (rows,).
    """

    keywords: pd.DataFrame
    dates: pd.DatetimeIndex
    keyword: Ints
    day: Ints
    bid: Array
    propensity: Array
    margin: Array
    outcomes: Mapping[str, Array]

    @property
    def drawn(self) -> Mask:
        """Rows whose bid was left to chance, shape (rows,)."""
        return np.asarray(self.propensity < 1)

    def bids_of(self, plan: pd.DataFrame) -> Array:
        """The bids of a plan, row by row.

        Args:
            plan: KEYWORD_KEY columns and `bid`, 0 or NaN where paused; with a `date` column, a plan of each day.

        Returns:
            Shape (rows,), 0 where paused; what the plan does not name keeps the bid that was in force.
        """
        rows = self.keywords.loc[self.keyword].assign(date=self.dates[self.day])
        key = _KEY if "date" in plan.columns else list(KEYWORD_KEY)
        named = rows.merge(plan[[*key, "bid"]].fillna({"bid": 0.0}), on=key, how="left", validate="m:1")
        return named["bid"].fillna(pd.Series(self.bid)).to_numpy(dtype=np.float64)


def with_profit(outcomes: Mapping[str, Array], margin: Array) -> dict[str, Array]:
    """Outcomes, with profit where revenue and every margin are known; all of shape (rows,)."""
    if "revenue" not in outcomes or np.isnan(margin).any():
        return dict(outcomes)
    return {**outcomes, "profit": outcomes["revenue"] * margin - outcomes["cost"]}


def randomised_log(
    facts: FactTables,
    first: date | None = None,
    last: date | None = None,
    *,
    gross_margin: float | None = None,
) -> RandomisedLog:
    """The log of the days whose orders are complete.

    A keyword-day that was drawn and is in no report brought nothing: reports leave such rows out.

    Args:
        facts: with `drawn_bids`; bids of other keyword-days were not left to chance.
        first: first day to use; the first with a drawn bid by default.
        last: last day to use, included; the last whose orders are complete by default and at most.
        gross_margin: of products that state none.

    Raises:
        OffPolicyError: no bid was drawn by chance, no day is complete, cost or a probability is missing, or budgets
            cut the days short.
    """
    drawn, reports = facts.drawn_bids, facts.keyword_days
    if drawn.empty or reports.empty:
        raise OffPolicyError(
            "日志里没有随机出价记录，无法用重要性加权评估别的出价",
            "把随机出价的概率写进 drawn_bids*.csv(date, campaign_id, product_id, keyword, bid, propensity)；"
            "没有随机出价的历史请用日志回放。",
        )
    window = max(facts.attribution_windows.values(), default=_WINDOW)
    complete = reports["reported_on"].max() - pd.Timedelta(days=window)
    start = drawn["date"].min() if first is None else pd.Timestamp(first)
    stop = complete if last is None else min(complete, pd.Timestamp(last))
    if stop < start:
        raise OffPolicyError(
            f"{start:%Y-%m-%d} 之后还没有成交已到齐的日子（转化周期 {window} 天，报表到 {reports['reported_on'].max():%Y-%m-%d}）",
            "等订单到齐后再评估，或导入更新的报表。",
        )
    rows = _joined(drawn, reports, start, stop)
    _refuse_unknown(rows)
    _refuse_cut_days(facts, rows)
    keywords = rows[list(KEYWORD_KEY)].drop_duplicates(ignore_index=True)
    dates = pd.DatetimeIndex(rows["date"].unique())
    keyword, _ = rows_of(rows, keywords, KEYWORD_KEY)
    margins = rows["product_id"].map(facts.products.set_index("product_id")["gross_margin"])
    margin = margins.fillna(np.nan if gross_margin is None else gross_margin).to_numpy(dtype=np.float64)
    known = {name: rows[name].to_numpy() for name in OUTCOMES if rows[name].notna().all()}
    return RandomisedLog(
        keywords=keywords,
        dates=dates,
        keyword=keyword,
        day=dates.get_indexer(pd.Index(rows["date"])).astype(np.int64),
        bid=np.where(rows["status"] == "paused", 0.0, rows["bid"]),
        propensity=rows["propensity"].to_numpy(),
        margin=margin,
        outcomes=with_profit(known, margin),
    )


def _joined(
    drawn: pd.DataFrame, reports: pd.DataFrame, start: pd.Timestamp, stop: pd.Timestamp
) -> pd.DataFrame:
    """Reported and drawn keyword-days from `start` to `stop`, sorted by day and key."""
    reports = reports.loc[reports["date"].between(start, stop), [*_KEY, *OUTCOMES, "status", "bid"]]
    told = reports[["date", "platform"]].drop_duplicates()  # a day that no report tells is unknown, not empty
    drawn = drawn[[*_KEY, "bid", "propensity"]].merge(told, on=["date", "platform"])
    rows = reports.merge(
        drawn, on=_KEY, how="outer", suffixes=("_reported", ""), indicator="found", sort=True
    )
    unreported = rows["found"] == "right_only"
    paid = ratio(rows["cost"], rows["clicks"])
    silent = {name: rows[name].mask(unreported, 0.0) for name in OUTCOMES}
    return rows.assign(
        **silent,
        bid=rows["bid"].fillna(rows["bid_reported"]).fillna(pd.Series(np.nan_to_num(paid))),
        propensity=rows["propensity"].fillna(1.0),
        status=rows["status"].fillna(""),
    )


def _refuse_unknown(rows: pd.DataFrame) -> None:
    for name, wrong in (
        ("点击量 clicks", rows["clicks"].isna()),
        ("花费 cost", rows["cost"].isna()),
        ("出价概率 propensity", ~(rows["propensity"] > 0)),
    ):
        if wrong.any():
            row = rows.loc[wrong].iloc[0]
            raise OffPolicyError(
                f"{int(wrong.sum())} 个词日没有{name}（概率须大于 0），如 {row['date']:%Y-%m-%d} 的「{row['keyword']}」",
                "补全这一列，或用 first / last 避开这些天。",
            )


def _refuse_cut_days(facts: FactTables, rows: pd.DataFrame) -> None:
    """Stop where money ran out: what was bought then says little about the bid."""
    spent = rows.groupby(["date", *CAMPAIGN_KEY], as_index=False)["cost"].sum()
    spent = spent.merge(facts.budget_days, on=["date", *CAMPAIGN_KEY], how="left")
    cut = (spent["cost"] >= _SPENT * spent["daily_budget"]) & (spent["daily_budget"] > 0)
    share = float(spent.loc[cut, "cost"].sum() / max(spent["cost"].sum(), 1e-9))
    if share > _MOST_CUT:
        raise OffPolicyError(
            f"{share:.0%} 的花费发生在日限额花完的计划日（共 {int(cut.sum())} 个），出价的效果被限额盖住",
            "放宽日限额后再收集随机出价的数据，或只评估没有撞限额的日子。",
        )
