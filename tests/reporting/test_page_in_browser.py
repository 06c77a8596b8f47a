"""A real browser shows the page and asks nobody for anything."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bidopt.domain.plan import Plan
from bidopt.reporting.page import render_page

BROWSER_MAKERS = (".google.com", ".googleapis.com", ".gvt1.com")
"""Whom a browser calls of its own accord, whatever page it shows."""


@pytest.fixture
def browser() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no browser on this machine")
    return found


def _run(browser: str, folder: Path, page: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "report.html").write_text(page, encoding="utf-8")
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}",
        *options,
        (folder / "report.html").as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, cwd=folder)


def test_the_page_renders_without_a_complaint(browser: str, hostile_plan: Plan, tmp_path: Path) -> None:
    done = _run(browser, tmp_path, render_page(hostile_plan), "--dump-dom")
    for heading in ("数据问题", "今日要做", "计划表现", "预算", "出价", "删词"):
        assert f"<h2>{heading}" in done.stdout
    assert "<script" not in done.stdout
    assert "Content Security Policy" not in done.stderr
    assert "CONSOLE" not in done.stderr


@pytest.mark.parametrize("size", ["1280,2000", "390,2000"])
def test_the_page_has_a_picture(browser: str, plan: Plan, tmp_path: Path, size: str) -> None:
    shot = tmp_path / "shot.png"
    _run(browser, tmp_path, render_page(plan), f"--window-size={size}", f"--screenshot={shot}")
    assert shot.stat().st_size > 30_000


def _asked(browser: str, folder: Path, page: str) -> set[str]:
    """Hosts the browser asked for, without those it calls by itself; no name resolves, so nothing leaves."""
    log = folder / "net.json"
    _run(browser, folder, page, "--dump-dom", "--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={log}")
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    urls = {str(event.get("params", {}).get("url", "")) for event in events}
    hosts = {urlsplit(url).hostname or "" for url in urls if url.startswith(("http:", "https:"))}
    return {host for host in hosts if not host.endswith(BROWSER_MAKERS)}


def test_no_request_is_made(browser: str, hostile_plan: Plan, tmp_path: Path) -> None:
    assert _asked(browser, tmp_path, render_page(hostile_plan)) == set()


def test_a_page_that_did_ask_would_be_noticed(browser: str, tmp_path: Path) -> None:
    assert _asked(browser, tmp_path, '<img src="http://evil.invalid/x.png">') == {"evil.invalid"}
