"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bidopt.facts.current_bids import current_bids
from bidopt.facts.current_budgets import current_budgets
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import (
    CAMPAIGN_DAYS,
    CAMPAIGNS,
    KEYWORD_DAYS,
    KEYWORD_STATES,
    PRODUCTS,
    RESTATEMENTS,
)

os.environ.setdefault("OMP_NUM_THREADS", "1")

AS_OF = date(2026, 11, 21)

FactsOf = Callable[..., FactTables]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real exports beside the checkout; tests that need it skip without it."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the real exports are not on this machine")
    return folder


@pytest.fixture(scope="session")
def as_of() -> date:
    """The decision day of most tests."""
    return AS_OF


@pytest.fixture(scope="session")
def facts_of() -> FactsOf:
    """Builds facts from short rows: `age` counts days before AS_OF, what is left out has a plain default."""
    return _facts_of


def _facts_of(
    keyword_days: Sequence[Mapping[str, Any]],
    *,
    states: Sequence[Mapping[str, Any]] = (),
    campaigns: Sequence[Mapping[str, Any]] = (),
    products: Sequence[Mapping[str, Any]] = (),
    restatements: Sequence[Mapping[str, Any]] = (),
) -> FactTables:
    morning = pd.Timestamp(AS_OF)
    key = {"platform": "native", "campaign_id": "c1", "product_id": "p1", "keyword": "茶树精油"}
    traffic = {"impressions": 0.0, "clicks": 0.0, "cost": 0.0, "conversions": 0.0, "revenue": 0.0}
    days = pd.DataFrame([{**key, **traffic, **row} for row in keyword_days])
    if len(days):
        days["date"] = morning - pd.to_timedelta(days.pop("age"), unit="D")
    tables = {
        "keyword_days": KEYWORD_DAYS.conform(days.assign(reported_on=morning))
        if len(days)
        else KEYWORD_DAYS.empty(),
        "keyword_states": _table(
            KEYWORD_STATES,
            [{**key, **row, "date": morning - pd.Timedelta(days=row.get("seen", 0))} for row in states],
        ),
        "campaigns": _table(
            CAMPAIGNS, [{"platform": "native", "campaign_id": "c1", **row} for row in campaigns]
        ),
        "products": _table(PRODUCTS, [{"product_id": "p1", **row} for row in products]),
    }
    told = RESTATEMENTS.conform(pd.DataFrame(restatements)) if restatements else RESTATEMENTS.empty()
    return FactTables.of(
        **tables,
        restatements=told,
        current_bids=current_bids(tables["keyword_days"], tables["keyword_states"], AS_OF),
        current_budgets=current_budgets(
            CAMPAIGN_DAYS.empty(), tables["campaigns"], tables["keyword_days"], AS_OF
        ),
    )


def _table(schema: Any, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:  # noqa: ANN401
    if not rows:
        empty: pd.DataFrame = schema.empty()
        return empty
    frame = pd.DataFrame([{k: v for k, v in row.items() if k != "seen"} for row in rows])
    conformed: pd.DataFrame = schema.conform(frame.assign(reported_on=pd.Timestamp(AS_OF)))
    return conformed
