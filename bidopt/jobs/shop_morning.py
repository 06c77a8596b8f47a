"""A shop's morning for the word commands: the facts, beliefs and plan that the daily batch has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bidopt.decisions.draft import keep_everything
from bidopt.decisions.policy import Situation
from bidopt.domain.errors import StoppedError
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.earlier_plans import facts_to_decide_on
from bidopt.jobs.run_day import where_the_facts_are
from bidopt.jobs.shop import Shop
from bidopt.ledger.ledger import Ledger
from bidopt.recommender import Recommendation


@dataclass(frozen=True)
class ShopMorning:
    """What is known and decided on one morning; nothing is imported, frozen or published.

    Args:
        facts: known that morning.
        recommendation: what the shop's policies make of them.
        situation: beliefs, and a draft that changes nothing.
    """

    facts: FactTables
    recommendation: Recommendation
    situation: Situation


def shop_morning(shop: Shop, as_of: date) -> ShopMorning:
    """The morning of `as_of`, prepared as `run_day` prepares it.

    Raises:
        StoppedError: there are no facts.
    """
    warehouse, recommender = Warehouse(shop.facts), shop.settings.recommender
    facts = warehouse.known_on(as_of, recommender.evidence.window_days + 1)
    if facts.current_bids.empty:
        raise StoppedError(f"{as_of} 之前没有可用的数据", where_the_facts_are(warehouse, as_of))
    with Ledger(shop.ledger) as ledger:
        facts = facts_to_decide_on(facts, ledger, as_of, store=False)
    recommendation = recommender.decide(recommender.learn(facts, as_of))
    evidence = recommendation.evidence
    situation = Situation(as_of, recommender.goals, evidence, keep_everything(evidence))
    return ShopMorning(facts, recommendation, situation)
