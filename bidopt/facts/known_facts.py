"""Puts the facts of a morning together from its tables, whoever keeps them: the warehouse, or a history in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.current_bids import current_bids
from bidopt.facts.current_budgets import current_budgets
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.manifest import BatchRecord
from bidopt.facts.match_types_of_lists import with_match_types
from bidopt.facts.products_of_ad_groups import with_products
from bidopt.facts.schemas import CAMPAIGNS, CURRENT_BIDS, KEYWORD_STATES, PRODUCTS
from bidopt.facts.told_days import budget_days, first_reports, offer_changes, stock_days, title_changes


def days_known(schema: TableSchema, day: date, window_days: int) -> tuple[date, date]:
    """Oldest and newest day of a dated table that count on the morning of `day`.

    A keyword list is made on the morning itself; everything else tells of days that are over.
    """
    return day - timedelta(days=window_days), day if schema is KEYWORD_STATES else day - timedelta(days=1)


def known_facts(
    day: date,
    tables: Mapping[str, pd.DataFrame],
    *,
    restatements: pd.DataFrame,
    campaign_lists: pd.DataFrame,
    product_lists: pd.DataFrame,
    attribution_windows: Mapping[str, tuple[int, ...]],
) -> FactTables:
    """What was known on the morning of `day`; product ids, match types, bids and budgets worked out.

    Args:
        day: decision day.
        tables: the stored tables by name, each of its schema and sorted by key, of nothing but known rows.
        restatements: schema RESTATEMENTS.
        campaign_lists: schema CAMPAIGNS but a row per report day.
        product_lists: schema PRODUCTS but a row per report day.
        attribution_windows: platform -> windows of the batches in sight, ascending.
    """
    facts = FactTables(
        **tables,
        restatements=restatements,
        current_bids=CURRENT_BIDS.empty(),
        current_budgets=current_budgets(
            tables["campaign_days"], tables["campaigns"], tables["keyword_days"], day
        ),
        budget_days=budget_days(tables["campaign_days"], campaign_lists, day),
        stock_days=stock_days(product_lists, day),
        offer_changes=offer_changes(product_lists, day),
        title_changes=title_changes(product_lists, day),
        first_campaigns=first_reports(CAMPAIGNS, campaign_lists),
        first_products=first_reports(PRODUCTS, product_lists),
        attribution_windows={platform: max(days) for platform, days in attribution_windows.items()},
    )
    facts = with_match_types(with_products(facts))
    return replace(facts, current_bids=current_bids(facts.keyword_days, facts.keyword_states, day))


def windows_in_sight(
    records: Iterable[BatchRecord], day: date, window_days: int
) -> dict[str, tuple[int, ...]]:
    """Platform -> the attribution windows, in days, of the batches that the facts of a morning draw on."""
    first = day - timedelta(days=window_days)
    found: dict[str, set[int]] = {}
    for record in records:
        seen = any(
            f.first_reported <= day and f.last_day is not None and f.last_day >= first for f in record.files
        )
        if record.attribution_window is not None and seen:
            found.setdefault(record.platform, set()).add(record.attribution_window)
    return {platform: tuple(sorted(windows)) for platform, windows in sorted(found.items())}
