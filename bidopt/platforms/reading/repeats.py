"""Rows that repeat: exact copies are dropped and counted, contradictions are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.domain.errors import ReportError
from bidopt.domain.key_numbers import key_codes
from bidopt.domain.table_schema import TableSchema


def without_repeats(table: pd.DataFrame, schema: TableSchema) -> tuple[pd.DataFrame, int]:
    """`table` with one row per key, and the number of copies dropped.

    Args:
        table: columns of `schema`, those that say nothing left out; its index is the row number in the file.
        schema: names the key.

    Raises:
        ReportError: two rows of one key differ; both are shown.
    """
    key = [name for name in schema.key if name in table.columns]
    codes = key_codes(table[name] for name in key)
    ordered = np.sort(codes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return table, 0
    repeated = np.isin(codes, twice)
    suspects = table[repeated]
    distinct = suspects.drop_duplicates()
    clash = distinct.duplicated(key, keep=False)
    if clash.any():
        _refuse(distinct[clash], key, schema)
    copies = np.flatnonzero(repeated)[suspects.duplicated().to_numpy()]
    keep = np.ones(len(table), dtype=bool)
    keep[copies] = False
    return table[keep], len(copies)


def _refuse(clash: pd.DataFrame, key: list[str], schema: TableSchema) -> None:
    first = clash.iloc[0]
    same = (clash[key] == first[key]).all(axis="columns") | (clash[key].isna() & first[key].isna()).all(
        axis="columns"
    )
    one, other = clash[same].index[:2]
    raise ReportError(
        f"第 {one} 行和第 {other} 行是同一个{'、'.join(schema.column(k).chinese for k in key)}，数字却不同："
        f"第 {one} 行 {_shown(clash.loc[one], schema)}；第 {other} 行 {_shown(clash.loc[other], schema)}",
        "同一份报表里一行只能出现一次：请检查导出时勾选的维度（例如没有分计划、分单元），再重新导出",
    )


def _shown(row: pd.Series, schema: TableSchema) -> str:
    parts = []
    for name, value in row.items():
        if pd.isna(value) or value == "":
            continue
        text = (
            f"{value:%Y-%m-%d}"
            if isinstance(value, pd.Timestamp)
            else f"{value:.10g}"
            if isinstance(value, float)
            else value
        )
        parts.append(f"{schema.column(str(name)).chinese} {text}")
    return "，".join(parts)
