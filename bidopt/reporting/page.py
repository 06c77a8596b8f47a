"""The report page: one static HTML file that opens offline, prints, and lets no foreign text become markup."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bidopt.domain.metrics import ratio
from bidopt.domain.plan import GRADE_TEXTS, Plan
from bidopt.domain.subject_tests import CREATIVE, PRODUCT
from bidopt.reporting import charts, labels, page_tables
from bidopt.reporting.digest import Digest, digest
from bidopt.reporting.formats import clip, money, number
from bidopt.reporting.word_funnel import is_of_tests, word_funnel

_MOST_NOTES: Final = 20
_MOST_ISSUES: Final = 30
_MOST_PROVENANCE: Final = 40


def render_page(plan: Plan) -> str:
    """The report of a plan as a complete HTML document.

    Tables are capped so that the page stays below 300 KB however large the shop; the machine files have all
    rows. The same plan gives the same text.
    """
    short = digest(plan)
    funnel = word_funnel(short)
    notes = [note for note in plan.notes if funnel is None or not is_of_tests(note)]
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            plan=plan,
            digest=short,
            totals=short.totals,
            counts=short.counts,
            labels=labels,
            grades={name: text.zh for name, text in GRADE_TEXTS.items()},
            notes=[labels.reason(plan, note) for note in notes[:_MOST_NOTES]],
            notes_left=max(len(notes) - _MOST_NOTES, 0),
            issues=plan.issues[:_MOST_ISSUES],
            issues_left=max(len(plan.issues) - _MOST_ISSUES, 0),
            provenance=dict(list(plan.provenance.items())[:_MOST_PROVENANCE]),
            campaigns=page_tables.campaign_table(plan),
            budgets=page_tables.budget_table(short),
            bids=page_tables.bid_table(short),
            dropped=page_tables.dropped_table(short),
            funnel=funnel,
            stages=page_tables.funnel_table(funnel) if funnel else None,
            open_tests=page_tables.open_test_table(short),
            product_tests=page_tables.subject_table(plan, PRODUCT),
            creative_tests=page_tables.subject_table(plan, CREATIVE),
            titles=page_tables.title_table(plan),
            new_words=page_tables.new_word_table(short),
            negatives=page_tables.negative_table(short),
            pictures=_pictures(short),
        )
    )


def _pictures(short: Digest) -> dict[str, Markup]:
    drawn = {
        "daily": charts.daily_chart(short.plan),
        "campaigns": charts.campaign_chart(short.plan),
        "keywords": charts.keyword_chart(short.plan, short.rows),
    }
    # The only markup not written by the template: matplotlib escapes the texts in it.
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704


@cache
def page_environment() -> Environment:
    """What templates of pages are rendered with."""
    environment = Environment(
        loader=PackageLoader("bidopt.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": money,
        "number": number,
        "clip": clip,
        "change": page_tables.change_cell,
        "moved": lambda new, old: page_tables.change_cell(float(ratio(new, old)) - 1),
    }
    return environment
