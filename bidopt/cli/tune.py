"""bidopt tune: looks for better settings, and says whether the gain is real."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bidopt.cli.parameters import AsJson, AsOf, day_or_today

if TYPE_CHECKING:
    from bidopt.jobs.tune import TuneResult


class Market(StrEnum):
    """What settings are tried on."""

    FITTED = "fitted"
    REPLAY = "replay"


def tune(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE",
            help="店铺文件夹或 backtest.yaml a shop's folder, or a backtest.yaml that names some",
            show_default=False,
        ),
    ],
    trials: Annotated[int, typer.Option("--trials", min=2, max=2000, help="一共试几组 trials in all")] = 30,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="NAME", help="只调名字里有它的设置，可写多个 settings whose name has it"
        ),
    ] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, max=12, help="分几段 folds, the last held out")] = 4,
    days: Annotated[int, typer.Option("--days", min=3, max=60, help="每段几天 days of a fold")] = 7,
    draws: Annotated[int, typer.Option("--draws", min=2, max=50, help="每段抽几个市场 drawn markets")] = 4,
    market: Annotated[
        Market, typer.Option("--market", help="fitted 按数据拟合的市场 / replay 重放历史 fitted or replayed")
    ] = Market.FITTED,
    as_of: AsOf = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """找更好的设置: 按店铺数据拟合市场来试，最后一段留出来核对；不会自己改 shop.yaml。例: bidopt tune 我的店铺."""
    from bidopt.jobs.tune import TuneOptions, document, tune
    from bidopt.settings.backtest_settings import asked_for

    def progress(text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201

    options = TuneOptions(
        trials=trials,
        folds=folds,
        days=days,
        draws=draws,
        only=tuple(only or ()),
        market="replay" if market is Market.REPLAY else "fitted",
    )
    shops = (target,) if target.is_dir() else asked_for(target, {}).shops
    documents = []
    for shop in shops:
        result = tune(shop, day_or_today(as_of), options, progress)
        documents.append({"shop": shop.name, **document(result)})
        if not as_json:
            _print(shop.name, result)
    if as_json:
        told = documents[0] if target.is_dir() else documents
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _print(name: str, result: TuneResult) -> None:
    from bidopt.jobs.tune import yaml_lines

    tuned, options = result.tuned, result.options
    typer.echo(
        f"{name}: 试了 {tuned.trials} 组设置 (提前放弃 {tuned.given_up} 组)，调了 {len(result.knobs)} 个设置，"
        f"前 {options.folds - 1} 段用来挑，最后一段 ({options.days} 天) 用来核对。"
    )
    if tuned.seen_before:
        typer.echo("最后一段以前已经看过，只看一次才作数，所以没有再试；有新数据后可以重调。")
    meanings = {knob.path: knob.meaning for knob in result.knobs}
    for path, value in tuned.after.items():
        typer.echo(f"  {'.'.join(path)} ({meanings[path]}): {tuned.before[path]:g} → {value:g}")
    if tuned.held_out is None:
        typer.echo("没有收益: 没有一组比现在的设置好，不用改。")
        return
    gain, last = tuned.tuning, tuned.held_out
    typer.echo(
        f"挑选用的几段上: 每天 {gain.mean:+.2f} (90% 区间 {gain.low:+.2f} ~ {gain.high:+.2f}，挑出来的总偏好看)"
    )
    typer.echo(f"留出的一段上: 每天 {last.mean:+.2f} (90% 区间 {last.low:+.2f} ~ {last.high:+.2f})")
    if not tuned.gained:
        typer.echo("没有收益: 在留出的一段上站不住，不建议改。")
        return
    typer.echo("收益站得住。要用就在 shop.yaml 里写 (不会自动改):")
    for line in yaml_lines(tuned.after):
        typer.echo(line)
