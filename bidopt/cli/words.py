"""bidopt words: what titles and search terms are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
