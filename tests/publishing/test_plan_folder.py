"""What readers of the plan folder can rely on: whole plans only, older revisions kept, same bytes on a re-run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bidopt.domain.errors import BidoptError, SchemaError
from bidopt.publishing.plan_folder import newest, publish
from bidopt.publishing.ready import Ready, plan_sha256, verify
from tests.publishing.example_plans import FILES, tiny_plan, without_rows

DAY = "2026-11-21"
NO_WORDS = {"words": 0} | dict.fromkeys(
    [f"expected_{name}" for name in ("clicks", "cost", "revenue", "gain")], 0.0
)


def test_a_published_folder_holds_every_file_sealed_by_ready(tmp_path: Path) -> None:
    folder = publish(tmp_path / "plans", tiny_plan(), FILES)
    assert folder == tmp_path / "plans" / DAY
    made = {"bids.csv", "budgets.csv", "keywords.csv", "titles.csv", "reasons.csv", "plan.json"}
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == made | set(FILES) | {"READY"}
    ready = Ready.read(folder)
    assert (ready.as_of, ready.revision) == (date(2026, 11, 21), 1)
    assert dict(ready.sha256) == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in found - {"READY"}
    }
    verify(folder)
    assert [p.name for p in (tmp_path / "plans").iterdir()] == [DAY]


def test_the_tables_read_as_written_here(tmp_path: Path) -> None:
    folder = publish(tmp_path, tiny_plan(), {})
    assert (folder / "bids.csv").read_text(encoding="utf-8") == (
        "platform,campaign_id,ad_group_id,product_id,keyword,match_type,action,current_bid,bid,reason,policy,"
        "expected_clicks,expected_cost,expected_revenue,revenue_low,revenue_high,limited_by,state\n"
        "native,c1,,,茶树精油,,set_bid,1.00,1.25,raise clicks=7,target_roas,7.1235,8.00,31.00,20.00,45.50,"
        "bid_step+bid_floor,\n"
        'native,c2,,,"=1+1,""x""",,keep,,,,,,,,,,,\n'
    )
    assert (folder / "budgets.csv").read_text(encoding="utf-8") == (
        "platform,campaign_id,current_budget,budget,reason,policy,limited_by\n"
        "native,c1,100.00,120.00,share part=0.7,target_roas,\n"
        "native,c2,,50.00,raise clicks=7,target_roas,\n"
    )
    assert (folder / "reasons.csv").read_text(encoding="utf-8") == (
        "reason,zh,en\n"
        'raise clicks=7,7 次点击，提价,"7 clicks, bid up"\n'
        "share part=0.7,占 70%,70% of the budget\n"
    )


def test_plan_json_tells_the_totals_campaigns_and_texts(tmp_path: Path) -> None:
    folder = publish(tmp_path, tiny_plan(), FILES)
    text = (folder / "plan.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert text == json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert document["totals"] == {
        "keywords": 2,
        "new_words": NO_WORDS,
        "negative_words": NO_WORDS,
        "actions": {"set_bid": 1, "pause": 0, "resume": 0, "add": 0, "keep": 1},
        "current_budget": 100.0,
        "budget": 170.0,
        "expected_clicks": 7.12,
        "expected_cost": 8.0,
        "expected_revenue": 31.0,
        "expected_roas": 3.875,
    }
    assert document["campaigns"][0] == {
        "platform": "native",
        "campaign_id": "c1",
        "name": "精油",
        "current_budget": 100.0,
        "budget": 120.0,
        "cost": 80.0,
        "revenue": 321.0,
        "roas": 4.0125,
        "mature_roas": 5.5,
        "grade": {"code": "excellent", "zh": "优秀", "en": "excellent"},
    }
    assert document["campaigns"][1]["mature_roas"] is None
    assert document["goals"]["roas_grades"]["pass"] == 3.0
    assert document["reasons"]["raise"]["zh"] == "{clicks:.0f} 次点击，提价"
    assert document["issues"][0]["sample"] == ["2026-11-03"]
    sealed = dict(Ready.read(folder).sha256)
    del sealed["plan.json"]
    assert document["files"] == sealed


def test_plan_json_tells_what_holds_for_the_account_in_the_order_said(tmp_path: Path) -> None:
    folder = publish(tmp_path, tiny_plan(), FILES)
    assert json.loads((folder / "plan.json").read_text(encoding="utf-8"))["notes"] == [
        {
            "code": "more_budget",
            "numbers": {"step": 100, "gain": 430},
            "zh": "日预算再加 100，多成交 430",
            "en": "100 more budget brings 430",
        },
        {
            "code": "unpriced",
            "numbers": {"gain": None},
            "zh": "还说不出再加预算值多少",
            "en": "what more budget brings is not known yet",
        },
    ]


def test_a_note_without_words_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="'nameless'"):
        publish(tmp_path, replace(tiny_plan(), notes=("nameless gain=1",)), {})
    assert list(tmp_path.iterdir()) == []


def test_a_plan_without_rows_is_published_too(tmp_path: Path) -> None:
    folder = publish(tmp_path, without_rows(tiny_plan()), {})
    totals = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["totals"]
    assert (totals["keywords"], totals["expected_cost"], totals["expected_roas"]) == (0, None, None)


def test_publishing_the_same_plan_again_touches_nothing(tmp_path: Path) -> None:
    folder = publish(tmp_path, tiny_plan(), FILES)
    stamp = {p: p.stat().st_mtime_ns for p in [folder, *folder.rglob("*")]}
    inode = folder.stat().st_ino
    (tmp_path / ".staging-2026-11-20-r1").mkdir()
    assert publish(tmp_path, tiny_plan(), FILES) == folder
    assert {p: p.stat().st_mtime_ns for p in stamp} == stamp
    assert folder.stat().st_ino == inode
    assert [p.name for p in tmp_path.iterdir()] == [DAY]


def test_a_new_revision_takes_the_name_and_the_old_one_stays_readable(tmp_path: Path) -> None:
    first = plan_sha256(publish(tmp_path, tiny_plan(1), FILES))
    second = plan_sha256(publish(tmp_path, tiny_plan(2, bid=1.5), FILES))
    assert first != second
    verify(tmp_path / f"{DAY}.r1")
    assert plan_sha256(tmp_path / f"{DAY}.r1") == first
    assert ",1.50," in (tmp_path / DAY / "bids.csv").read_text(encoding="utf-8")

    assert plan_sha256(publish(tmp_path, tiny_plan(1), FILES)) == first  # the settings were put back
    assert sorted(p.name for p in tmp_path.iterdir()) == [DAY, f"{DAY}.r2"]
    assert plan_sha256(tmp_path / f"{DAY}.r2") == second


@pytest.mark.parametrize("name", ["bids.csv", "READY", "upload/native.csv"])
def test_a_damaged_folder_is_named_by_verify_kept_aside_and_replaced_by_publish(
    tmp_path: Path, name: str
) -> None:
    folder = publish(tmp_path, tiny_plan(), FILES)
    sound = plan_sha256(folder)
    for damage in (b"", b"\xff\xfe half", None):
        if damage is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(damage)
        with pytest.raises(BidoptError, match=name):
            verify(folder)
        publish(tmp_path, tiny_plan(), FILES)
        verify(folder)
        assert plan_sha256(folder) == sound
    kept = {p.name for p in tmp_path.iterdir()} - {DAY}
    assert kept == {f"{DAY}.edited", f"{DAY}.edited2", f"{DAY}.edited3"}
    assert (tmp_path / f"{DAY}.edited2" / name).read_bytes() == b"\xff\xfe half"


@pytest.mark.parametrize(
    "name",
    ["", "/etc/x", "../x", "a/../x", "a//b", "a\\b", "c:x", "a\nb", ".", "READY", "bids.csv", "plan.json"],
)
def test_a_file_cannot_leave_the_folder_or_take_a_name_of_publishing(tmp_path: Path, name: str) -> None:
    with pytest.raises(SchemaError):
        publish(tmp_path, tiny_plan(), {name: b""})
    assert list(tmp_path.iterdir()) == []


def test_newest_is_the_latest_day_with_a_published_plan(tmp_path: Path) -> None:
    assert newest(tmp_path / "absent") is None
    assert newest(tmp_path) is None
    for day in (date(2026, 11, 20), date(2026, 11, 21)):
        publish(tmp_path, replace(tiny_plan(1), as_of=day), {})
        publish(tmp_path, replace(tiny_plan(2, bid=2.0), as_of=day), {})
    (tmp_path / "2026-11-30").mkdir()
    assert newest(tmp_path) == tmp_path / DAY


def test_a_disk_that_refuses_is_reported_to_the_operator(tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("a file stands in the way")
    with pytest.raises(BidoptError, match="无法写入计划文件夹"):
        publish(tmp_path / "plans", tiny_plan(), {})
