"""bidopt words: what titles and search terms are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bidopt.cli.parameters import AsJson, AsOf, ShopFolder, day_or_today

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 5
"""Keywords that are named of each negative word which blocks them."""

words = typer.Typer(
    name="words",
    help="标题和搜索词里的词 the words of titles and search terms.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@words.command("segment")
def segment(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="标题: 每行一个，或带 title 列的表 one title a line", show_default=False
        ),
    ],
    corpus: Annotated[
        list[Path] | None,
        typer.Option(
            "--corpus", metavar="FILE", help="用来学新词的标题，可多次 more titles to learn words from"
        ),
    ] = None,
) -> None:
    """切词并标注词性角色，输出 TSV: title, tokens, roles。例: bidopt words segment 标题.txt --corpus 行业标题.txt."""
    from bidopt.jobs.segment_titles import segment_titles

    rows = segment_titles(file, corpus or ())
    typer.echo("title\ttokens\troles")
    for row in rows:
        roles = " ".join(f"{found.role}:{found.confidence:.2f}" for found in row.roles)
        typer.echo(f"{row.title}\t{' '.join(row.words)}\t{roles}")


@words.command("mine")
def mine(
    folder: ShopFolder,
    as_of: AsOf = None,
    most: Annotated[int, typer.Option("--most", min=1, help="最多列多少个 words listed at most")] = 200,
    rejected: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--rejected", help="列出不适合的词和原因 words that are not for a product, and why"),
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """值得测的新词，按测试的期望收益排序，终端里是表格，重定向时是 TSV。例: bidopt words mine 我的店铺。"""
    from bidopt.jobs.mine_shop import mine_shop
    from bidopt.jobs.shop import open_shop

    mined = mine_shop(open_shop(folder), day_or_today(as_of))
    if (mined.rejected["objection"] == "no_products").any():
        typer.echo(
            "没有商品表，不知道词适合哪个宝贝: 请导入 products*.csv（列 product_id、title、brand、category）",
            err=True,
        )
    _print_table((mined.rejected if rejected else mined.worth_testing).head(most), as_json=as_json)


@words.command("negatives")
def negatives(folder: ShopFolder, as_of: AsOf = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """今天该屏蔽的搜索词和词根，终端里是表格，重定向时是 TSV。例: bidopt words negatives 我的店铺。"""
    from bidopt.jobs.mine_shop import negatives_of_shop
    from bidopt.jobs.shop import open_shop

    found = negatives_of_shop(open_shop(folder), day_or_today(as_of))
    _print_table(found.proposed, as_json=as_json)
    for (_, campaign, ad_group, negative), rows in found.in_the_way.groupby(
        ["platform", "campaign_id", "ad_group_id", "negative"]
    ):
        place = " / ".join(str(part) for part in (campaign, ad_group) if part)
        listed_on = rows["reported_on"].max()
        # One negative may be listed in several match types, and a word bought in several ad groups.
        blocked = rows[["keyword_ad_group_id", "keyword"]].drop_duplicates()
        names = blocked["keyword"].drop_duplicates()
        named = "、".join(names.head(MOST_NAMED)) + ("……" if len(names) > MOST_NAMED else "")
        typer.echo(
            f"注意: {place} 在 {listed_on:%Y-%m-%d} 的否词表里有“{negative}”，可能挡住在买的 {len(blocked)} 个词: {named}",
            err=True,
        )


@words.command("library")
def library(folder: ShopFolder, as_of: AsOf = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """写出词库 words/library.xlsx 和 library.csv，并按状态计数。例: bidopt words library 我的店铺。"""
    from rich.console import Console

    from bidopt.cli.words_table import print_counts
    from bidopt.decisions.expansion.word_fortunes import STATES
    from bidopt.jobs.keep_library import keep_library
    from bidopt.jobs.shop import open_shop

    kept = keep_library(open_shop(folder), day_or_today(as_of))
    counts = {state: int((kept.table["state"] == state).sum()) for state in STATES}
    if as_json:
        document = {"workbook": str(kept.workbook), "csv": str(kept.csv), "states": counts}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    named = {STATES[state].zh: count for state, count in counts.items()}
    if (console := Console()).is_terminal:
        print_counts(named, console)
    else:
        typer.echo("\n".join(f"{name}\t{count}" for name, count in named.items()))
    typer.echo(f"{kept.workbook}\n{kept.csv}")


def _print_table(table: pd.DataFrame, *, as_json: bool) -> None:
    """A table for the eye in a terminal, as TSV elsewhere, or as one JSON document; unknown numbers are empty or null."""
    from rich.console import Console

    from bidopt.cli.words_table import print_words

    if as_json:
        typer.echo(table.to_json(orient="records", force_ascii=False, indent=2))
    elif (console := Console()).is_terminal:
        print_words(table, console)
    else:
        typer.echo(table.to_csv(sep="\t", index=False, float_format="%.4g", lineterminator="\n"), nl=False)
