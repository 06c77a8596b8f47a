"""The facts of one decision morning, gathered in one frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bidopt.domain.errors import SchemaError
from bidopt.facts.schemas import (
    BUDGET_DAYS,
    CAMPAIGNS,
    CURRENT_BIDS,
    CURRENT_BUDGETS,
    DATED,
    DRAWN_BIDS,
    KEYWORD_STATES,
    NEGATIVE_WORDS,
    OFFER_CHANGES,
    PRODUCTS,
    PROPOSED_WORDS,
    RESTATEMENTS,
    STOCK_DAYS,
    STORED,
    TITLE_CHANGES,
    WORD_LIVES,
)

_SCHEMAS = {
    schema.name: schema
    for schema in (
        *STORED,
        RESTATEMENTS,
        CURRENT_BIDS,
        CURRENT_BUDGETS,
        BUDGET_DAYS,
        STOCK_DAYS,
        OFFER_CHANGES,
        WORD_LIVES,
        TITLE_CHANGES,
        PROPOSED_WORDS,
    )
}


@dataclass(frozen=True)
class FactTables:
    """What was known on one morning: one schema-checked table per kind of fact.

    Each table keeps the schema of the same name in `bidopt.facts.schemas`. `first_campaigns` and `first_products` have
    the first report of each campaign and product, where `campaigns` and `products` have the newest. `attribution_windows` has the days within
    which a platform's orders count, as its exports say; the longest where they differ.
    """

    keyword_days: pd.DataFrame
    keyword_states: pd.DataFrame
    search_term_days: pd.DataFrame
    campaign_days: pd.DataFrame
    campaigns: pd.DataFrame
    product_days: pd.DataFrame
    product_test_days: pd.DataFrame
    creative_days: pd.DataFrame
    products: pd.DataFrame
    placement_days: pd.DataFrame
    account_days: pd.DataFrame
    market_terms: pd.DataFrame
    competitor_titles: pd.DataFrame
    restatements: pd.DataFrame
    current_bids: pd.DataFrame
    current_budgets: pd.DataFrame
    drawn_bids: pd.DataFrame = field(default_factory=DRAWN_BIDS.empty)
    budget_days: pd.DataFrame = field(default_factory=BUDGET_DAYS.empty)
    stock_days: pd.DataFrame = field(default_factory=STOCK_DAYS.empty)
    offer_changes: pd.DataFrame = field(default_factory=OFFER_CHANGES.empty)
    word_lives: pd.DataFrame = field(default_factory=WORD_LIVES.empty)
    title_changes: pd.DataFrame = field(default_factory=TITLE_CHANGES.empty)
    negative_words: pd.DataFrame = field(default_factory=NEGATIVE_WORDS.empty)
    proposed_words: pd.DataFrame = field(default_factory=PROPOSED_WORDS.empty)
    first_campaigns: pd.DataFrame = field(default_factory=CAMPAIGNS.empty)
    first_products: pd.DataFrame = field(default_factory=PRODUCTS.empty)
    attribution_windows: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, **tables: pd.DataFrame) -> FactTables:
        """Facts with the given tables; the others are empty.

        Raises:
            SchemaError: a table breaks its schema.
        """
        checked: dict[str, Any] = {
            name: schema.check(tables[name]) if name in tables else schema.empty()
            for name, schema in _SCHEMAS.items()
        }
        return cls(**checked)


def refuse_future(facts: FactTables, as_of: date) -> None:
    """Stop a decision that would see what nobody knew on the morning of `as_of`.

    Raises:
        SchemaError: a dated row is not before `as_of`, or a row was reported after it.
    """
    morning = np.datetime64(as_of)
    for schema in STORED:
        table = getattr(facts, schema.name)
        if table.empty:
            continue
        late = table["reported_on"].to_numpy() > morning
        if schema in DATED:
            date_ = table["date"].to_numpy()
            late |= date_ > morning if schema is KEYWORD_STATES else date_ >= morning
        if late.any():
            row = table.loc[late, list(schema.key)].iloc[0].to_dict()
            raise SchemaError(f"{schema.name} holds a fact that was not known on {as_of}: {row}")
