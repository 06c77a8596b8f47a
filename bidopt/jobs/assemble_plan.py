"""Makes the plan that people and machines read out of a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY
from bidopt.domain.data_issue import DataIssue
from bidopt.domain.metrics import grade_of, ratio
from bidopt.domain.plan import CAMPAIGN_SUMMARY, DAY_SUMMARY, KEYWORD_SUMMARY, Plan
from bidopt.evidence.evidence import Evidence
from bidopt.recommender import Recommendation
from bidopt.settings.shop_settings import ShopSettings

_COUNTS = ("impressions", "clicks", "cost", "conversions", "revenue")


def assemble_plan(
    settings: ShopSettings,
    as_of: date,
    revision: int,
    recommendation: Recommendation,
    issues: tuple[DataIssue, ...],
    provenance: Mapping[str, str],
) -> Plan:
    """The plan of one day.

    Args:
        settings: the shop's settings.
        as_of: decision day.
        revision: of the day's plan.
        recommendation: changes and the beliefs behind them.
        issues: findings about the data, worst first.
        provenance: what made the plan.
    """
    recommender, evidence = settings.recommender, recommendation.evidence
    return Plan(
        shop=settings.shop,
        shop_name=settings.name,
        currency=settings.currency,
        as_of=as_of,
        revision=revision,
        goals=recommender.goals,
        changes=recommendation.changes,
        notes=recommendation.notes,
        keywords=_keywords(evidence),
        campaigns=_campaigns(evidence, settings),
        days=_days(evidence),
        issues=issues,
        reasons=recommender.reasons,
        limits=recommender.limits,
        provenance=provenance,
        subject_tests=recommendation.subject_tests,
    )


def _keywords(evidence: Evidence) -> pd.DataFrame:
    keywords, value, response = evidence.keywords, evidence.value_per_click, evidence.response
    return KEYWORD_SUMMARY.conform(
        {
            **{column: keywords[column] for column in (*KEYWORD_KEY, *_COUNTS, "quality_score")},
            "base_bid": response.base_bid,
            "daily_cost": np.where(evidence.running, response.cost_at(response.base_bid), 0.0),
            "daily_revenue": np.where(evidence.running, response.clicks * value.mean, 0.0),
            "cvr": evidence.cvr.mean,
            "value_per_click": value.mean,
            "value_low": value.low,
            "value_high": value.high,
        }
    )


def _campaigns(evidence: Evidence, settings: ShopSettings) -> pd.DataFrame:
    campaigns, grades = evidence.campaigns, settings.recommender.goals.roas_grades
    mature = ratio(campaigns["mature_revenue"], campaigns["cost"])
    return CAMPAIGN_SUMMARY.conform(
        {
            **{column: campaigns[column] for column in (*CAMPAIGN_KEY, "name", *_COUNTS)},
            "roas": ratio(campaigns["revenue"], campaigns["cost"]),
            "mature_roas": mature,
            "daily_cost": campaigns["daily_cost"],
            "grade": [grade_of(r, grades.passing, grades.good, grades.excellent) for r in mature],
        }
    )


def _days(evidence: Evidence) -> pd.DataFrame:
    """Sums per day; a day whose rows were reported on several mornings is as mature as its clicks are on average."""
    days = evidence.days
    ages, of_day = np.unique(-days.age, return_inverse=True)
    n = len(ages)
    clicks = np.bincount(of_day, days.clicks, minlength=n)
    matured = np.bincount(of_day, days.clicks * evidence.matured, minlength=n)
    dates = pd.Timestamp(evidence.as_of) + pd.to_timedelta(ages, unit="D")
    return DAY_SUMMARY.conform(
        {
            "date": dates,
            **{column: np.bincount(of_day, getattr(days, column), minlength=n) for column in _COUNTS},
            "matured": ratio(matured, clicks),
        }
    )
