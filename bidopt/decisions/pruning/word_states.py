"""The state of every word's test, derived anew each morning."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.comeback import length_of_test, retired
from bidopt.decisions.pruning.test_plan import TestPlan
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import encode
from bidopt.evidence.keyword_index import Ints

Told = tuple[Mask, str, dict[str, Array]]
"""Words, the code of their state, and its numbers."""


def word_states(
    situation: Situation,
    record: WordRecord,
    plan: TestPlan,
    *,
    to_raise: tuple[Mask, Array],
    test_days: int,
    offer_days: int,
    graduate_at: float,
) -> npt.NDArray[np.object_]:
    """Encoded state of each word as if none were dropped today, "" of words that were paused by hand; shape (n,).

    Args:
        situation: of the morning.
        record: of the words.
        plan: of their tests.
        to_raise: words whose bid is to be raised before they are judged, and the bid to think of.
        test_days: days on display a word is given, as `WordRecord.exposure` counts them.
        offer_days: days without a verdict after a price or title changed.
        graduate_at: chance of paying from which a word has passed.
    """
    evidence = situation.evidence
    running = evidence.running
    dropped, resumed, offer = (
        evidence.keywords[name].to_numpy() for name in ("dropped_age", "resumed_age", "offer_age")
    )
    early = record.exposure < test_days
    passed = (record.worth >= graduate_at) & (record.orders > 0)
    judged: tuple[Told, ...] = (
        *_open_tests(record, plan, graduate_at),
        (resumed < dropped, "retesting", _in_test(situation, record, plan, length_of_test(plan))),
        (passed, "graduated", _standing(record)),
        (
            early & ~(resumed < dropped),
            "testing",
            _in_test(situation, record, plan, _days_left(record, test_days)),
        ),
        (to_raise[0], "raise_first", _raised(situation, to_raise[1])),
        (early & (record.days == 0) & ~(resumed < dropped), "candidate", {}),
        (offer < offer_days, "waits_for_offer", {"days": offer}),
        (~evidence.in_stock, "waits_for_stock", {}),
    )
    off = retired(evidence.keywords)
    resting: tuple[Told, ...] = (
        (off, "retired", {"days": dropped}),
        (off & (resumed < dropped), "asked_back", {"days": dropped, "asked": resumed}),
    )
    state = np.full(len(running), "", dtype=object)
    for rows, code, numbers in (*((rows & running, code, told) for rows, code, told in judged), *resting):
        state[rows] = encode(code, int(rows.sum()), **{k: v[rows] for k, v in numbers.items()})
    return state


def _open_tests(record: WordRecord, plan: TestPlan, graduate_at: float) -> tuple[Told, ...]:
    numbers = {"worth": record.worth, "needed": plan.clicks, "days": plan.days, "cost": plan.cost}
    return (
        (np.ones(len(record.days), dtype=bool), "undecided", numbers),
        ((record.worth >= graduate_at) & (record.orders == 0), "first_order", numbers),
        (np.round(plan.clicks) == 0, "orders_due", {"worth": record.worth}),
        (record.clicks == 0, "quiet", {"days": record.days, "impressions": record.impressions}),
        (np.isnan(record.worth) & (record.clicks > 0), "value_unclear", {}),
    )


def _raised(situation: Situation, most: Array) -> dict[str, Array]:
    response = situation.evidence.response
    return {"bid": response.base_bid, "most": most, "clicks": response.clicks_at(most)}


def _standing(record: WordRecord) -> dict[str, Array]:
    return {
        "worth": record.worth,
        "clicks": record.clicks,
        "orders": record.orders,
        "value": record.value.mean,
    }


def _in_test(situation: Situation, record: WordRecord, plan: TestPlan, left: Ints) -> dict[str, Array]:
    """Numbers of a test that goes on for `left` days, shape (n,)."""
    ends = [situation.as_of + timedelta(days=days) for days in left.tolist()]
    return {
        "day": record.days,
        "month": np.array([day.month for day in ends], dtype=np.float64),
        "date": np.array([day.day for day in ends], dtype=np.float64),
        "clicks": record.clicks,
        "needed": plan.clicks,
    }


def _days_left(record: WordRecord, test_days: int) -> Ints:
    left: Ints = np.maximum(np.ceil(test_days - record.exposure).astype(np.int64), 1)
    return left
