"""Draws a matplotlib figure as an SVG that can stand inline in a page: text as text, no ids shared, no outside names."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

FONTS: Final = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif"
"""Fonts of the reader's machine; none is embedded."""

_STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bidopt",
    "text.parse_math": False,  # a keyword may hold dollar signs
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that every machine measures alike
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": "#94a3b8",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e2e8f0",
    "grid.linewidth": 0.8,
    "xtick.color": "#475569",
    "ytick.color": "#475569",
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "hatch.linewidth": 0.7,
    "hatch.color": "#ffffff",
}

_PROLOG: Final = re.compile(r"\A.*?(?=<svg\b)|<metadata>.*?</metadata>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_UNUSED_ID: Final = re.compile(r'(<g) id="(?!clip)[^"]*"')
_NUMBER: Final = re.compile(r"-?\d+\.\d{2,}")


def draw(name: str, size: tuple[float, float], label: str, paint: Callable[[Figure], None]) -> str:
    """An SVG element.

    Args:
        name: ASCII prefix of all ids in it; charts of one page need different names.
        size: width and height in inches of 72 units; the page may scale it.
        label: what the chart shows, for readers who cannot see it.
        paint: puts axes and marks on the figure.
    """
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # Chinese is measured with a font that lacks it; only the reader's machine draws it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        figure = Figure(figsize=size)
        FigureCanvasSVG(figure)
        paint(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return _standing_inline(buffer.getvalue(), name, label)


def _standing_inline(svg: str, name: str, label: str) -> str:
    # matplotlib escapes < and > in texts, so whatever the tag pattern finds is a tag.
    def rewrite(tag: re.Match[str]) -> str:
        text = _UNUSED_ID.sub(r"\1", tag[0])
        text = text.replace("'DejaVu Sans'", FONTS).replace("xlink:href", "href")
        text = re.sub(r'\bid="', f'id="{name}-', text)
        text = re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
        return _NUMBER.sub(lambda digits: f"{float(digits[0]):.1f}", text)

    body = _TAG.sub(rewrite, _PROLOG.sub("", svg))
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r"\n\s*", "\n", body)
    size = re.search(r'viewBox="[^"]*"', body)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size[0] if size else ""} role="img" aria-label="{label}">'
    )
    return re.sub(r"<svg[^>]*>", lambda _: opening, body, count=1)
