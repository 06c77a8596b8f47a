"""Negative words decided on the first half of a real month of search terms, judged on the second."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from bidopt.decisions.draft import keep_everything
from bidopt.decisions.expansion.negative_words import NegativeWords
from bidopt.decisions.expansion.protected_texts import ProtectedTexts
from bidopt.decisions.policy import Situation
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.import_reports import import_inbox
from bidopt.jobs.init_shop import init_shop
from bidopt.text.language import Language

MIDDLE, END = date(2020, 2, 16), date(2020, 3, 1)
TARGETS, CERTAINTIES = (1.0, 1.5, 2.0), (0.9, 0.8, 0.7, 0.6)
DAYS = ("keyword_days", "search_term_days", "campaign_days", "product_days", "placement_days", "account_days")


def facts_of(data: Path) -> FactTables:
    """The month, as the platform file reads it."""
    with tempfile.TemporaryDirectory() as folder:
        shop = init_shop(Path(folder) / "shop", currency="INR")
        for path in (data / "amazon-2020").iterdir():
            shutil.copy(path, shop.inbox)
        import_inbox(shop, END, lambda _: None)
        return Warehouse(shop.facts).known_on(END, 91)


def report(data: Path) -> Iterator[str]:
    """Lines of the report: what would have been blocked, and what it brought later."""
    facts = facts_of(data)
    middle = pd.Timestamp(MIDDLE)
    early = replace(facts, **{n: t[t["date"] < middle] for n in DAYS for t in [getattr(facts, n)]})
    late = facts.search_term_days[facts.search_term_days["date"] >= middle]
    yield f"second half: cost {late['cost'].sum():.0f}, orders {late['conversions'].sum():.0f}, sales {late['revenue'].sum():.0f}"
    early = replace(early, **{n: getattr(early, n).assign(reported_on=middle) for n in DAYS})
    evidence = gather(early, MIDDLE, EvidenceSettings())
    for target in TARGETS:
        for certainty in CERTAINTIES:
            situation = Situation(MIDDLE, Goals(target_roas=target), evidence, keep_everything(evidence))
            policy = NegativeWords(certainty=certainty, least_clicks=5)
            negatives = policy.decide(situation).keywords
            hit = late[_blocked(negatives, late, evidence.words.language)]
            low, high = _interval(hit)
            conflicts = _conflicts(negatives, facts.keyword_days, evidence.words.language)
            yield (
                f"target {target}, certainty {certainty}: {len(negatives)} negatives, blocked cost {hit['cost'].sum():.0f},"
                f" lost sales {hit['revenue'].sum():.0f} (orders {hit['conversions'].sum():.0f}),"
                f" cost less sales, 90 % interval {low:.0f} .. {high:.0f} by days, conflicts with selling keywords {conflicts}"
            )


def _blocked(negatives: pd.DataFrame, late: pd.DataFrame, language: Language) -> np.ndarray:
    hit = np.zeros(len(late), dtype=bool)
    cut = [language.words(term) for term in late["search_term"]]
    for row in negatives.to_dict("records"):
        words = language.words(row["keyword"])
        here = (
            (late["campaign_id"] == row["campaign_id"]) & (late["ad_group_id"] == row["ad_group_id"])
        ).to_numpy()
        exact = row["match_type"] == "exact"
        hit |= here & np.array([_matches(words, text, exact=exact) for text in cut])
    return hit


def _matches(words: tuple[str, ...], text: tuple[str, ...], *, exact: bool) -> bool:
    size = len(words)
    return text == words if exact else any(text[i : i + size] == words for i in range(len(text) - size + 1))


def _interval(hit: pd.DataFrame) -> tuple[float, float]:
    """Bootstrap by days of blocked cost less sales."""
    net = (hit["cost"] - hit["revenue"]).groupby(hit["date"]).sum()
    days = net.reindex(pd.date_range(MIDDLE, END, inclusive="left")).fillna(0.0).to_numpy()
    draws = np.random.default_rng(0).choice(days, (2000, len(days))).sum(axis=1)
    return float(np.quantile(draws, 0.05)), float(np.quantile(draws, 0.95))


def _conflicts(negatives: pd.DataFrame, keyword_days: pd.DataFrame, language: Language) -> int:
    """Negatives that would block a keyword which sold in the month, in their campaign."""
    sold = keyword_days[keyword_days["conversions"] > 0]
    found = 0
    for row in negatives.to_dict("records"):
        texts = ProtectedTexts(
            language.words(k) for k in sold.loc[sold["campaign_id"] == row["campaign_id"], "keyword"].unique()
        )
        words = language.words(row["keyword"])
        found += texts.hit_exactly(words) if row["match_type"] == "exact" else texts.hit_by(words)
    return found
