"""The plan folder of a day: the machine files of a plan beside what others made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES
from bidopt.domain.errors import SchemaError
from bidopt.domain.plan import Plan
from bidopt.publishing.machine_csv import csv_bytes
from bidopt.publishing.plan_document import REASONS, plan_document, reasons_table
from bidopt.publishing.ready import READY, Ready
from bidopt.publishing.sealed_folder import put_in_place

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def publish(plans: Path, plan: Plan, files: Mapping[str, bytes]) -> Path:
    """Publish a plan as a whole, as `put_in_place` does; the same plan twice touches nothing.

    Args:
        plans: folder of the shop's plans; made when absent. The caller holds the shop's lock.
        plan: what to publish.
        files: name with "/" -> bytes of everything that is not made here: report, workbook, upload files.

    Returns:
        `plans/<as_of>`.

    Raises:
        SchemaError: a file name that is taken or leads out of the folder.
        BidoptError: the disk is full, or a file is held open.
    """
    content = _machine_files(plan) | _checked(files)
    content["plan.json"] = plan_document(plan, Ready.of(plan.as_of, plan.revision, content).sha256)
    return put_in_place(plans, plan.as_of, plan.revision, content)


def newest(plans: Path) -> Path | None:
    """The folder of the newest day with a published plan, or None."""
    days = [f for f in plans.glob("*") if _DAY.fullmatch(f.name) and (f / READY).is_file()]
    return max(days, default=None)


def _machine_files(plan: Plan) -> dict[str, bytes]:
    changes = plan.changes
    tables = {
        BIDS: changes.bids,
        BUDGETS: changes.budgets,
        KEYWORDS: changes.keywords,
        TITLES: changes.titles,
        REASONS: reasons_table(plan),
    }
    return {f"{schema.name}.csv": csv_bytes(schema, table) for schema, table in tables.items()}


def _checked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    made_here = {f"{schema.name}.csv" for schema in (BIDS, BUDGETS, KEYWORDS, TITLES, REASONS)}
    for name in files:
        path = PurePosixPath(name)
        plain = name.isprintable() and "\\" not in name and ":" not in name and str(path) == name
        if not plain or path.is_absolute() or ".." in path.parts or name == ".":
            raise SchemaError(f"{name!r} is no file name inside a plan folder")
        if name in made_here | {"plan.json", READY}:
            raise SchemaError(f"{name} is written by publishing itself")
    return dict(files)
