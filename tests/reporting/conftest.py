"""Plans to show: a small rich one, a hostile one, an empty one and a very large one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes
from bidopt.domain.plan import CAMPAIGN_SUMMARY, DAY_SUMMARY, KEYWORD_SUMMARY, Plan
from tests.reporting.shown_plans import HOSTILE, blocked, make_plan


@pytest.fixture(scope="session")
def plan() -> Plan:
    """120 keywords in 6 campaigns, all actions, some numbers unknown."""
    return make_plan()


@pytest.fixture(scope="session")
def hostile_plan() -> Plan:
    """As `plan`, with texts that try to be formulas, links, markup or escape codes everywhere text can stand."""
    return replace(blocked(make_plan(names=HOSTILE, campaigns=16)), shop_name=HOSTILE[2])


@pytest.fixture(scope="session")
def empty_plan(plan: Plan) -> Plan:
    """A shop without keywords, campaigns, days, notes or findings."""
    return replace(
        plan,
        changes=Changes(BIDS.empty(), BUDGETS.empty(), KEYWORDS.empty(), TITLES.empty()),
        notes=(),
        keywords=KEYWORD_SUMMARY.empty(),
        campaigns=CAMPAIGN_SUMMARY.empty(),
        days=DAY_SUMMARY.empty(),
        issues=(),
        provenance={},
    )


@pytest.fixture(scope="session")
def large_plan() -> Plan:
    """100,000 keywords in 400 campaigns."""
    return make_plan(keywords=100_000, campaigns=400)
