"""bidopt what-if: what another budget or target, or a product less, would bring."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bidopt.cli.outcome import progress_bar
from bidopt.cli.parameters import AsJson, AsOf, ShopFolder, day_or_today


def what_if(
    folder: ShopFolder,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="+20%|600", help="账户日预算 account budget per day")
    ] = None,
    target: Annotated[float | None, typer.Option("--target", help="目标投入产出比 target ROAS")] = None,
    drop_product: Annotated[
        str | None, typer.Option("--drop-product", metavar="ID", help="停掉一个宝贝 pause one product")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=90, help="模拟几天 days to play")] = 14,
    draws: Annotated[int, typer.Option("--draws", min=4, max=100, help="抽几个可能的市场 drawn markets")] = 8,
    as_of: AsOf = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """按店铺自己的数据模拟: 预算、目标变了或停掉一个宝贝会怎样。例: bidopt what-if 我的店铺 --budget +20%。"""
    from bidopt.cli.what_if_tables import print_what_if
    from bidopt.jobs.what_if import Wish, what_if

    wish = Wish(budget, target, drop_product)
    with progress_bar(3 + draws) as progress:
        answer = what_if(folder, day_or_today(as_of), wish, days=days, draws=draws, progress=progress)
    if as_json:
        typer.echo(json.dumps(answer.document(), ensure_ascii=False, indent=2))
    else:
        print_what_if(answer)
