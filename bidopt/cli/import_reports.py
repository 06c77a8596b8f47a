"""bidopt import: exports into the shop's facts, without deciding anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bidopt.cli.outcome import SOME_FAILED, progress_bar
from bidopt.cli.parameters import AsJson, AsOf, ShopFolder, today


def import_reports(
    folder: ShopFolder,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILES]...",
            help="报表文件; 不写 = inbox 里的全部 exports; default: the inbox",
            show_default=False,
        ),
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """导入报表，不做决策。例: bidopt import 我的店铺 关键词报表.xlsx."""
    from rich.console import Console

    from bidopt.cli.import_summary import import_document, print_import
    from bidopt.jobs.import_reports import import_files, refused, report_totals, waiting
    from bidopt.jobs.shop import open_shop
    from bidopt.ledger.lock import shop_lock

    shop = open_shop(folder)
    with shop_lock(folder, holder="bidopt import"):
        chosen = files or waiting(shop)
        with progress_bar(len(chosen)) as progress:
            results = import_files(shop, chosen, as_of.date() if as_of else None, today(), progress)
        totals = report_totals(shop)
    if as_json:
        typer.echo(json.dumps(import_document(results, totals), ensure_ascii=False, indent=2))
    else:
        print_import(results, totals, Console())
    if refused(results):
        raise typer.Exit(SOME_FAILED)
