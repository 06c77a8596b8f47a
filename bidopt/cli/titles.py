"""bidopt titles: new titles for the products of a shop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bidopt.cli.parameters import AsJson, AsOf, ShopFolder, day_or_today


def titles(
    folder: ShopFolder,
    product: Annotated[str, typer.Option("--product", metavar="ID", help="只看一个宝贝 one product")] = "",
    variants: Annotated[  # noqa: FBT002
        bool, typer.Option("--variants", help="最小改动、均衡、最多搜索 three variants")
    ] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """给宝贝写新标题: 覆盖更多搜索，不丢成交词，每处改动都有理由。例: bidopt titles 我的店铺 --variants."""
    import json

    from bidopt.decisions.titles.rewrite_titles import RewriteTitles
    from bidopt.decisions.titles.title_rules import Variant
    from bidopt.domain.reasons import render
    from bidopt.jobs.shop import open_shop
    from bidopt.jobs.write_titles import write_titles
    from bidopt.reporting.formats import currency_sign

    day: datetime | None = as_of
    wanted = tuple(Variant) if variants else ()
    shop = open_shop(folder)
    sign = currency_sign(shop.settings.currency)
    result = write_titles(shop, day_or_today(day), product, wanted)
    rows = [
        {
            "variant": str(variant),
            **row,
            "reason_zh": render(row["reason"], RewriteTitles.reasons, "zh", sign),
            "reason_en": render(row["reason"], RewriteTitles.reasons, "en", sign),
        }
        for variant, table in result.titles.items()
        for row in table.to_dict("records")
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    order = {number: at for at, number in enumerate(dict.fromkeys(row["product_id"] for row in rows))}
    for row in sorted(rows, key=lambda row: order[row["product_id"]]):  # the variants of a product together
        typer.echo(f"{row['product_id']}  [{Variant(row['variant']).chinese}]")
        typer.echo(f"  原: {row['current_title']}")
        if row["kind"] == "unchanged":
            typer.echo(f"  {row['reason_zh']}")
            typer.echo(f"  {row['reason_en']}")
            continue
        typer.echo(f"  新: {row['title']}")
        typer.echo(f"  换上: {row['gained_words'] or '—'}  换下: {row['lost_words'] or '—'}")
        typer.echo(f"  理由: {row['reason_zh']}")
        typer.echo(f"  Why:  {row['reason_en']}")
    if not rows:
        typer.echo(f"{result.products} 个宝贝的标题都不用改")
        return
    for variant, table in result.titles.items():
        stay = int((table["kind"] == "unchanged").sum())
        typer.echo(f"{Variant(variant).chinese}: 有新标题 {len(table) - stay} 个，不改 {stay} 个")
