"""The settings of a recommender that can be tuned: found by their mark, read, and set to other values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from bidopt.domain.tunable import Tunable
from bidopt.recommender import Recommender
from bidopt.registry import plugin_name

Model = TypeVar("Model", bound=BaseModel)

_DIGITS = 3
"""Significant digits of a value tried: what an operator would write."""


@dataclass(frozen=True)
class Knob:
    """One setting.

    Args:
        path: place in shop.yaml, such as ("policies", "learning_bidder", "caution").
        low, high, log: range in which values are tried; today's value lies in it.
        whole: whether the values are whole numbers.
        current: value in force.
        meaning: the field's description.
    """

    path: tuple[str, ...]
    low: float
    high: float
    log: bool
    whole: bool
    current: float
    meaning: str

    @property
    def name(self) -> str:
        """The path with dots."""
        return ".".join(self.path)

    def rounded(self, value: float) -> float:
        """The value as an operator would write it, within the range."""
        if self.whole:
            return round(value)
        return min(max(float(f"{value:.{_DIGITS}g}"), self.low), self.high)


def knobs_of(recommender: Recommender) -> tuple[Knob, ...]:
    """Every setting in force that carries the mark `Tunable`, policies first."""
    return (
        *(k for p in recommender.policies for k in _marked(p, ("policies", plugin_name(p)))),
        *(k for g in recommender.guardrails for k in _marked(g, ("guardrails", plugin_name(g)))),
        *_marked(recommender.evidence, ("evidence",)),
    )


def turned(recommender: Recommender, values: Mapping[tuple[str, ...], float]) -> Recommender:
    """The recommender with other values; each is checked by its field.

    Args:
        recommender: today's.
        values: path -> value.
    """
    policies = tuple(_with(p, ("policies", plugin_name(p)), values) for p in recommender.policies)
    guardrails = tuple(_with(g, ("guardrails", plugin_name(g)), values) for g in recommender.guardrails)
    evidence = _with(recommender.evidence, ("evidence",), values)
    return replace(recommender, policies=policies, guardrails=guardrails, evidence=evidence)


def _marked(model: BaseModel, path: tuple[str, ...]) -> Iterator[Knob]:
    if getattr(model, "enabled", True) is False:
        return
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _marked(value, (*path, name))
        for mark in field.metadata:
            if isinstance(mark, Tunable) and value is not None:
                yield Knob(
                    path=(*path, name),
                    low=min(mark.low, value),
                    high=max(mark.high, value),
                    log=mark.log and value > 0,
                    whole=field.annotation is int,
                    current=value,
                    meaning=(field.description or name).split(" ")[0],
                )


def _with(model: Model, path: tuple[str, ...], values: Mapping[tuple[str, ...], float]) -> Model:
    """The model with the values below `path`, checked anew; itself where there are none."""
    update: dict[str, object] = {}
    for name in type(model).model_fields:
        value, place = getattr(model, name), (*path, name)
        if isinstance(value, BaseModel):
            inner = _with(value, place, values)
            if inner is not value:
                update[name] = inner
        elif place in values:
            update[name] = values[place]
    if not update:
        return model
    return type(model).model_validate({**{n: getattr(model, n) for n in type(model).model_fields}, **update})
