"""The thresholds written down with their sources are those in force."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.decisions.pruning.three_day_rule import ThreeDayRule
from bidopt.settings.rules import configs_folder
from bidopt.settings.yaml_file import plain, read_yaml

POLICIES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("test_and_prune", TestAndPrune),
    ("three_day_rule", ThreeDayRule),
)


def written() -> dict[str, Any]:
    """Policy -> thresholds with what is said of them, nested as in its settings."""
    policies: dict[str, Any] = plain(read_yaml(configs_folder() / "rules" / "pruning.yaml").tree)["policies"]
    return policies


def values(rules: dict[str, Any]) -> dict[str, Any]:
    return {name: rule["value"] if "value" in rule else values(rule) for name, rule in rules.items()}


def thresholds(settings: BaseModel) -> dict[str, Any]:
    """Every number that is set, nested; switches and floors that are left open are no thresholds."""
    found: dict[str, Any] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            found[name] = thresholds(value)
        elif value is not None and not isinstance(value, bool):
            found[name] = value
    return found


@pytest.mark.parametrize(("name", "policy"), POLICIES, ids=str)
def test_the_rules_file_states_every_default(name: str, policy: type[BaseModel]) -> None:
    assert values(written()[name]) == thresholds(policy())


def test_every_threshold_has_its_source() -> None:
    def leaves(rules: dict[str, Any]) -> list[dict[str, Any]]:
        return [leaf for rule in rules.values() for leaf in ([rule] if "value" in rule else leaves(rule))]

    for rule in (leaf for policy in written().values() for leaf in leaves(policy)):
        assert set(rule) == {"value", "disputed", "said", "source"}
        assert rule["said"]
        assert rule["source"]
        assert isinstance(rule["disputed"], bool)
