"""What-if: plays today's settings and changed ones on markets fitted to a shop's log."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from bidopt.backtest.calibration import Marginal, calibration, trust
from bidopt.backtest.cores import crew
from bidopt.backtest.shop_fit import ShopFit, fit_shop
from bidopt.backtest.what_if import Arm, Compared, compare, play_draw
from bidopt.decisions.draft import keep_everything
from bidopt.decisions.policy import Situation
from bidopt.domain.errors import StoppedError, UsageError, did_you_mean
from bidopt.domain.goals import Goals
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.earlier_plans import facts_as_seen
from bidopt.jobs.import_reports import Progress
from bidopt.jobs.run_day import where_the_facts_are
from bidopt.jobs.shop import open_shop
from bidopt.recommender import as_simulated

SEED = 20261121
_CALIBRATED = 8
"""Draws that are held against the log."""

_EXAMPLES = "例: --budget +20%、--budget 600、--target 4 或 --drop-product 宝贝ID"


@dataclass(frozen=True)
class Wish:
    """What the operator asks.

    Args:
        budget: account budget: "+20%", "-10%" or an amount; None: as it is.
        target: target ROAS; None: as it is.
        drop_product: product whose words are paused; None: none.
    """

    budget: str | None = None
    target: float | None = None
    drop_product: str | None = None


@dataclass(frozen=True)
class WhatIf:
    """The answer.

    Args:
        as_of: first morning played.
        days: played, on `draws` drawn shops.
        current, changed: account budget (None where it is the campaigns') and target of both.
        compared: figure by figure.
        calibration: the fitted market beside the log.
        past_days: of the log that it was held against.
    """

    as_of: date
    days: int
    draws: int
    current: Goals
    changed: Goals
    dropped: str | None
    compared: tuple[Compared, ...]
    calibration: tuple[Marginal, ...]
    past_days: int

    def document(self) -> dict[str, Any]:
        """The answer as plain data for JSON."""
        goals = {"current": self.current.model_dump(), "changed": self.changed.model_dump()}
        trusted = {"trust": trust(self.calibration).value}
        return {**asdict(self), "as_of": str(self.as_of), **goals, **trusted}


def what_if(
    folder: Path,
    as_of: date,
    wish: Wish,
    *,
    days: int = 14,
    draws: int = 8,
    progress: Progress,
    seed: int = SEED,
) -> WhatIf:
    """Ask a shop's fitted market.

    Args:
        folder: the shop's folder.
        as_of: first morning to play; facts of the days before are known.
        wish: what to change.
        days: to play.
        draws: shops drawn from the beliefs, at least 2.
        progress: told each stage.
        seed: of draws and luck.

    Raises:
        UsageError: the wish makes no sense for this shop, or changes nothing.
        StoppedError: there are no facts.
    """
    shop = open_shop(folder)
    _check_asked(wish)
    recommender = as_simulated(shop.settings.recommender)
    progress("汇总已知数据")
    warehouse = Warehouse(shop.facts)
    facts = warehouse.known_on(as_of, recommender.evidence.window_days + 1)
    if facts.current_bids.empty:
        raise StoppedError(f"{as_of} 之前没有可用的数据", where_the_facts_are(warehouse, as_of))
    facts = facts_as_seen(facts, shop.ledger, as_of)
    progress("按店铺数据拟合市场")
    fit = fit_shop(facts, as_of, recommender.evidence)
    goals = _changed_goals(recommender.goals, fit, wish)
    if goals == recommender.goals and wish.drop_product is None:
        raise _nothing_asked("预算和目标和现在的一样")
    _check_product(fit, wish.drop_product)
    arms = (Arm(recommender), Arm(replace(recommender, goals=goals), wish.drop_product))
    progress("对照真实数据")
    shops = [fit.draw(np.random.default_rng([seed, draw])) for draw in range(_CALIBRATED)]
    marginals = calibration(fit, shops, seed)
    played = []
    with crew(draws) as run:
        for done in run(play_draw, [(fit, arms, days, seed, draw) for draw in range(draws)]):
            played.append(done)
            progress(f"模拟 {len(played)}/{draws}")
    return WhatIf(
        as_of=as_of,
        days=days,
        draws=draws,
        current=recommender.goals,
        changed=goals,
        dropped=wish.drop_product,
        compared=compare(pd.concat(played, ignore_index=True)),
        calibration=marginals,
        past_days=len(fit.past.days),
    )


def _changed_goals(goals: Goals, fit: ShopFit, wish: Wish) -> Goals:
    update: dict[str, Any] = {}
    if wish.budget is not None:
        situation = Situation(fit.evidence.as_of, goals, fit.evidence, keep_everything(fit.evidence))
        update["daily_budget"] = budget_of(wish.budget, situation.account_budget)
    if wish.target is not None:
        update["target_roas"] = wish.target
    try:
        return Goals.model_validate({**goals.model_dump(by_alias=True), **update})
    except ValidationError as error:
        raise UsageError(f"这样的目标不成立: {error.errors()[0]['msg']}", _EXAMPLES) from error


def _check_asked(wish: Wish) -> None:
    """What can be told before anything is read."""
    if wish == Wish():
        raise _nothing_asked("没有说要改什么")
    if wish.target is not None and not (np.isfinite(wish.target) and wish.target > 0):
        raise UsageError(f"--target 要是大于 0 的数，写的是 {wish.target:g}", "例: --target 4")


def _nothing_asked(message: str) -> UsageError:
    return UsageError(f"{message}，没有可比的", _EXAMPLES)


def budget_of(text: str, current: float | None) -> float:
    """The account budget that an operator writes: an amount, or a change of the current one in percent.

    Raises:
        UsageError: it is neither, or there is no current budget to change.
    """
    hint = "例: --budget +20% 或 --budget 600"
    written = text.strip().replace("％", "%")
    share = written.endswith("%")
    try:
        number = float(written.removesuffix("%"))
    except ValueError as error:
        raise UsageError(f"看不懂的预算: {text!r}", hint) from error
    if written.startswith("+") and not share:
        raise UsageError(f"看不懂的预算: {text!r} 是金额还是百分比？", hint)
    if share and current is None:
        raise UsageError("还不知道现在的账户日预算，算不出百分比", "写金额，例: --budget 600")
    budget = (current or 0.0) * (1 + number / 100) if share else number
    if not (np.isfinite(budget) and round(budget, 2) > 0):
        raise UsageError(f"预算要是大于 0 的数，{text!r} 得到 {budget:g}", hint)
    return round(budget, 2)


def _check_product(fit: ShopFit, product: str | None) -> None:
    known = fit.evidence.keywords["product_id"].unique().tolist()
    if product is not None and product not in known:
        raise UsageError(
            f"没有在投的宝贝 {product!r}",
            did_you_mean(product, known) or f"在投的宝贝: {'、'.join(known[:8])}",
        )
