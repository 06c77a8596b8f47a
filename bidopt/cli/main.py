"""The `bidopt` command.

Exit codes: 0 ok, 1 some files failed, 2 usage or settings, 3 stopped by a guard or a data check, 4 locked by
another run. Results go to stdout, progress and errors to stderr.
"""

from __future__ import annotations

import io
import sys

import typer

from bidopt.cli.backtest import backtest
from bidopt.cli.demo import demo
from bidopt.cli.doctor import doctor
from bidopt.cli.explain import explain
from bidopt.cli.import_reports import import_reports
from bidopt.cli.init import init
from bidopt.cli.outcome import reporting_errors
from bidopt.cli.run import run
from bidopt.cli.titles import titles
from bidopt.cli.tune import tune
from bidopt.cli.what_if import what_if
from bidopt.cli.words import words

app = typer.Typer(
    name="bidopt",
    help="bidopt: 每天早上读店铺的推广报表，给出今天的出价、预算和该删的词，每一条都有理由。",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help starts twice as fast
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo)
app.command("init")(init)
app.command("doctor")(doctor)
app.command("import")(import_reports)
app.command("run")(run)
app.command("explain")(explain)
app.command("titles")(titles)
app.command("what-if")(what_if)
app.command("tune")(tune)
app.command("backtest")(backtest)
app.add_typer(words)


@app.callback(invoke_without_command=True)
def version(
    ctx: typer.Context,
    show: bool = typer.Option(False, "--version", help="显示版本 show the version"),  # noqa: FBT001, FBT003
) -> None:
    """每天早上读店铺的推广报表，给出今天的出价、预算和该删的词，每一条都有理由。"""
    if show:
        from bidopt import __version__

        typer.echo(f"bidopt {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a GBK console has no ¥
    with reporting_errors():
        app()
