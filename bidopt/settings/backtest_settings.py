"""Which policies to backtest on which shops and days: a backtest.yaml, or what a command line says instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

import bidopt.backtest.baselines
import bidopt.decisions.allocation
import bidopt.decisions.expansion
import bidopt.decisions.pruning
import bidopt.guardrails
from bidopt.backtest.baselines.keep_bids import KeepBids
from bidopt.backtest.replay import AS_LOGGED
from bidopt.decisions.policy import Policy
from bidopt.domain.errors import SettingsError, did_you_mean
from bidopt.domain.goals import Goals
from bidopt.guardrails.guardrail import ORDER, Guardrail
from bidopt.recommender import Recommender, as_simulated
from bidopt.registry import plugin_name, plugins
from bidopt.settings.rules import bid_limits
from bidopt.settings.shop_settings import read_guardrails, read_policies
from bidopt.settings.yaml_file import YamlFile, plain, read_yaml

SHOP = "shop"
"""The policy that the shop's own settings make."""

DEFAULT_POLICIES = (SHOP, "keep_bids", "three_day_rule", "proportional_roi", "target_roas")
FAMILIES = (bidopt.backtest.baselines, bidopt.decisions.allocation, bidopt.decisions.pruning)

MONEY_LIMITS = ("bid_range", "account_budget")
"""What holds for a rule that is to be played by the letter: what a platform would refuse, and the shop's money."""


@dataclass(frozen=True)
class Contender:
    """A policy to backtest.

    Args:
        name: in the results.
        policies: in their order; None for the shop's own.
        guardrails: None for the shop's own.
        goals: fields that differ from the shop's goals.
    """

    name: str
    policies: tuple[Policy, ...] | None = None
    guardrails: tuple[Guardrail, ...] | None = None
    goals: tuple[tuple[str, Any], ...] = ()

    def recommender(self, shop: Recommender) -> Recommender:
        """What decides for the contender, given the shop's own recommender.

        Policies that add or block words or write titles are left out: a log has nothing to say of those.

        Raises:
            SettingsError: goals that do not fit together.
        """
        try:
            goals = Goals.model_validate({**shop.goals.model_dump(by_alias=True), **dict(self.goals)})
        except ValidationError as error:
            raise SettingsError(f"{self.name} 的 goals: {error.errors()[0]['msg']}") from error
        policies = shop.policies if self.policies is None else self.policies
        guardrails = shop.guardrails if self.guardrails is None else self.guardrails
        return as_simulated(replace(shop, goals=goals, policies=policies, guardrails=guardrails))


class BacktestSettings(BaseModel):
    """A backtest.yaml; contenders are checked by their own classes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    name: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,60}$")] | None = Field(
        None, description="结果放进店铺的 backtests/<name> folder of the results"
    )
    shops: list[str] = Field(default_factory=list, description="店铺文件夹 folders, from this file's")
    first: date | None = Field(None, alias="from", description="第一个决策日 first decision day")
    last: date | None = Field(None, alias="to", description="最后一个决策日 last decision day")
    warmup_days: int = Field(
        7, ge=1, le=365, description="没写 from 时先看几天 days of history before the first decision"
    )
    fold_days: int | None = Field(
        None, ge=1, description="每段几天, 每段从日志的出价重新开始 days of a fold; 不写 = 不分段"
    )
    draws: int = Field(200, ge=40, le=5000, description="区间抽样次数 draws of the intervals")
    baseline: str = Field("keep_bids", description="和谁比 the policy that differences are taken to")
    policies: list[Any] = Field(
        default_factory=lambda: list(DEFAULT_POLICIES), min_length=1, description="比哪些策略 contenders"
    )

    @model_validator(mode="after")
    def _in_order(self) -> BacktestSettings:
        if self.first and self.last and self.first > self.last:
            raise ValueError("from 晚于 to")
        return self


@dataclass(frozen=True)
class Backtest:
    """A checked backtest.

    Args:
        settings: of the file or the command line.
        shops: folders.
        contenders: in their order.
    """

    settings: BacktestSettings
    shops: tuple[Path, ...]
    contenders: tuple[Contender, ...]


def asked_for(target: Path, changes: Mapping[str, Any]) -> Backtest:
    """The backtest of a shop's folder or of a backtest.yaml.

    Args:
        target: folder, or file.
        changes: fields of BacktestSettings that differ from the file's, or from the usual.

    Raises:
        SettingsError: naming line, column and, for a misspelt word, the likely one.
    """
    if target.is_dir():
        contenders = tuple(contender(str(name)) for name in changes.get("policies", DEFAULT_POLICIES))
        usual = "baseline" not in changes
        return _checked(_with(BacktestSettings(), changes), [target], contenders, usual=usual)
    file = read_yaml(target)
    try:
        settings = BacktestSettings.model_validate(plain(file.tree))
    except ValidationError as error:
        names = [field.alias or name for name, field in BacktestSettings.model_fields.items()]
        raise file.error(error.errors()[0], tuple(names)) from error
    if not settings.shops:
        raise file.at(("shops",), "没有写回测哪些店铺", "shops: [我的店铺]")
    if "policies" in changes:
        contenders = tuple(contender(str(name)) for name in changes["policies"])
    else:
        contenders = tuple(
            _contender(entry, file, ("policies", i)) for i, entry in enumerate(settings.policies)
        )
    usual = "baseline" not in {*changes, *settings.model_fields_set}
    shops = [target.parent / shop for shop in settings.shops]
    return _checked(_with(settings, changes), shops, contenders, usual=usual)


def _with(settings: BacktestSettings, changes: Mapping[str, Any]) -> BacktestSettings:
    try:
        return BacktestSettings.model_validate({**settings.model_dump(), **changes})
    except ValidationError as error:
        raise SettingsError(f"回测设置不对: {error.errors()[0]['msg']}") from error


def _checked(
    settings: BacktestSettings, shops: Sequence[Path], contenders: tuple[Contender, ...], *, usual: bool
) -> Backtest:
    """The backtest, with the baseline as one contender more where it is the `usual` one that nobody named."""
    folders = [shop.resolve() for shop in shops]
    again = [shop for place, shop in enumerate(shops) if folders[place] in folders[:place]]
    if again:
        raise SettingsError(f"店铺 {again[0]} 在 shops 里写了两遍", "删掉一个: 同一家店铺的日子不能算两遍")
    if usual and settings.baseline not in [each.name for each in contenders]:
        contenders = (*contenders, contender(settings.baseline))
    names = [each.name for each in contenders]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"策略名 {twice[0]} 写了两遍", "给其中一个另起名字")
    if AS_LOGGED in names:
        raise SettingsError(f"策略名 {AS_LOGGED} 是留给日志里实际做法的", "另起一个名字")
    if settings.baseline not in names:
        hint = did_you_mean(settings.baseline, names) or "在 policies 里加上它, 或换一个 baseline"
        raise SettingsError(f"baseline {settings.baseline} 不在 policies 里", hint)
    return Backtest(settings, tuple(shops), contenders)


def contender(name: str) -> Contender:
    """The contender of a name: the shop's own settings, or a rule by itself with the limits of money alone.

    Raises:
        SettingsError: there is no such policy.
    """
    if name == SHOP:
        return Contender(name)
    known: dict[str, type[Policy]] = {}
    for family in FAMILIES:
        known |= {n: p for n, p in plugins(family, Policy).items() if issubclass(p, Policy)}
    if name not in known:
        raise SettingsError(
            f"没有策略 {name}", did_you_mean(name, [SHOP, *known]) or f"可选: {SHOP}、{'、'.join(known)}"
        )
    policy = known[name]()
    return Contender(name, _with_bids_kept((policy,)), usual_limits(MONEY_LIMITS))


def usual_limits(names: Sequence[str] = ORDER) -> tuple[Guardrail, ...]:
    """The guardrails of those names with their usual settings, in the order in which they act."""
    known = plugins(bidopt.guardrails, Guardrail)
    made = [known[name]() for name in ORDER if name in names]
    return tuple(
        g.model_copy(update={"platforms": bid_limits()}) if plugin_name(g) == "bid_range" else g
        for g in made
        if isinstance(g, Guardrail)
    )


def _with_bids_kept(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
    """Policies of which one sets bids: rules that only drop words keep all other bids."""
    drops_only = all(type(p).__module__.startswith("bidopt.decisions.pruning.") for p in policies)
    return (*policies, KeepBids()) if drops_only else policies


class _Made(BaseModel):
    """A contender written out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    policies: list[Any] | None = None
    guardrails: dict[str, Any] | None = None
    goals: dict[str, Any] = Field(default_factory=dict)


def _contender(entry: object, file: YamlFile, place: tuple[str | int, ...]) -> Contender:
    if isinstance(entry, str):
        try:
            return contender(entry)
        except SettingsError as error:
            raise file.at(place, error.message, error.hint) from error
    if not (isinstance(entry, Mapping) and len(entry) == 1):
        raise file.at(place, "每一项写一个策略名，或“自己起的名字:”下面缩进写 policies、guardrails、goals")
    ((name, fields),) = entry.items()
    inner = (*place, str(name))
    try:
        made = _Made.model_validate(fields or {})
    except ValidationError as error:
        raise file.error(error.errors()[0], tuple(_Made.model_fields), inner) from error
    policies = None
    if made.policies is not None:
        policies = _with_bids_kept(
            read_policies(made.policies, file, (*inner, "policies"), (*FAMILIES, bidopt.decisions.expansion))
        )
    guardrails = (
        None if made.guardrails is None else read_guardrails(made.guardrails, file, (*inner, "guardrails"))
    )
    known = Goals.model_fields
    for goal in made.goals:
        if goal not in known:
            raise file.at((*inner, "goals", goal), "没有这个目标", did_you_mean(goal, known))
    return Contender(str(name), policies, guardrails, tuple(made.goals.items()))
