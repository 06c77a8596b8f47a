"""Arguments and options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

ShopFolder = Annotated[
    Path, typer.Argument(metavar="DIR", help="店铺文件夹 the shop's folder", show_default=False)
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="决策日 decision day, e.g. 2026-11-21",
        show_default="今天",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 文档 one JSON document on stdout")]


def today() -> date:
    """The business date of this machine's clock."""
    return datetime.now().date()  # noqa: DTZ005  business dates have no zone


def day_or_today(as_of: datetime | None) -> date:
    """The day asked for, or today."""
    return as_of.date() if as_of else today()
