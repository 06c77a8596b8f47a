"""What the ledger promises: stable revisions, bids frozen for the day, and nothing lost to a crash."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bidopt
from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes
from bidopt.domain.errors import BidoptError, SchemaError
from bidopt.facts.schemas import CURRENT_BIDS, CURRENT_BUDGETS, PROPOSED_WORDS
from bidopt.ledger.ledger import Ledger, RunRecord

TODAY = date(2026, 11, 21)
ROOT = Path(bidopt.__file__).parents[1]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


def current_bids(**columns: object) -> pd.DataFrame:
    return CURRENT_BIDS.conform({"platform": "native", **columns})


def changes(
    keywords: list[str], actions: list[str], budgets: pd.DataFrame | None = None, **key: object
) -> Changes:
    bids = BIDS.conform(
        {
            "platform": "native",
            "keyword": keywords,
            "action": actions,
            "current_bid": np.full(len(keywords), np.nan),
            "bid": np.full(len(keywords), 1.25),
            "reason": "r x=1",
            "policy": "p",
            **key,
        }
    )
    budgets = BUDGETS.empty() if budgets is None else budgets
    return Changes(bids, budgets, KEYWORDS.empty(), TITLES.empty())


def changed(ledger: Ledger, as_of: date, keywords: list[str]) -> dict[str, tuple[int, str]]:
    """Day of the month and action of the newest change of each keyword that was changed."""
    found = ledger.changed_before(as_of, current_bids(keyword=keywords))
    days, actions = found["changed_on"].dt.day, found["action"]
    return {
        k: (int(day), action)
        for k, day, action in zip(keywords, days, actions, strict=True)
        if not np.isnan(day)
    }


def test_a_combination_of_inputs_and_settings_keeps_its_revision(ledger: Ledger) -> None:
    assert [ledger.open_run(TODAY, *pair) for pair in ("aa", "ab", "ba", "ab", "aa")] == [1, 2, 3, 2, 1]
    assert ledger.open_run(TODAY + timedelta(1), "b", "a") == 1


def test_runs_are_listed_newest_first(ledger: Ledger) -> None:
    ledger.open_run(TODAY, "a", "s")
    ledger.open_run(TODAY, "b", "s")
    ledger.open_run(TODAY - timedelta(1), "a", "s")
    ledger.record_published(TODAY, 1, changes([], []), "abc")
    assert ledger.runs() == [
        RunRecord(TODAY, 2, "b", "s", "", in_force=False),
        RunRecord(TODAY, 1, "a", "s", "abc", in_force=True),
        RunRecord(TODAY - timedelta(1), 1, "a", "s", "", in_force=False),
    ]


def test_the_first_run_of_a_day_freezes_its_bids(ledger: Ledger) -> None:
    days = pd.to_datetime(pd.Series(["2026-11-19", None])).astype("datetime64[s]")
    first = current_bids(
        keyword=["茶树精油", "精油"], current_bid=[1.1, np.nan], base_bid=[1.1, 0.7], changed_on=days
    )
    pd.testing.assert_frame_equal(ledger.freeze_bids(TODAY, first), first)

    later = first.assign(current_bid=[9.0, np.nan], base_bid=[9.0, 9.0], changed_on=days[::-1].to_numpy())
    later = later.assign(status="paused", quality_score=[7.0, np.nan])
    expected = first.assign(status="paused", quality_score=[7.0, np.nan])
    pd.testing.assert_frame_equal(ledger.freeze_bids(TODAY, later), expected.astype(later.dtypes))


def test_a_bid_the_first_run_did_not_know_is_frozen_by_the_first_that_does(ledger: Ledger) -> None:
    def run(current: float, base: float) -> tuple[float, float]:
        bids = current_bids(keyword=["a"], current_bid=[current], base_bid=[base])
        row = ledger.freeze_bids(TODAY, bids).iloc[0]
        return row["current_bid"], row["base_bid"]

    run(np.nan, np.nan)
    assert run(np.nan, 0.6)[1] == 0.6
    assert run(np.nan, 0.9)[1] == 0.6
    assert run(1.1, 1.1) == (1.1, 1.1)
    assert run(1.4, 1.4) == (1.1, 1.1)
    assert run(np.nan, 0.5) == (1.1, 1.1)


@pytest.mark.parametrize("match_types", [[""], ["exact", "broad"]])
def test_frozen_bids_survive_a_product_that_comes_and_goes(ledger: Ledger, match_types: list[str]) -> None:
    for product, bid in (("", 1.0), ("B01", 1.3), ("", 1.69)):
        bids = current_bids(
            ad_group_id="g", product_id=product, keyword="a", match_type=match_types,
            current_bid=[bid] * len(match_types), base_bid=[bid] * len(match_types),
        )  # fmt: skip
        assert ledger.freeze_bids(TODAY, bids)["base_bid"].tolist() == [1.0] * len(match_types)


def test_a_word_without_an_ad_group_is_known_by_its_full_key_only(ledger: Ledger) -> None:
    for product in ("p1", "p2"):
        bids = current_bids(keyword=["a"], product_id=product, base_bid=[float(product[1])])
        assert ledger.freeze_bids(TODAY, bids)["base_bid"].tolist() == [float(product[1])]


def test_budgets_are_frozen_by_the_first_run_that_knows_them(ledger: Ledger) -> None:
    def run(*money: float, campaigns: str = "ab", status: str = "") -> pd.DataFrame:
        known = CURRENT_BUDGETS.conform(
            {"platform": "native", "campaign_id": list(campaigns), "current_budget": money, "status": status}
        )
        before = known.copy(deep=True)
        frozen = ledger.freeze_budgets(TODAY, known)
        pd.testing.assert_frame_equal(known, before)
        return CURRENT_BUDGETS.check(frozen)

    assert run(100.0, np.nan)["current_budget"].fillna(-1).tolist() == [100.0, -1]
    again = run(130.0, 50.0, status="paused")
    assert again["current_budget"].tolist() == [100.0, 50.0]
    assert again["status"].tolist() == ["paused"] * 2
    assert run(65.0, 9.0, 169.0, campaigns="bca")["current_budget"].tolist() == [50.0, 9.0, 100.0]
    assert ledger.freeze_budgets(TODAY, CURRENT_BUDGETS.empty()).empty


def test_frozen_bids_follow_their_keyword_not_their_row(ledger: Ledger) -> None:
    first = current_bids(keyword=["a", "b", "c"], base_bid=[1.0, 2.0, 3.0])
    ledger.freeze_bids(TODAY, first)
    now = current_bids(keyword=["new", "c", "a"], base_bid=[5.0, 30.0, 10.0]).set_axis([7, 3, 5])
    frozen = ledger.freeze_bids(TODAY, now)
    assert frozen["base_bid"].tolist() == [5.0, 3.0, 1.0]
    assert frozen.index.tolist() == [7, 3, 5]
    again = ledger.freeze_bids(TODAY, current_bids(keyword=["b", "new"], base_bid=[20.0, 50.0]))
    assert again["base_bid"].tolist() == [2.0, 5.0]


def test_another_day_starts_from_its_own_bids(ledger: Ledger) -> None:
    ledger.freeze_bids(TODAY, current_bids(keyword=["a"], base_bid=[1.0]))
    tomorrow = ledger.freeze_bids(TODAY + timedelta(1), current_bids(keyword=["a"], base_bid=[1.3]))
    assert tomorrow["base_bid"].tolist() == [1.3]


def test_freezing_changes_no_input_and_bears_an_empty_table(ledger: Ledger) -> None:
    assert ledger.freeze_bids(TODAY, CURRENT_BIDS.empty()).empty
    bids = current_bids(keyword=["a", 'it\'s; "x"\n', "nul\0"], base_bid=[1.0, 2.0, 3.0])
    before = bids.copy(deep=True)
    ledger.freeze_bids(TODAY, bids.assign(base_bid=0.5))
    assert ledger.freeze_bids(TODAY, bids)["base_bid"].tolist() == [0.5] * 3
    pd.testing.assert_frame_equal(bids, before)


def test_changed_before_names_the_newest_earlier_day_a_plan_in_force_changed_the_word(ledger: Ledger) -> None:
    plans = {
        3: changes(["a", "b", "c"], ["set_bid", "pause", "keep"]),
        2: changes(["a", "b", "c"], ["set_bid", "keep", "keep"]),
        0: changes(["c"], ["set_bid"]),
    }
    for age, plan in plans.items():
        day = TODAY - timedelta(age)
        ledger.record_published(day, ledger.open_run(day, "i", "s"), plan, "sha")
    ledger.open_run(TODAY - timedelta(1), "i", "s")  # never published
    assert changed(ledger, TODAY, ["c", "b", "a"]) == {"a": (19, "set_bid"), "b": (18, "pause")}
    assert changed(ledger, TODAY - timedelta(3), ["a", "b", "c"]) == {}
    asked = current_bids(keyword=["z", "a"]).set_axis([7, 3])
    found = ledger.changed_before(TODAY, asked)
    assert found.index.tolist() == [7, 3]
    assert found["changed_on"].dtype == "datetime64[s]"
    assert found["action"].tolist() == ["", "set_bid"]
    assert ledger.changed_before(TODAY, CURRENT_BIDS.empty()).empty


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([("", "")], [("B01", "")]),
        ([("B01", "")], [("", "")]),
        ([("", "")], [("", "exact")]),
        ([("", "")], [("B01", "exact")]),
        ([("", "exact"), ("", "broad")], [("B01", "exact"), ("B01", "broad")]),
        ([("", "")], [("", "exact"), ("", "broad")]),
        ([("B01", "")], [("B02", "")]),
    ],
)
def test_a_change_is_found_under_the_key_the_word_has_now(
    ledger: Ledger, before: list[tuple[str, str]], now: list[tuple[str, str]]
) -> None:
    yesterday = TODAY - timedelta(1)
    products, types = ([row[i] for row in before] for i in (0, 1))
    plan = changes(
        ["a"] * len(before), ["set_bid"] * len(before), ad_group_id="g", product_id=products, match_type=types
    )
    ledger.record_published(yesterday, ledger.open_run(yesterday, "i", "s"), plan, "sha")
    products, types = ([row[i] for row in now] for i in (0, 1))
    bids = current_bids(ad_group_id="g", product_id=products, keyword="a", match_type=types)
    for _ in range(2):  # the second time today's keys have been seen
        found = ledger.changed_before(TODAY, bids)
        assert found["changed_on"].dt.day.tolist() == [20] * len(now)
        ledger.freeze_bids(TODAY, bids)


def test_a_new_match_type_does_not_inherit_from_another_that_is_still_there(ledger: Ledger) -> None:
    yesterday = TODAY - timedelta(1)
    plan = changes(["a"], ["set_bid"], ad_group_id="g", match_type="exact")
    ledger.record_published(yesterday, ledger.open_run(yesterday, "i", "s"), plan, "sha")
    bids = current_bids(ad_group_id="g", keyword="a", match_type=["exact", "broad"])
    assert ledger.changed_before(TODAY, bids)["changed_on"].isna().tolist() == [False, True]


def test_what_is_kept_beside_a_changed_row_tells_which_keyword_it_is(ledger: Ledger) -> None:
    yesterday = TODAY - timedelta(1)
    for day, actions in ((yesterday, ["set_bid", "keep"]), (TODAY, ["keep", "set_bid"])):
        plan = changes(["a", "a"], actions, ad_group_id="g", match_type=["exact", "broad"])
        ledger.record_published(day, ledger.open_run(day, "i", "s"), plan, "sha")
    bids = current_bids(ad_group_id="g", keyword="a", match_type=["exact", "broad"])
    found = ledger.changed_before(TODAY + timedelta(1), bids)
    assert found["changed_on"].dt.day.tolist() == [20, 21]


def test_only_the_plan_published_last_on_a_day_is_in_force(ledger: Ledger) -> None:
    first, second = (ledger.open_run(TODAY, inputs, "s") for inputs in ("one", "two"))
    ledger.record_published(TODAY, first, changes(["a"], ["set_bid"]), "1")
    ledger.record_published(TODAY, second, changes(["b"], ["set_bid"]), "2")
    tomorrow = TODAY + timedelta(1)
    assert list(changed(ledger, tomorrow, ["a", "b"])) == ["b"]
    ledger.record_published(TODAY, first, changes(["a"], ["set_bid"]), "1")  # the settings were put back
    assert list(changed(ledger, tomorrow, ["a", "b"])) == ["a"]


def test_recording_again_replaces_what_the_revision_had_stored(tmp_path: Path) -> None:
    budgets = BUDGETS.conform(
        {
            "platform": "native",
            "campaign_id": ["up", "same", "new", "none"],
            "current_budget": [10.0, 20.0, np.nan, 5.0],
            "budget": [12.0, 20.0, 30.0, np.nan],
        }
    )
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        revision = ledger.open_run(TODAY, "i", "s")
        for words in (["a", "b"], ["b", "c"], ["b", "c"]):
            ledger.record_published(TODAY, revision, changes(words, ["set_bid"] * 2, budgets), "sha")
    sql = sqlite3.connect(tmp_path / "ledger.sqlite")
    bids = sql.execute(
        "SELECT keyword, bid FROM recommended_bids JOIN keywords ON id = keyword_id"
    ).fetchall()
    money = sql.execute("SELECT campaign_id, current_budget, budget FROM recommended_budgets").fetchall()
    sql.close()
    assert sorted(bids) == [("b", 1.25), ("c", 1.25)]
    assert sorted(money) == [("new", None, 30.0), ("up", 10.0, 12.0)]


def test_a_run_that_was_never_opened_is_not_recorded(ledger: Ledger) -> None:
    with pytest.raises(SchemaError, match="never opened"):
        ledger.record_published(TODAY, 1, changes(["a"], ["set_bid"]), "sha")
    assert ledger.runs() == []


def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at as one" * 20)
    before = path.read_bytes()
    with pytest.raises(BidoptError, match="账本"):
        Ledger(path)
    assert path.read_bytes() == before


WRITER = """
import sys
from datetime import date, timedelta
from pathlib import Path
from bidopt.facts.schemas import CURRENT_BIDS
from bidopt.ledger.ledger import Ledger
bids = CURRENT_BIDS.conform({"keyword": [f"w{i}" for i in range(400)], "base_bid": [1.0] * 400})
with Ledger(Path(sys.argv[1])) as ledger:
    for n in range(int(sys.argv[2]), 10**6):
        day = date(2026, 1, 1) + timedelta(n)
        ledger.open_run(day, str(n), "s")
        ledger.freeze_bids(day, bids.assign(base_bid=float(n)))
        print(n, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    acknowledged = -1
    for attempt in range(3):
        command = [sys.executable, "-c", WRITER, str(path), str(acknowledged + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline(), child.stdout.readline()]
            time.sleep(0.05 + 0.013 * attempt)
            child.kill()
            lines += [line for line in child.stdout if line.endswith("\n")]
            acknowledged = int(lines[-1])

    sql = sqlite3.connect(path)
    assert sql.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rows = sql.execute(
        "SELECT as_of, count(*), min(base_bid), max(base_bid) FROM frozen_bids GROUP BY as_of"
    ).fetchall()
    sql.close()
    assert acknowledged >= 5
    assert len(rows) >= acknowledged + 1
    for n, (day, count, low, high) in enumerate(sorted(rows)):
        assert (day, count, low, high) == ((date(2026, 1, 1) + timedelta(n)).isoformat(), 400, n, n)


def test_word_lives_tell_when_and_why_words_were_dropped_and_when_they_came_back(ledger: Ledger) -> None:
    plans = (
        (9, ["a", "b", "c"], ["pause", "pause", "set_bid"]),
        (6, ["a", "b", "c"], ["keep", "resume", "keep"]),
        (3, ["a", "b", "c"], ["set_bid", "set_bid", "set_bid"]),  # a bid changed since hides neither
        (0, ["a", "b", "c"], ["resume", "pause", "pause"]),  # the day itself does not count
    )
    for days, keywords, actions in plans:
        morning = TODAY - timedelta(days)
        ledger.open_run(morning, "i", "s")
        ledger.record_published(morning, 1, changes(keywords, actions), "x")
    found = ledger.word_lives(TODAY, current_bids(keyword=["c", "b", "a"]))
    assert found["keyword"].tolist() == ["b", "a"]
    assert (pd.Timestamp(TODAY) - found["dropped_on"]).dt.days.tolist() == [9, 9]
    assert found["reason"].tolist() == ["r x=1", "r x=1"]
    assert found["resumed_on"].isna().tolist() == [False, True]
    assert ledger.word_lives(TODAY, CURRENT_BIDS.empty()).empty


def test_words_of_plans_in_force_on_earlier_days_are_told(ledger: Ledger) -> None:
    def publish(day: int, revision: int, *keywords: str) -> None:
        assert ledger.open_run(TODAY + timedelta(day), str(revision), "s") == revision
        words = KEYWORDS.conform(
            {
                "keyword": list(keywords),
                "kind": ["add", "negative"][: len(keywords)],
                "match_type": "exact",
                "platform": "native",
                "bid": [0.5, np.nan][: len(keywords)],
            }
        )
        plan = Changes(BIDS.empty(), BUDGETS.empty(), words, TITLES.empty())
        ledger.record_published(TODAY + timedelta(day), revision, plan, "abc")

    publish(-2, 1, "甲", "乙")
    publish(-1, 1, "丙")
    publish(-1, 2, "甲")  # in force instead of the first
    publish(0, 1, "丁")
    told = PROPOSED_WORDS.check(ledger.proposed_words(TODAY))
    days = (pd.Timestamp(TODAY) - told["date"]).dt.days
    assert list(zip(days, told["kind"], told["keyword"], strict=True)) == [
        (2, "add", "甲"),
        (2, "negative", "乙"),
        (1, "add", "甲"),
    ]
    publish(-1, 2, "戊")  # written again, it replaces what it stored
    assert ledger.proposed_words(TODAY)["keyword"].tolist() == ["甲", "乙", "戊"]


def test_a_look_at_the_morning_freezes_nothing(ledger: Ledger) -> None:
    bids = current_bids(keyword=["a"], current_bid=[1.0], base_bid=[1.0])
    budgets = CURRENT_BUDGETS.conform({"platform": "native", "campaign_id": ["c"], "current_budget": [9.0]})
    ledger.freeze_bids(TODAY, bids, store=False)
    ledger.freeze_budgets(TODAY, budgets, store=False)
    later = bids.assign(current_bid=2.0, base_bid=2.0)
    assert ledger.freeze_bids(TODAY, later)["current_bid"].tolist() == [2.0]
    assert ledger.freeze_budgets(TODAY, budgets.assign(current_budget=8.0))["current_budget"].tolist() == [
        8.0
    ]
    seen = ledger.freeze_bids(TODAY, bids, store=False)
    assert seen["current_bid"].tolist() == [2.0]
