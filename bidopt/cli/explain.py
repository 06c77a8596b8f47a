"""bidopt explain: why a keyword got its recommendation."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bidopt.cli.parameters import AsJson, ShopFolder


def explain(
    folder: ShopFolder,
    keyword: Annotated[
        str, typer.Argument(metavar="KEYWORD", help="关键词，或其中一部分 keyword or a part of it")
    ],
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """说明最新计划里一个关键词为什么这样调。例: bidopt explain 我的店铺 茶树精油."""
    from bidopt.jobs.explain_keyword import explain_keyword

    found = explain_keyword(folder, keyword)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        place = " / ".join(row[c] for c in ("platform", "campaign_id", "ad_group_id", "match_type") if row[c])
        typer.echo(f"{row['keyword']}  ({place})")
        if row["file"] == "keywords.csv":
            _tell_word(row)
            continue
        new = "停" if row["action"] == "pause" else row["bid"] or "—"
        typer.echo(f"  {row['action_zh']}: {row['current_bid'] or '— (报表里没有出价)'} → {new}")
        typer.echo(f"  理由: {row['reason_zh']}")
        typer.echo(f"  Why:  {row['reason_en']}")
        if row["state_zh"] not in ("", row["reason_zh"]):
            typer.echo(f"  测词: {row['state_zh']}")
            typer.echo(f"  Test: {row['state_en']}")
        if row["limited_by_zh"]:
            typer.echo(f"  受限于: {row['limited_by_zh']}")
        typer.echo(
            f"  预计每天: 点击 {row['expected_clicks']}，花费 {row['expected_cost']}，"
            f"成交 {row['expected_revenue']}（{row['revenue_low']} ~ {row['revenue_high']}）"
        )


def _tell_word(row: dict[str, str]) -> None:
    """A word to add or to block: why, since when, and what it brings or takes away."""
    bid = f": 首次出价 {row['bid']}" if row["bid"] else ""
    days = row.get("days_proposed") or "0"  # plans of earlier versions do not tell it
    again = f"（已建议 {days} 天，还没见效）" if float(days) > 0 else ""
    typer.echo(f"  {row['action_zh']}{bid}{again}")
    typer.echo(f"  理由: {row['reason_zh']}")
    typer.echo(f"  Why:  {row['reason_en']}")
    change = "预计每天" if row["kind"] == "add" else "屏蔽后预计每天少"
    worth = f"；对店铺每天值 {row['expected_gain']}" if row.get("expected_gain") else ""
    typer.echo(
        f"  {change}: 点击 {row['expected_clicks']}，花费 {row['expected_cost']}，成交 {row['expected_revenue']}{worth}"
    )
