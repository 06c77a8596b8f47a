"""Fills a blank key column of keyword tables from what other reports tell, so that one row stays one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.fact_tables import FactTables


def with_filled(facts: FactTables, schemas: Sequence[TableSchema], known: pd.DataFrame) -> FactTables:
    """The same facts in which `schemas` have the last column of `known` filled in where they leave it blank.

    Args:
        facts: the facts.
        schemas: tables to fill.
        known: columns that name a place, one row each, and a last column with what belongs there.
    """
    if known.empty:
        return facts
    filled: dict[str, Any] = {
        schema.name: _filled(schema, getattr(facts, schema.name), known) for schema in schemas
    }
    return replace(facts, **filled)


def unambiguous(table: pd.DataFrame, place: Sequence[str], column: str) -> pd.DataFrame:
    """Places at which `table` holds one value of `column` only, with that value; blank values count as one."""
    pairs = table[[*place, column]].drop_duplicates()
    single = pairs[~pairs.duplicated(list(place), keep=False)]
    return single[single[column] != ""]


def _filled(schema: TableSchema, table: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """`table` filled in; rows that become the same key are versions of one row, so the newest counts."""
    *place, column = known.columns
    blank = table[column] == ""
    if not blank.any():
        return table
    found = table[place].merge(known, how="left", on=place)[column].fillna("").set_axis(table.index)
    filled = table.assign(**{column: table[column].where(~blank, found).astype("str")})
    if not ((found != "") & ~blank).any():
        return filled  # each place was blank throughout: keys stay distinct and in order
    # An earlier export may have named what a later one leaves out, or the other way round. Of equal report
    # days the row that named it itself is the more exact.
    key = list(schema.key)
    ranked = filled.assign(_named=~blank).sort_values(["reported_on", "_named"], kind="stable")
    return ranked.drop_duplicates(key, keep="last").sort_values(key, ignore_index=True)[schema.names]
