"""bidopt init: a new shop's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="新店铺的文件夹 folder to create", show_default=False)
    ],
    name: Annotated[str, typer.Option(help="店铺名称 display name", show_default="文件夹名")] = "",
    currency: Annotated[str, typer.Option(help="货币 ISO code")] = "CNY",
    target_roas: Annotated[float, typer.Option(help="目标投入产出比 revenue / cost")] = 3.0,
    daily_budget: Annotated[
        float | None, typer.Option(help="账户日预算 account budget per day", show_default="各计划日限额之和")
    ] = None,
) -> None:
    """新建一个店铺文件夹，写好带注释的 shop.yaml。例: bidopt init 我的店铺 --target-roas 3."""
    from bidopt.jobs.init_shop import init_shop

    init_shop(folder, name=name, currency=currency, target_roas=target_roas, daily_budget=daily_budget)
    typer.echo(f"已建好 {folder}")
    typer.echo(f"1. 打开 {folder / 'shop.yaml'} 核对目标投产比和日预算")
    typer.echo(f"2. 把平台导出的报表放进 {folder / 'inbox'}")
    typer.echo(f"3. 运行 bidopt run {folder}")
