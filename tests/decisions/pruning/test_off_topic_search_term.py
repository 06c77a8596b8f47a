"""Which words are dropped for the searches they draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bidopt.decisions.draft import keep_everything
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import decode
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.schemas import SEARCH_TERM_DAYS
from tests.conftest import AS_OF, FactsOf

TITLE = "沐禾茶树精油祛痘控油单方澳洲进口10ml"
SELLS = {"impressions": 1000.0, "clicks": 40.0, "cost": 40.0, "conversions": 2.0, "revenue": 240.0}
DOUBTFUL = {"impressions": 200.0, "clicks": 9.0, "cost": 36.0, "conversions": 0.0, "revenue": 0.0}
WORDS = ("茶树精油", "祛痘精油", "控油精油", "单方精油")
FOREIGN = ("香薰机", "加湿器", "香薰蜡烛")
OTHERS_OFF = {name: {"enabled": False} for name in ("spend_without_sales", "poor_value", "low_quality_score")}


def reason(
    facts_of: FactsOf, terms: Sequence[Mapping[str, Any]], match_type: str = "broad", title: str = TITLE
) -> str:
    """Why 香薰, which has 63 clicks at 4 and no order, is dropped; "" if it is not."""
    rows = [{**SELLS, "keyword": word, "age": age} for word in WORDS for age in range(1, 21)]
    rows += [{**DOUBTFUL, "keyword": "香薰", "match_type": match_type, "age": age} for age in range(1, 8)]
    facts = facts_of(rows, products=[{"title": title, "category": "精油", "price": 120.0}])
    place = {"platform": "native", "campaign_id": "c1", "ad_group_id": "", "product_id": "p1"}
    morning = pd.Timestamp(AS_OF)
    typed = [
        {
            **place,
            "keyword": "香薰",
            "match_type": match_type,
            "date": morning - pd.Timedelta(days=5),
            "reported_on": morning,
            "impressions": 100.0,
            "cost": row["clicks"],
            "conversions": 0.0,
            "revenue": 0.0,
            **row,
        }
        for row in terms
    ]
    facts = replace(facts, search_term_days=SEARCH_TERM_DAYS.conform(pd.DataFrame(typed)))
    evidence = gather(facts, AS_OF, EvidenceSettings())
    policy = TestAndPrune.model_validate({**OTHERS_OFF, "off_topic_search_term": {"drop_below": 0.49}})
    draft = policy.decide(Situation(AS_OF, Goals(target_roas=2.0), evidence, keep_everything(evidence)))
    return str(draft.drops.set_index("keyword").loc["香薰", "reason"])


def drew(*clicks_of: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"search_term": term, "clicks": clicks} for term, clicks in clicks_of]


def test_a_word_that_draws_searches_for_other_goods_is_dropped_with_their_numbers(facts_of: FactsOf) -> None:
    code, numbers = decode(reason(facts_of, drew(*((term, 20.0) for term in FOREIGN))))
    assert code == "off_topic"
    assert (numbers["terms"], numbers["off_clicks"], numbers["cost"]) == (3, 60, 60)
    assert numbers["share"] == 1
    assert 0 < numbers["doubt"] < 0.49


@pytest.mark.parametrize(
    "terms",
    [
        [("茶树精油香薰", 60.0)],  # names the thing itself
        [("祛痘控油", 60.0)],  # nothing in it is foreign to the title
        [("香薰机", 20.0), ("茶树精油", 30.0)],  # less than half of the clicks
        [("香薰机", 15.0)],  # too few
    ],
)
def test_searches_for_the_product_itself_condemn_nobody(
    facts_of: FactsOf, terms: list[tuple[str, float]]
) -> None:
    assert reason(facts_of, drew(*terms)) == ""


def test_what_sold_is_what_the_product_is(facts_of: FactsOf) -> None:
    sold = [{"search_term": "香薰机", "clicks": 40.0, "conversions": 2.0, "revenue": 240.0}]
    assert reason(facts_of, [*sold, *drew(("香薰蜡烛", 25.0))]) == ""
    assert reason(facts_of, drew(("香薰机", 40.0), ("香薰蜡烛", 25.0))) != ""


def test_exact_words_and_products_without_a_title_are_not_judged(facts_of: FactsOf) -> None:
    terms = drew(*((term, 20.0) for term in FOREIGN))
    assert reason(facts_of, terms, match_type="exact") == ""
    assert reason(facts_of, terms, title="") == ""
