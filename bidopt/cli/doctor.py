"""bidopt doctor: is this shop ready to run?"""

from __future__ import annotations

import json

import typer

from bidopt.cli.outcome import SOME_FAILED
from bidopt.cli.parameters import AsJson, AsOf, ShopFolder, day_or_today


def doctor(folder: ShopFolder, as_of: AsOf = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """检查店铺文件夹、设置、磁盘和数据是否就绪。例: bidopt doctor 我的店铺."""
    from bidopt.jobs.examine_shop import examine_shop

    findings = examine_shop(folder, day_or_today(as_of))
    if as_json:
        typer.echo(json.dumps([f.__dict__ for f in findings], ensure_ascii=False, indent=2))
    else:
        marks = {"ok": "✓", "warn": "!", "fail": "✗"}
        for finding in findings:
            typer.echo(f"{marks[finding.state]} {finding.subject}: {finding.detail}")
            if finding.hint:
                typer.echo(f"    怎么办: {finding.hint}")
    if any(f.state == "fail" for f in findings):
        raise typer.Exit(SOME_FAILED)
