"""bidopt tune: looks for better settings, and says whether the gain is real."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from bidopt.cli.parameters import AsJson, AsOf, ShopFolder, day_or_today


class Market(StrEnum):
    """What settings are tried on."""

    FITTED = "fitted"
    REPLAY = "replay"


def tune(
    folder: ShopFolder,
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
    """在按店铺数据拟合的市场上找更好的设置，最后一段留出来核对；不会自己改 shop.yaml。例: bidopt tune 我的店铺."""
    from bidopt.jobs.tune import TuneOptions, document, tune

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
    result = tune(folder, day_or_today(as_of), options, progress)
    found = document(result)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    tuned = result.tuned
    typer.echo(
        f"试了 {tuned.trials} 组设置 (提前放弃 {tuned.given_up} 组)，调了 {len(result.knobs)} 个设置，"
        f"前 {folds - 1} 段用来挑，最后一段 ({days} 天) 用来核对。"
    )
    if tuned.seen_before:
        typer.echo("最后一段以前已经看过，只看一次才作数，所以没有再试；有新数据后可以重调。")
    for change in found["changes"]:
        typer.echo(f"  {change['setting']} ({change['meaning']}): {change['old']:g} → {change['new']:g}")
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
    for line in found["yaml"]:
        typer.echo(line)
