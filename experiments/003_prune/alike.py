"""Markets in which nothing is to be found: words that are all alike and just pay, and offers that changed in name only.

Usage: python experiments/003_prune/alike.py [--seed 721] [--days 30]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from arms import at_bids, by_hand, judge_of, play, worth_keeping

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.landscapes import generalized_second_price
from bidopt.backtest.scenarios import SCENARIOS, Scenario
from bidopt.backtest.world import World, draw_world
from bidopt.decisions.draft import Mask, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.decisions.pruning.word_record import word_record
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import OFFER_CHANGES, SEARCH_TERM_DAYS, WORD_LIVES

_MORNING = date(2026, 7, 10)
_SETTINGS = {
    "spend_without_sales": "false_alarms",
    "poor_value": "drop_below",
    "low_click_rate": "drop_below",
    "low_quality_score": "drop_below",
    "no_impressions": None,
    "duplicate_keyword": "drop_below",
    "off_topic_search_term": "false_alarms",
}
_FOREIGN = dict(enumerate(("空气加湿器", "香薰蜡烛", "发动机机油", "电钻钻头")))
"""Searches for goods that no product of the market is."""

_RAISE = 1.1
"""A trusted raise of less is none."""

Alarm = tuple[str, int, int, float]
"""What is asked, false alarms, cases, and the rate that the setting states."""


def main() -> int:
    asked = _arguments()
    print("| rule alone | dropped of words on its line | of words that just meet the target | its setting |")
    print("| --- " * 4 + "|")
    pairs = zip(
        false_alarms(asked.seed, asked.days), false_alarms(asked.seed, asked.days, share=1.0), strict=True
    )
    for (rule, dropped, words, setting), (_, at_target, _, _) in pairs:
        rates = f"{dropped} of {words} ({dropped / words:.1%}) | {at_target} ({at_target / words:.1%})"
        print(f"| {rule} | {rates} | {setting:g} |", flush=True)
    rule, trusted, mornings, setting = false_raises(asked.seed, asked.days)
    print(
        f"\n{rule}: raised on {trusted} of {mornings} mornings ({trusted / mornings:.1%}), setting {setting:g}"
    )
    for name in ("steady", "busy"):
        scenario = replace(SCENARIOS["steady"], orders=600.0) if name == "busy" else SCENARIOS[name]
        off, without, back, wrong = comebacks(scenario, asked.seed, asked.days)
        print(
            f"comeback, {name}: of {off} dropped {without} come back without a change, {back} by a change in name only, "
            f"{wrong} of these not worth keeping"
        )
    return 0


def market_of_equals(seed: int, price_share: float) -> AuctionMarket:
    """A shop in which each word's value per click is exactly the least that pays at the bid in force, with many clicks."""
    rng = np.random.default_rng([seed, 1])
    world = draw_world(rng, 8, 240, _MORNING, junk=0.0)
    keywords = world.keywords.assign(match_type=pd.array(["broad"] * 240, dtype="str"))
    world = replace(world.scaled(demand=20.0), ctr=np.full(240, 0.05), keywords=keywords)
    auction = generalized_second_price.landscape(world, rng)
    goals = Goals(target_roas=3.0, daily_budget=1e6)

    def market(shop: World) -> AuctionMarket:
        return AuctionMarket(seed, shop, auction, goals, _MORNING)

    first = market(world)
    truth, bids = first.true_day(), first.controls.bids  # bids by hand do not look at what a word sells
    cpc = at_bids(truth.bids, truth.cost, bids) / at_bids(truth.bids, truth.clicks, bids)
    cvr = np.minimum(price_share * goals.target_roas * cpc / world.order_value, 0.3)
    return market(replace(world, cvr=cvr))


def false_alarms(seed: int, days: int, share: float | None = None) -> Iterator[Alarm]:
    """Words that each rule alone dropped, judging every morning.

    Args:
        seed: of the market.
        days: to judge on.
        share: of their price at which the words just pay; None for the line that the rules draw.
    """
    for rule, setting in _SETTINGS.items():
        off = {name: {"enabled": False} for name in _SETTINGS if name != rule}
        policy = TestAndPrune.model_validate(off)
        market = market_of_equals(seed, share or policy.price_share)
        life = play(market, by_hand(judge_of(policy)), days, with_searches)
        stated = getattr(getattr(policy, rule), setting) if setting else 0.0
        yield rule, int((~np.isnan(life.dropped_on)).sum()), len(life.dropped_on), stated


def false_raises(seed: int, days: int) -> Alarm:
    """Words and mornings on which a raise was trusted, though the word pays for no higher price."""
    policy = TestAndPrune()
    market, trusted, asked = market_of_equals(seed, policy.price_share), 0, 0
    for _ in range(days):
        evidence = gather(market.facts(), market.morning, EvidenceSettings())
        situation = Situation(evidence.as_of, market.goals, evidence, keep_everything(evidence))
        record = word_record(situation, price_share=policy.price_share)
        most = policy.trusted(situation, record)
        shown = record.clicks > 0
        trusted += int((most[shown] >= _RAISE * evidence.response.base_bid[shown]).sum())
        asked += int(shown.sum())
        market.play(situation.draft.settled())
    return "raise_from", trusted, asked, 1 - policy.raise_from


def comebacks(scenario: Scenario, seed: int, days: int) -> tuple[int, int, int, int]:
    """Words dropped within `days`, called back without any change, by a change in name only, and of these not worth keeping."""
    policy = TestAndPrune.model_validate({"test_share": 1.0, "comeback": {"most_per_day": 10_000}})
    market = scenario.market(seed)
    first = market.morning
    dropped = play(market, by_hand(judge_of(policy)), days).dropped_on
    off = ~np.isnan(dropped)
    lives = market.world.keywords[off].reset_index(drop=True)
    since = [pd.Timestamp(first + timedelta(days=day)) for day in dropped[off].astype(int).tolist()]
    lives = lives.assign(dropped_on=pd.Series(since, dtype="datetime64[s]"), reason="hardly_pays doubt=0.1")
    facts = replace(market.facts(), word_lives=WORD_LIVES.conform(lives))
    products = market.world.products["product_id"]
    told = {"product_id": products, "changed_on": [pd.Timestamp(market.morning)] * len(products)}
    changed = replace(facts, offer_changes=OFFER_CHANGES.conform(told))
    without, back = (_called_back(policy, known, market) for known in (facts, changed))
    wrong = back & ~worth_keeping(market)
    return int(off.sum()), int(without.sum()), int(back.sum()), int(wrong.sum())


def _called_back(policy: TestAndPrune, facts: FactTables, market: AuctionMarket) -> Mask:
    evidence = gather(facts, market.morning, EvidenceSettings())
    situation = Situation(evidence.as_of, market.goals, evidence, keep_everything(evidence))
    return policy.decide(situation).coming_back


def with_searches(facts: FactTables) -> FactTables:
    """The same facts, all clicks of each word drawn by searches for other goods, which sell as well as the word does."""
    days = facts.keyword_days
    term = pd.Series(np.arange(len(days)) % len(_FOREIGN), index=days.index).map(_FOREIGN).astype("str")
    columns = [name for name in SEARCH_TERM_DAYS.names if name in days.columns]
    return replace(facts, search_term_days=SEARCH_TERM_DAYS.conform(days[columns].assign(search_term=term)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=721)
    parser.add_argument("--days", type=int, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
