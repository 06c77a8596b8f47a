"""bidopt backtest: would it have worked?"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bidopt.cli.outcome import SOME_FAILED, print_error, progress_bar
from bidopt.cli.parameters import AsJson

if TYPE_CHECKING:
    from bidopt.jobs.backtest import Backtested


def backtest(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="SHOP_OR_CONFIG",
            help="店铺文件夹或 backtest.yaml a shop's folder or a settings file",
            show_default=False,
        ),
    ],
    first: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="第一个决策日 first day"),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", metavar="DATE", formats=["%Y-%m-%d"], help="最后一个决策日 last day"),
    ] = None,
    policies: Annotated[
        str | None,
        typer.Option("--policies", metavar="A,B", help="比哪些策略，逗号隔开；shop 是店铺现在的设置"),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="A", help="和谁比 policy that differences are taken to"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="几个进程，不写 = 核数 processes")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """回测: 用过去的日志一天天重走一遍，看各种出价办法本来会怎样。例: bidopt backtest 我的店铺 --from 2026-11-01。"""
    from rich.console import Console

    from bidopt.jobs.backtest import run_backtest
    from bidopt.reporting.backtest_terminal import print_backtest
    from bidopt.settings.backtest_settings import asked_for

    asked = {
        "first": first.date() if first else None,
        "last": last.date() if last else None,
        "policies": [name.strip() for name in policies.split(",")] if policies else None,
        "baseline": baseline,
    }
    plan = asked_for(target, {name: value for name, value in asked.items() if value is not None})
    with progress_bar(len(plan.shops) * 40) as progress:
        done = run_backtest(plan, progress, workers=workers)
    if as_json:
        told = _documents(done)
        typer.echo(json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=2))
    else:
        for result in done.results:
            print_backtest(result.scorecard, Console(), page=result.folder / "backtest.html")
    for failure in done.failures:
        print_error(failure.error, f"{failure.shop} 没有回测成")
    if done.failures:
        raise typer.Exit(SOME_FAILED)


def _documents(done: Backtested) -> list[dict[str, Any]]:
    """The scorecard of each shop, and why there is none of the others."""
    cards = [
        json.loads((each.folder / "scorecard.json").read_text(encoding="utf-8")) for each in done.results
    ]
    failed = [{"shop": str(f.shop), "error": f.error.message, "hint": f.error.hint} for f in done.failures]
    return [*cards, *failed]
