"""The versioned platform rules of configs/rules."""

from __future__ import annotations

from pathlib import Path

from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.titles.title_rules import TitleRules
from bidopt.domain.errors import SettingsError
from bidopt.guardrails.bid_range import BidLimits
from bidopt.settings.yaml_file import plain, read_yaml
from bidopt.text.banned_words import BannedRule, BannedWords, Tier


def configs_folder() -> Path:
    """Where the shipped configs lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "configs", package.parent / "configs"):
        if folder.is_dir():
            return folder
    raise SettingsError("安装不完整: 找不到 configs 文件夹", "重新安装 bidopt")


def bid_limits() -> dict[str, BidLimits]:
    """Platform -> what it accepts as a bid, from configs/rules/bids.yaml."""
    rules = plain(read_yaml(configs_folder() / "rules" / "bids.yaml").tree)["platforms"]
    return {
        name: BidLimits(floor=rule["floor"], ceiling=rule["ceiling"], step=rule["step"])
        for name, rule in rules.items()
    }


def word_limits() -> dict[str, WordLimits]:
    """Platform -> what it accepts as keywords and negative words, from configs/rules/words.yaml."""
    rules = plain(read_yaml(configs_folder() / "rules" / "words.yaml").tree)["platforms"]
    return {
        name: WordLimits(**{field: rule[field] for field in WordLimits.model_fields})
        for name, rule in rules.items()
    }


def title_rules() -> dict[str, TitleRules]:
    """Platform -> its rules for titles, from configs/rules/titles.yaml."""
    platforms = plain(read_yaml(configs_folder() / "rules" / "titles.yaml").tree)["platforms"]
    names = ("most_repeats", "most_new", "new_days", "cooldown_days", "brand_first")
    return {
        platform: TitleRules(
            width=rules["width"]["value"],
            counting=rules["width"]["counting"],
            brackets=rules["brackets"]["value"] == "keep",
            **{name: rules[name]["value"] for name in names},
        )
        for platform, rules in platforms.items()
    }


def banned_words() -> BannedWords:
    """The words that titles must not have, from configs/rules/banned_words.yaml."""
    rules = plain(read_yaml(configs_folder() / "rules" / "banned_words.yaml").tree)["rules"]
    many = ("words", "patterns", "unless", "fine_in")
    return BannedWords(
        tuple(
            BannedRule(
                code=rule["code"],
                tier=Tier(rule["tier"]),
                zh=rule["zh"],
                en=rule["en"],
                **{name: tuple(rule.get(name, ())) for name in many},
            )
            for rule in rules
        )
    )
