"""Looks over a shop's folder, machine and data, and says what would stand in the way of a run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from bidopt.domain.errors import BidoptError
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.import_reports import waiting
from bidopt.jobs.run_day import warehouse_issues, where_the_facts_are
from bidopt.jobs.shop import Shop, open_shop
from bidopt.publishing.plan_folder import newest

_NEEDED_BYTES = 500 * 1024 * 1024
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "sshfs", "fuse.sshfs"}


@dataclass(frozen=True)
class Finding:
    """One look.

    Args:
        subject: what was looked at.
        state: ok, warn (can run) or fail (cannot run).
        detail: what was found.
        hint: what to do; empty when all is well.
    """

    subject: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    hint: str = ""


def examine_shop(folder: Path, as_of: date) -> list[Finding]:
    """Look at everything a run of `as_of` needs; never changes anything."""
    findings = [_versions()]
    try:
        shop = open_shop(folder)
    except BidoptError as error:
        return [*findings, Finding("设置", "fail", error.message, error.hint)]
    goals = shop.settings.recommender.goals
    budget = f"{goals.daily_budget:g}" if goals.daily_budget else "各计划日限额之和"
    findings.append(
        Finding(
            "设置",
            "ok",
            f"{shop.settings.name}，目标投产比 {goals.target_roas:g}，日预算 {budget}，货币 {shop.settings.currency}",
        )
    )
    return [
        *findings,
        _writable(folder),
        _disk(folder),
        _file_system(folder),
        _inbox(shop),
        *_data(shop, as_of),
        _plan(shop),
    ]


def _versions() -> Finding:
    python = ".".join(map(str, sys.version_info[:3]))
    return Finding("环境", "ok", f"Python {python}，SQLite {sqlite3.sqlite_version}，{sys.platform}")


def _writable(folder: Path) -> Finding:
    if os.access(folder, os.W_OK):
        return Finding("写权限", "ok", str(folder))
    return Finding("写权限", "fail", f"{folder} 不能写入", "换一个文件夹，或请管理员开放写权限")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    detail = f"剩余 {free / 1024**3:.1f} GB"
    return (
        Finding("磁盘", "ok", detail)
        if free > _NEEDED_BYTES
        else Finding("磁盘", "warn", detail, "清出至少 0.5 GB")
    )


def _file_system(folder: Path) -> Finding:
    """SQLite's write-ahead log needs a local disk."""
    mounts = Path("/proc/mounts")
    kind = ""
    if mounts.is_file():
        resolved = str(folder.resolve())
        lines = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
        holding = [
            (len(p[1]), p[2])
            for p in lines
            if len(p) > 2 and (resolved + "/").startswith(p[1].rstrip("/") + "/")
        ]
        kind = max(holding, default=(0, ""))[1]
    if kind in _NETWORK_FILE_SYSTEMS or str(folder.resolve()).startswith("\\\\"):
        return Finding(
            "文件系统",
            "fail",
            f"{folder} 在网络盘上 ({kind or 'SMB'})",
            "把店铺文件夹放到本机磁盘: 账本在网络盘上会坏",
        )
    return Finding("文件系统", "ok", kind or "本机磁盘")


def _inbox(shop: Shop) -> Finding:
    files = waiting(shop)
    refused = list(shop.quarantine.glob("*.why.txt")) if shop.quarantine.is_dir() else []
    detail = f"待导入 {len(files)} 个文件，隔离区 {len(refused)} 个"
    if refused:
        return Finding("收件箱", "warn", detail, f"看 {shop.quarantine} 里的 .why.txt，修好后重新放进 inbox")
    return Finding("收件箱", "ok", detail)


def _data(shop: Shop, as_of: date) -> list[Finding]:
    try:
        warehouse = Warehouse(shop.facts)
        facts = warehouse.known_on(as_of)
    except BidoptError as error:
        return [Finding("数据", "fail", error.message, error.hint)]
    if facts.current_bids.empty:
        return [
            Finding(
                "数据", "warn", f"{as_of} 之前没有可用的关键词数据", where_the_facts_are(warehouse, as_of)
            )
        ]
    days = facts.keyword_days["date"]
    span = f"{days.min():%Y-%m-%d} 到 {days.max():%Y-%m-%d}" if len(days) else "只有关键词列表"
    out = [Finding("数据", "ok", f"{len(facts.current_bids):,} 个关键词，{span}")]
    states: dict[str, Literal["ok", "warn", "fail"]] = {"info": "ok", "warn": "warn", "block": "fail"}
    issues = warehouse_issues(warehouse, facts, as_of, shop.settings.health)
    return out + [Finding("数据检查", states[issue.severity], issue.zh) for issue in issues]


def _plan(shop: Shop) -> Finding:
    folder = newest(shop.plans)
    return Finding("计划", "ok", f"最近一份 {folder.name}" if folder else "还没有计划")
