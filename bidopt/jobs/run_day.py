"""The daily batch: import the inbox, decide, publish. Killed anywhere and run again, it gives the same plan."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from bidopt import __version__
from bidopt.domain.changes import budgets_to_set
from bidopt.domain.data_issue import DataIssue
from bidopt.domain.errors import StoppedError
from bidopt.domain.plan import Plan
from bidopt.domain.reasons import render
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.health import HealthRules, health_issues, worst_first
from bidopt.facts.reconcile import reconcile
from bidopt.facts.schemas import KEYWORD_STATES
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.assemble_plan import assemble_plan
from bidopt.jobs.earlier_plans import facts_to_decide_on
from bidopt.jobs.import_reports import ImportedFile, Progress, import_inbox
from bidopt.jobs.shop import Shop
from bidopt.ledger.ledger import Ledger
from bidopt.ledger.lock import shop_lock
from bidopt.platforms.platform import Upload
from bidopt.publishing.plan_folder import publish
from bidopt.publishing.ready import plan_sha256
from bidopt.registry import plugin_name
from bidopt.reporting.formats import currency_sign
from bidopt.reporting.page import render_page
from bidopt.reporting.workbook import write_workbook


@dataclass(frozen=True)
class DayResult:
    """What a run did.

    Args:
        files: the exports it read or refused.
        plan: the plan it published.
        folder: where the plan lies.
    """

    files: tuple[ImportedFile, ...]
    plan: Plan
    folder: Path


def _unheard(_: ImportedFile) -> None:
    """Nobody wants to know."""


def run_day(
    shop: Shop, as_of: date, progress: Progress, told: Callable[[ImportedFile], object] = _unheard
) -> DayResult:
    """Run one shop's day.

    Args:
        shop: the shop.
        as_of: decision day; facts of the days before are used.
        progress: told each stage.
        told: told of each file of the inbox as soon as the fate of all is known, whatever becomes of the run.

    Raises:
        LockedError: another run of the shop is under way.
        StoppedError: there are no facts, or a data check forbids publishing; facts stay imported.
    """
    with shop_lock(shop.folder, holder=f"bidopt run --as-of {as_of}"):
        files = import_inbox(shop, as_of, progress)
        for file in files:
            told(file)
        progress("汇总已知数据")
        warehouse = Warehouse(shop.facts)
        facts = warehouse.known_on(as_of, shop.settings.recommender.evidence.window_days + 1)
        issues = _check(shop, facts, as_of, warehouse)
        with Ledger(shop.ledger) as ledger:
            inputs, settings = warehouse.fingerprint(as_of), shop.settings.fingerprint
            revision = ledger.open_run(as_of, f"{inputs} bidopt {__version__}", settings)
            facts = facts_to_decide_on(facts, ledger, as_of, store=True)
            progress(f"计算 {len(facts.current_bids):,} 个关键词")
            evidence, states = shop.settings.recommender.learn(facts, as_of), facts.keyword_states
            del facts  # millions of rows that nobody needs from here on
            recommendation = shop.settings.recommender.decide(evidence)
            provenance = {"inputs": inputs, "settings": settings, "bidopt": __version__}
            plan = assemble_plan(shop.settings, as_of, revision, recommendation, issues, provenance)
            progress("写出计划")
            shop.plans.mkdir(exist_ok=True)
            folder = publish(shop.plans, plan, _files(shop, plan, states))
            ledger.record_published(as_of, revision, plan.changes, plan_sha256(folder))
        return DayResult(tuple(files), plan, folder)


def warehouse_issues(
    warehouse: Warehouse, facts: FactTables, as_of: date, rules: HealthRules
) -> tuple[DataIssue, ...]:
    """What the health checks find in the facts known on `as_of`."""
    return health_issues(
        facts,
        as_of,
        rules,
        reported_later=warehouse.reported_later(as_of),
        attribution_windows=warehouse.attribution_windows(as_of),
    )


def _check(shop: Shop, facts: FactTables, as_of: date, warehouse: Warehouse) -> tuple[DataIssue, ...]:
    if facts.current_bids.empty and facts.current_budgets.empty:
        raise StoppedError(f"{as_of} 之前没有可用的数据，没有生成计划", where_the_facts_are(warehouse, as_of))
    issues = (*warehouse_issues(warehouse, facts, as_of, shop.settings.health), *reconcile(facts)[1])
    blocking = [issue for issue in issues if issue.severity == "block"]
    if blocking:
        lines = "\n".join(line for issue in blocking for line in (issue.zh, *issue.sample))
        raise StoppedError(
            f"数据检查没有通过，没有生成计划:\n{lines}",
            "核对报表的单位后重新导出；确认无误可在 shop.yaml 的 health 里放宽",
        )
    return tuple(worst_first(issues))


def where_the_facts_are(warehouse: Warehouse, as_of: date) -> str:
    """What to do when nothing is known on a day."""
    later, newest = warehouse.reported_later(as_of), warehouse.newest_day()
    if later:
        return f"有 {later:,} 行数据的报表日晚于 {as_of}: 换一个更晚的 --as-of，或用 bidopt import --as-of 说明文件是哪天导出的"
    if newest:
        morning = newest + timedelta(days=1)
        look = f"用 --as-of {morning} 看那天的计划"
        if warehouse.reported_later(morning):  # else nothing would be known that morning either
            look = (
                f"先说明这些文件是当时导出的: bidopt import 店铺 店铺/archive/* --as-of {morning}，再{look}"
            )
        return f"最新的数据是 {newest}，离 {as_of} 太远: 导出最近的报表，或{look}"
    return "把关键词报表放进 inbox 再运行"


def _files(shop: Shop, plan: Plan, keyword_states: pd.DataFrame) -> Mapping[str, bytes]:
    files = {"report.html": render_page(plan).encode("utf-8")}
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "review.xlsx"
        write_workbook(plan, workbook)
        files["review.xlsx"] = workbook.read_bytes()
    bids, moved = plan.changes.bids, budgets_to_set(plan.changes.budgets)
    changed, all_words = bids[bids["action"] != "keep"], plan.changes.keywords
    sign = currency_sign(plan.currency)
    states = keyword_states.sort_values("date").drop_duplicates(list(KEYWORD_STATES.key[1:]), keep="last")
    for platform in shop.settings.platforms:
        name = plugin_name(platform)
        mine = changed[changed["platform"] == name]
        upload = Upload(
            as_of=plan.as_of,
            bids=mine.reset_index(drop=True),
            why=[render(reason, plan.reasons, currency=sign) for reason in mine["reason"]],
            budgets=moved[moved["platform"] == name].reset_index(drop=True),
            states=states[states["platform"] == name].reset_index(drop=True),
            words=(words := all_words[all_words["platform"] == name].reset_index(drop=True)),
            words_why=[render(reason, plan.reasons, currency=sign) for reason in words["reason"]],
        )
        files |= {f"upload/{file}": content for file, content in platform.upload_files(upload).items()}
    return files
