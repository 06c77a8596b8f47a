"""What the allocator refuses to work with, and how it says so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bidopt.decisions.allocation.portfolio import UNGROUPED, Choices, Groups, Limits, allocate
from bidopt.domain.errors import SchemaError

ONE = np.ones((2, 3))
NONE = np.full(2, np.nan)


def at(value: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    table = np.ones((2, 3))
    table[1, 2] = value
    return table


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Choices(at(np.nan), ONE), "cost of row 1, level 2 is nan"),
        (lambda: Choices(at(-1.0), ONE), "cost of row 1, level 2 is -1.0"),
        (lambda: Choices(ONE, at(np.inf)), "revenue of row 1, level 2 is inf"),
        (lambda: Choices(ONE, at(-np.inf)), "revenue of row 1, level 2 is -inf"),
        (lambda: Choices(ONE, np.ones((3, 2))), "must share"),
        (lambda: Choices(ONE, ONE, margin=np.array([0.1, np.nan])), "margin of row 1"),
        (lambda: Choices(ONE, ONE, margin=np.array([0.1])), "margin"),
        (lambda: Choices(ONE, ONE, allowed=np.array([[True] * 3, [False] * 3])), "first is row 1"),
        (lambda: Choices(ONE, ONE, allowed=np.ones((2, 2), dtype=bool)), "mask of shape"),
        (lambda: Limits(budget=-1.0), "budget is -1.0"),
        (lambda: Limits(target_roas=np.nan), "target_roas is nan"),
        (lambda: Groups("campaign", np.array([0, 2]), NONE, NONE, NONE), "campaign numbers"),
        (
            lambda: Groups("campaign", np.array([0, 1]), NONE, np.array([1.0, -2.0]), NONE),
            "campaign 1 is neg",
        ),
        (lambda: Groups("campaign", np.array([0, 1]), NONE, np.ones(3), NONE), "share one shape"),
    ],
)
def test_impossible_input_is_refused_with_its_place(make: Callable[[], object], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        make()


def test_kinds_of_groups_must_lie_within_each_other() -> None:
    inner = Groups("product", np.array([0, 0, UNGROUPED]), NONE, NONE, NONE)
    crossing = Groups("campaign", np.array([0, 1, 1]), NONE, NONE, NONE)
    with pytest.raises(SchemaError, match="a product lies in more than one campaign"):
        Limits(groups=(inner, crossing))


def test_groups_of_another_account_are_refused() -> None:
    with pytest.raises(SchemaError, match="members for 2 keywords"):
        allocate(Choices(ONE, ONE), Limits(groups=(Groups("product", np.zeros(3, int), NONE, NONE, NONE),)))


def test_stock_shared_by_different_margins_is_refused() -> None:
    groups = Groups("product", np.array([0, 0]), NONE[:1], NONE[:1], np.ones(1))
    with pytest.raises(SchemaError, match="share one margin"):
        allocate(Choices(ONE, ONE, margin=np.array([0.1, 0.2])), Limits(groups=(groups,)))


def test_an_account_without_keywords_has_an_empty_answer() -> None:
    answer = allocate(Choices(np.empty((0, 3)), np.empty((0, 3))), Limits(budget=5.0, target_roas=2.0))
    assert (answer.level.size, answer.cost, answer.conflicts) == (0, 0.0, ())
