"""bidopt run: the daily batch."""

from __future__ import annotations

import json

import typer

from bidopt.cli.outcome import SOME_FAILED, progress_bar
from bidopt.cli.parameters import AsJson, AsOf, ShopFolder, day_or_today
from bidopt.domain.errors import BidoptError


def run(folder: ShopFolder, as_of: AsOf = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """每天早上运行: 导入 inbox、计算、写出今天的计划。例: bidopt run 我的店铺 --as-of 2026-11-21。"""
    from rich.console import Console

    from bidopt.cli.import_summary import import_document, print_files
    from bidopt.jobs.import_reports import ImportedFile, refused, waiting
    from bidopt.jobs.run_day import run_day
    from bidopt.jobs.shop import open_shop
    from bidopt.reporting.terminal import print_summary

    shop, console = open_shop(folder), Console()
    files: list[ImportedFile] = []
    try:
        with progress_bar(len(waiting(shop)) + 3) as progress:
            result = run_day(shop, day_or_today(as_of), progress, files.append)
    except BidoptError as error:
        if as_json:
            document = {"error": error.message, "hint": error.hint, **import_document(files, None)}
            typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            print_files(files, console)
        raise
    if as_json:
        plan = json.loads((result.folder / "plan.json").read_text(encoding="utf-8"))
        document = {"folder": str(result.folder), "plan": plan, **import_document(files, None)}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print_files(files, console)
        print_summary(result.plan, console, report=result.folder / "report.html")
    if refused(files):
        raise typer.Exit(SOME_FAILED)
