"""The page of a backtest: one static HTML file that opens offline and prints."""

from __future__ import annotations

from markupsafe import Markup

from bidopt.domain.scorecard import Scorecard
from bidopt.reporting import backtest_charts
from bidopt.reporting.backtest_rows import (
    CHANCE_HEADINGS,
    HEADINGS,
    chance_rows,
    chance_sentence,
    rows,
    sentences,
)
from bidopt.reporting.formats import money, percent
from bidopt.reporting.page import page_environment
from bidopt.reporting.policy_names import policy_name


def render_backtest(card: Scorecard) -> str:
    """The backtest as a complete HTML document; the same scorecard gives the same text."""
    pictures = {
        "revenue": backtest_charts.revenue_curve(card),
        "profit": backtest_charts.profit_curve(card),
        "spend": backtest_charts.spend_chart(card),
    }
    return (
        page_environment()
        .get_template("backtest.html.j2")
        .render(
            card=card,
            baseline=policy_name(card.baseline),
            headings=HEADINGS,
            rows=rows(card),
            words=[_words(card, score.policy) for score in card.policies[1:]],
            sentences=sentences(card),
            chance=chance_rows(card),
            chance_headings=CHANCE_HEADINGS,
            chance_sentence=chance_sentence(card),
            # The only markup not written by the template: matplotlib escapes the texts in it.
            pictures={name: Markup(svg) for name, svg in pictures.items()},  # noqa: S704
        )
    )


def _words(card: Scorecard, policy: str) -> list[str]:
    """A policy's line in the table of what it changed."""
    words = card.score(policy).words
    return [
        policy_name(policy),
        percent(words.changed),
        percent(words.change, 0),
        f"{words.budgets_set:,}",
        f"{words.dropped:,}",
        f"{words.resumed:,}",
        f"{words.gone:,}",
        money(words.later_cost, card.currency, 0),
        money(words.later_revenue, card.currency, 0),
    ]
