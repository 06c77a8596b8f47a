"""What a draft carries besides its tables, and that no change of one part loses another."""

from __future__ import annotations

from bidopt.decisions.draft import Draft, keep_everything
from bidopt.domain.reasons import encode
from bidopt.evidence.evidence import EvidenceSettings, gather
from tests.conftest import AS_OF, FactsOf

PRICE = encode("more_budget", 1, step=100, gain=430)[0]
BINDS = encode("budget_binds", 1)[0]


def draft_of(facts_of: FactsOf) -> Draft:
    facts = facts_of([{"age": 1, "impressions": 100.0, "clicks": 5.0, "cost": 5.0, "bid": 1.0}])
    return keep_everything(gather(facts, AS_OF, EvidenceSettings()))


def test_notes_are_added_behind_those_already_said(facts_of: FactsOf) -> None:
    silent = draft_of(facts_of)
    first = silent.with_notes(PRICE)
    both = first.with_notes(BINDS)
    assert (silent.notes, first.notes, both.notes) == ((), (PRICE,), (PRICE, BINDS))
    assert silent.with_notes(PRICE, BINDS).notes == both.notes
    assert both.with_notes().notes == both.notes


def test_new_tables_keep_the_notes(facts_of: FactsOf) -> None:
    draft = draft_of(facts_of).with_notes(PRICE)
    for changed in (
        draft.with_bids(draft.bids),
        draft.with_drops(draft.drops),
        draft.with_budgets(draft.budgets),
    ):
        assert changed.notes == (PRICE,)
