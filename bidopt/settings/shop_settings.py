"""The settings of one shop, checked to the last field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

import bidopt.decisions.allocation
import bidopt.decisions.expansion
import bidopt.decisions.pruning
import bidopt.decisions.titles
import bidopt.guardrails
import bidopt.platforms
from bidopt.decisions.policy import Policy
from bidopt.domain.errors import did_you_mean
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.facts.health import HealthRules
from bidopt.guardrails.guardrail import ORDER, Guardrail
from bidopt.platforms.platform import Platform
from bidopt.recommender import Recommender
from bidopt.registry import plugin_name, plugins
from bidopt.settings.rules import banned_words, bid_limits, title_rules, word_limits
from bidopt.settings.yaml_file import YamlFile, plain, read_yaml

Plugin = TypeVar("Plugin", bound=BaseModel)
POLICY_FAMILIES: tuple[ModuleType, ...] = (
    bidopt.decisions.pruning,
    bidopt.decisions.allocation,
    bidopt.decisions.expansion,
    bidopt.decisions.titles,
)
OF_PLATFORMS: Mapping[str, Callable[[], object]] = {
    "platforms": word_limits,
    "title_rules": title_rules,
    "banned": banned_words,
}
"""Fields of policies that hold rules of platforms and of the law, which no shop sets for itself -> what reads them."""
DEFAULT_POLICIES = ("test_and_prune", "mine_words", "learning_bidder", "negative_words")
"""New words come before the bids, which leave them their test money; negative words spare what is added."""


class _Sections(BaseModel):
    """The sections of shop.yaml; plug-ins are checked by their own classes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    shop: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
    name: str = ""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"
    goals: Goals = Field(default_factory=Goals)
    evidence: EvidenceSettings = Field(default_factory=EvidenceSettings)
    health: HealthRules = Field(default_factory=HealthRules)
    platforms: dict[str, Any] | None = None
    policies: list[Any] | None = None
    guardrails: dict[str, Any] | None = None


@dataclass(frozen=True)
class ShopSettings:
    """A shop's settings, ready to use.

    Args:
        shop: shop id; `name` is its display name.
        currency: ISO code of all money.
        recommender: goals, evidence settings, policies and guardrails.
        platforms: platforms whose reports are read, with their settings.
        health: limits of the data checks.
    """

    shop: str
    name: str
    currency: str
    recommender: Recommender
    platforms: tuple[Platform, ...]
    health: HealthRules

    @property
    def fingerprint(self) -> str:
        """Hash of everything here that can change a plan; comments and order of keys do not matter."""
        parts = [
            self.shop,
            self.name,
            self.currency,
            self.recommender.goals.model_dump(),
            self.recommender.evidence.model_dump(),
            self.health.model_dump(),
            *([plugin_name(p), p.model_dump()] for p in self.recommender.policies),
            *([plugin_name(g), g.model_dump()] for g in self.recommender.guardrails),
            *([plugin_name(p), p.model_dump()] for p in self.platforms),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def load_settings(path: Path) -> ShopSettings:
    """Read and check a shop.yaml.

    Raises:
        SettingsError: naming line, column and, for a misspelt word, the likely one.
    """
    file = read_yaml(path)
    sections = _validated(_Sections, plain(file.tree), file, ())
    return ShopSettings(
        shop=sections.shop,
        name=sections.name or sections.shop,
        currency=sections.currency,
        recommender=Recommender(
            goals=sections.goals,
            evidence=sections.evidence,
            policies=read_policies(
                sections.policies if sections.policies is not None else DEFAULT_POLICIES, file
            ),
            guardrails=read_guardrails(sections.guardrails or {}, file),
        ),
        platforms=_platforms(sections.platforms, file),
        health=sections.health,
    )


def read_policies(
    given: Sequence[Any],
    file: YamlFile,
    place: tuple[str | int, ...] = ("policies",),
    families: Sequence[ModuleType] = POLICY_FAMILIES,
) -> tuple[Policy, ...]:
    """The policies of a list in a settings file, in its order.

    Args:
        given: entries, each a name or {name: fields}.
        file: for errors.
        place: of the list in the file.
        families: folders that policies may come from.

    Raises:
        SettingsError: an unknown name, or fields that do not fit.
    """
    known: dict[str, type[BaseModel]] = {}
    for family in families:
        known |= plugins(family, Policy)
    out = []
    for number, entry in enumerate(given):
        if isinstance(entry, str):
            entry = {entry: {}}  # noqa: PLW2901  a bare name is a policy without settings
        if not (isinstance(entry, dict) and len(entry) == 1):
            raise file.at((*place, number), "每一项写一个规则名，设置缩进写在下面")
        ((name, fields),) = entry.items()
        for field in OF_PLATFORMS.keys() & set(fields if isinstance(fields, dict) else ()):
            raise file.at((*place, number, str(name), field), "平台限制不能在店铺里改")
        made = _plugin(known, str(name), fields, file, (*place, number, str(name)))
        out.append(with_platform_rules(made))
    return tuple(p for p in out if isinstance(p, Policy))


def with_platform_rules(policy: Plugin) -> Plugin:
    """The policy with the rules of platforms and of the law that it asks for."""
    asked = OF_PLATFORMS.keys() & type(policy).model_fields.keys()
    return policy.model_copy(update={field: OF_PLATFORMS[field]() for field in sorted(asked)})


def read_guardrails(
    given: dict[str, Any], file: YamlFile, place: tuple[str | int, ...] = ("guardrails",)
) -> tuple[Guardrail, ...]:
    """All guardrails that are not switched off, in the order in which they act.

    Args:
        given: name -> fields that differ from the usual.
        file: for errors.
        place: of the section in the file.

    Raises:
        SettingsError: an unknown name, or fields that do not fit.
    """
    known = plugins(bidopt.guardrails, Guardrail)
    for name in given:
        if name not in known:
            raise file.at((*place, name), "没有这条护栏", did_you_mean(name, known))
    out = []
    for name in ORDER:
        fields = given.get(name)
        if name == "bid_range" and isinstance(fields, dict) and "platforms" in fields:
            raise file.at(
                (*place, name, "platforms"), "平台限制不能在店铺里改", "店铺的上下限写 floor 和 ceiling"
            )
        made = _plugin(known, name, fields, file, (*place, name))
        out.append(made.model_copy(update={"platforms": bid_limits()}) if name == "bid_range" else made)
    return tuple(g for g in out if isinstance(g, Guardrail) and g.enabled)


def _platforms(given: dict[str, Any] | None, file: YamlFile) -> tuple[Platform, ...]:
    known = plugins(bidopt.platforms, Platform)
    if given is not None and not given:
        raise file.at(("platforms",), "一个平台也没有", f"可以写 {'、'.join(known)}，或整段删掉表示全部")
    chosen = dict.fromkeys(known) if given is None else given
    out = [_plugin(known, name, fields, file, ("platforms", name)) for name, fields in chosen.items()]
    return tuple(p for p in out if isinstance(p, Platform))


def _plugin(
    known: dict[str, type[BaseModel]], name: str, fields: object, file: YamlFile, place: tuple[str | int, ...]
) -> BaseModel:
    if name not in known:
        raise file.at(place, f"没有叫 {name} 的插件", did_you_mean(name, known))
    return _validated(known[name], {} if fields is None else fields, file, place)


def _validated(model: type[Plugin], values: object, file: YamlFile, place: tuple[str | int, ...]) -> Plugin:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors()[0]
        raise file.error(details, _names(model, details["loc"][:-1]), place) from error


def _names(model: type[BaseModel], loc: tuple[str | int, ...]) -> tuple[str, ...]:
    """Field names allowed at `loc` inside a model."""
    for part in loc:
        field = model.model_fields.get(str(part))
        if field is None or not (
            isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        ):
            return ()
        model = field.annotation
    return tuple(field.alias or name for name, field in model.model_fields.items())
