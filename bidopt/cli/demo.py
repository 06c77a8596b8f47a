"""bidopt demo: a made-up shop, its day run, and where to look."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bidopt.cli.outcome import progress_bar


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="演示店的文件夹 folder of the demo shop")
    ] = Path("bidopt-demo"),
    as_of: Annotated[
        datetime,
        typer.Option(
            "--as-of",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="决策日 decision day",
            show_default="2026-11-21",
        ),
    ] = datetime(2026, 11, 21),  # noqa: DTZ001  a business date without a zone
) -> None:
    """生成一个演示店(一个月的数据)，跑一遍每日批处理，告诉你报告在哪。"""
    from rich.console import Console

    from bidopt.jobs.demo import run_demo
    from bidopt.reporting.terminal import print_summary

    with progress_bar(10) as progress:
        result = run_demo(folder, as_of.date(), progress)
    print_summary(result.plan, Console(), report=result.folder / "report.html")
