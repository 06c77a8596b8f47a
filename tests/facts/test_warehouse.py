"""The warehouse: what was known on a morning, whatever arrived when."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from bidopt.domain.errors import ReportError, StoppedError
from bidopt.facts.fact_tables import refuse_future
from bidopt.facts.schemas import (
    CAMPAIGNS,
    CURRENT_BIDS,
    CURRENT_BUDGETS,
    KEYWORD_DAYS,
    KEYWORD_STATES,
    MARKET_TERMS,
    PRODUCT_DAYS,
    PRODUCTS,
    RESTATEMENTS,
    SEARCH_TERM_DAYS,
    STORED,
)
from bidopt.facts.warehouse import Warehouse
from tests.facts.fact_rows import DAY, ago, batch, shop_days, table


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "店铺 'facts'")


def test_an_empty_warehouse_knows_nothing(warehouse: Warehouse) -> None:
    facts = warehouse.known_on(DAY)
    assert all(getattr(facts, schema.name).equals(schema.empty()) for schema in STORED)
    assert warehouse.newest_day() is None
    assert warehouse.batches() == ()


def test_what_is_committed_comes_back_as_it_was_sorted_by_key(warehouse: Warehouse) -> None:
    days = shop_days()
    shuffled = days.sample(frac=1, random_state=1, ignore_index=True)
    assert not warehouse.commit(batch("a", keyword_days=shuffled), DAY).already
    facts = warehouse.known_on(DAY)
    expected = days.sort_values(list(KEYWORD_DAYS.key), ignore_index=True)
    pd.testing.assert_frame_equal(facts.keyword_days, expected)


def test_every_table_keeps_its_schema_and_sees_no_future(warehouse: Warehouse) -> None:
    warehouse.commit(batch("a", keyword_days=shop_days(), products=table(PRODUCTS, {"title": "夏装"})), DAY)
    facts = warehouse.known_on(DAY - timedelta(days=3))
    refuse_future(facts, DAY - timedelta(days=3))
    facts = warehouse.known_on(DAY)
    refuse_future(facts, DAY)
    for schema in (*STORED, RESTATEMENTS, CURRENT_BIDS, CURRENT_BUDGETS):
        schema.check(getattr(facts, schema.name))


def test_the_same_file_is_not_committed_twice(warehouse: Warehouse) -> None:
    days = KEYWORD_DAYS.conform(shop_days().drop(columns="reported_on"))
    warehouse.commit(batch("a", keyword_days=days), DAY)
    assert warehouse.commit(batch("a", keyword_days=days), DAY + timedelta(days=1)).already
    assert len(warehouse.batches()) == 1


def test_a_list_put_back_as_it_was_is_a_new_list(warehouse: Warehouse) -> None:
    bids = {"A": 1.0, "B": 2.0}
    files = {
        name: batch(
            name,
            keyword_states=table(KEYWORD_STATES, {"bid": bid}),
            campaigns=table(CAMPAIGNS, {"daily_budget": bid}),
        )
        for name, bid in bids.items()
    }
    for age, name in ((2, "A"), (1, "B"), (0, "A")):
        morning = ago(age).date()
        assert not warehouse.commit(files[name], morning).already
        assert warehouse.commit(files[name], morning).already
        facts = warehouse.known_on(morning)
        assert facts.current_bids["current_bid"].tolist() == [bids[name]]
        assert facts.current_budgets["current_budget"].tolist() == [bids[name]]
    paths = [p.name for p in warehouse.folder.rglob("*.parquet") if p.parent.parent.name == "campaigns"]
    assert len(set(paths)) == 3
    assert len(warehouse.batches()) == 3


def test_a_list_that_states_its_day_is_not_committed_twice(warehouse: Warehouse) -> None:
    stamped = table(KEYWORD_STATES, {"bid": 1.0, "date": ago(2), "reported_on": ago(2)})
    warehouse.commit(batch("list", keyword_states=stamped), DAY - timedelta(days=1))
    assert warehouse.commit(batch("list", keyword_states=stamped), DAY).already


def test_a_newer_export_replaces_and_never_doubles(warehouse: Warehouse) -> None:
    old, new = shop_days(), shop_days()
    new = new.assign(
        conversions=new["conversions"] + 1, reported_on=pd.Timestamp(DAY).as_unit("s") + pd.Timedelta("1D")
    )
    warehouse.commit(batch("old", keyword_days=old), DAY)
    warehouse.commit(batch("new", keyword_days=new), DAY + timedelta(days=1))
    later = warehouse.known_on(DAY + timedelta(days=1))
    assert len(later.keyword_days) == len(old)
    assert later.keyword_days["conversions"].sum() == new["conversions"].sum()
    assert warehouse.known_on(DAY).keyword_days["conversions"].sum() == old["conversions"].sum()


def test_of_two_reports_of_one_day_the_later_commit_counts(warehouse: Warehouse) -> None:
    row = {"date": ago(1), "clicks": 1.0}
    warehouse.commit(batch("a", keyword_days=table(KEYWORD_DAYS, row)), DAY)
    warehouse.commit(batch("b", keyword_days=table(KEYWORD_DAYS, row | {"clicks": 2.0})), DAY)
    assert warehouse.known_on(DAY).keyword_days["clicks"].tolist() == [2.0]
    assert warehouse.known_on(DAY).restatements.empty


def test_a_row_keeps_the_report_day_it_states(warehouse: Warehouse) -> None:
    rows = table(KEYWORD_DAYS, {"date": ago(5), "reported_on": ago(4)}, {"date": ago(4)})
    warehouse.commit(batch("a", keyword_days=rows), DAY)
    assert warehouse.known_on(DAY).keyword_days["reported_on"].tolist() == [ago(4), pd.Timestamp(DAY)]
    assert warehouse.known_on(ago(1).date()).keyword_days["date"].tolist() == [ago(5)]
    assert warehouse.reported_later(ago(1).date()) == 1
    assert warehouse.reported_later(DAY) == 0
    assert warehouse.reported_later(ago(9).date()) == 2


def test_days_not_over_at_the_report_day_are_known_the_morning_after_them(warehouse: Warehouse) -> None:
    rows = table(KEYWORD_DAYS, *({"date": ago(age), "clicks": 1.0} for age in (2, 1, 0, -1)))
    warehouse.commit(batch("a", keyword_days=rows), DAY)
    stored = warehouse.known_on(DAY + timedelta(days=9)).keyword_days
    assert stored["reported_on"].tolist() == [ago(0), ago(0), ago(-1), ago(-2)]
    assert warehouse.known_on(DAY).keyword_days["date"].tolist() == [ago(2), ago(1)]
    assert warehouse.reported_later(DAY) == 2
    assert warehouse.known_on(DAY + timedelta(days=1)).keyword_days["date"].max() == ago(0)


def test_a_row_that_states_a_report_day_before_its_day_ended_is_refused_by_name(warehouse: Warehouse) -> None:
    rows = table(
        KEYWORD_DAYS, {"date": ago(1)}, {"date": ago(0), "keyword": "今天的词", "reported_on": ago(0)}
    )
    with pytest.raises(ReportError, match=r"a\.csv.*关键词报表.*共 1 行.*2026-03-01.*今天的词"):
        warehouse.commit(batch("a", keyword_days=rows), DAY)
    with pytest.raises(ReportError, match="没有日期"):
        warehouse.commit(batch("b", keyword_days=table(KEYWORD_DAYS, {"clicks": 1.0})), DAY)
    assert warehouse.batches() == ()


def test_keyword_lists_take_the_report_day_and_are_seen_the_same_morning(warehouse: Warehouse) -> None:
    warehouse.commit(batch("list", keyword_states=table(KEYWORD_STATES, {"bid": 1.5})), DAY)
    assert warehouse.known_on(DAY).keyword_states["date"].tolist() == [pd.Timestamp(DAY)]
    assert warehouse.known_on(DAY).current_bids["current_bid"].tolist() == [1.5]
    assert warehouse.known_on(ago(1).date()).keyword_states.empty
    assert warehouse.newest_day() is None


def test_snapshots_keep_the_newest_row_of_each_key(warehouse: Warehouse) -> None:
    old = table(CAMPAIGNS, {"daily_budget": 10.0}, {"campaign_id": "c2", "daily_budget": 5.0})
    warehouse.commit(batch("new", campaigns=table(CAMPAIGNS, {"daily_budget": 20.0})), DAY)
    warehouse.commit(batch("old", campaigns=old), ago(5).date())
    terms = table(MARKET_TERMS, {"term": "浴桶", "date": pd.NaT})
    warehouse.commit(batch("terms", market_terms=terms), DAY)
    facts = warehouse.known_on(DAY)
    assert facts.campaigns["daily_budget"].tolist() == [20.0, 5.0]
    assert warehouse.known_on(ago(1).date()).campaigns["daily_budget"].tolist() == [10.0, 5.0]
    assert facts.market_terms["date"].isna().tolist() == [True]


def test_only_the_days_of_the_window_are_read(warehouse: Warehouse) -> None:
    warehouse.commit(batch("a", keyword_days=shop_days(days=40)), DAY)
    assert warehouse.known_on(DAY, window_days=7).keyword_days["date"].min() == ago(7)


def test_products_are_named_where_an_ad_group_has_one(warehouse: Warehouse) -> None:
    rows = table(KEYWORD_DAYS, {"date": ago(1), "bid": 1.0}, product_id="")
    warehouse.commit(batch("targeting", keyword_days=rows), DAY)
    warehouse.commit(batch("products", product_days=table(PRODUCT_DAYS, {"date": ago(1)})), DAY)
    facts = warehouse.known_on(DAY)
    assert facts.keyword_days["product_id"].tolist() == ["p1"]
    assert facts.current_bids["product_id"].tolist() == ["p1"]


def test_match_types_are_named_where_the_newest_list_has_one(warehouse: Warehouse) -> None:
    days = table(
        KEYWORD_DAYS,
        *({"date": ago(2), "keyword": word, "clicks": 5.0, "cost": 4.0} for word in ("一种", "两种")),
        {"date": ago(1), "keyword": "一种", "match_type": "exact", "clicks": 1.0},
    )
    terms = table(SEARCH_TERM_DAYS, {"date": ago(2), "keyword": "一种", "search_term": "裙"})
    listed = [("一种", "exact"), ("两种", "exact"), ("两种", "broad")]
    states = table(KEYWORD_STATES, *({"keyword": k, "match_type": m} for k, m in listed))
    warehouse.commit(batch("old", keyword_states=states.assign(match_type="phrase").head(1)), ago(3).date())
    warehouse.commit(batch("days", keyword_days=days, search_term_days=terms), DAY)
    warehouse.commit(batch("list", keyword_states=states), DAY)
    facts = warehouse.known_on(DAY)
    assert facts.search_term_days["match_type"].tolist() == ["exact"]
    found = facts.keyword_days[["keyword", "match_type"]].drop_duplicates().to_numpy().tolist()
    assert found == [["一种", "exact"], ["两种", ""]]
    base = facts.current_bids.set_index(["keyword", "match_type"])["base_bid"]
    assert base["一种", "exact"] == pytest.approx(0.8)
    assert base["两种"].isna().all()


def test_restatements_pair_consecutive_reports_of_the_same_rows(warehouse: Warehouse) -> None:
    def report(days_ago: int, **conversions: float) -> pd.DataFrame:
        rows = [{"date": ago(10), "keyword": k, "conversions": v} for k, v in conversions.items()]
        return table(KEYWORD_DAYS, *rows, reported_on=ago(days_ago))

    warehouse.commit(batch("third", keyword_days=report(2, a=5.0, b=2.0)), DAY)
    warehouse.commit(batch("first", keyword_days=report(9, a=1.0, b=1.0, c=7.0)), DAY)
    warehouse.commit(batch("second", keyword_days=report(7, a=3.0, b=float("nan"))), DAY)
    warehouse.commit(
        batch("other days", keyword_days=table(KEYWORD_DAYS, {"date": ago(3), "conversions": 4.0})), DAY
    )
    expected = pd.DataFrame(
        {
            "platform": "native",
            "age_from": [1.0, 1.0, 3.0],
            "age_to": [3.0, 8.0, 8.0],
            "conversions_from": [1.0, 1.0, 3.0],
            "conversions_to": [3.0, 2.0, 5.0],
        }
    )
    pd.testing.assert_frame_equal(warehouse.known_on(DAY).restatements, RESTATEMENTS.conform(expected))
    early = warehouse.known_on(ago(7).date()).restatements
    assert early[["age_from", "age_to"]].to_numpy().tolist() == [[1.0, 3.0]]


def test_batches_tell_what_was_committed(warehouse: Warehouse) -> None:
    warehouse.commit(batch("a", window=14, keyword_days=shop_days(days=3, keywords=2)), DAY)
    (info,) = warehouse.batches()
    assert (info.seq, info.source, info.rows, info.tables) == (0, "a.csv", 6, {"keyword_days": 6})
    assert (info.first_day, info.last_day, info.attribution_window) == (ago(3).date(), ago(1).date(), 14)
    assert warehouse.newest_day() == ago(1).date()


def test_attribution_windows_are_those_of_the_batches_in_sight(warehouse: Warehouse) -> None:
    for name, day, window in (("a", 1, 14), ("b", 2, 7), ("c", 200, 30)):
        rows = table(KEYWORD_DAYS, {"date": ago(day)})
        warehouse.commit(
            batch(name, window=window, keyword_days=rows), DAY if day > 1 else DAY + timedelta(days=1)
        )
    assert warehouse.attribution_windows(DAY) == {"native": (7,)}
    assert warehouse.attribution_windows(DAY + timedelta(days=1)) == {"native": (7, 14)}
    assert warehouse.known_on(DAY).attribution_windows == {"native": 7}
    assert warehouse.known_on(DAY + timedelta(days=1)).attribution_windows == {"native": 14}


def test_the_fingerprint_follows_the_order_only_where_it_matters(tmp_path: Path) -> None:
    day = {name: table(KEYWORD_DAYS, {"date": ago(d)}) for name, d in (("a", 1), ("b", 2), ("c", 1))}

    def fingerprint(*names: str, on: date = DAY) -> str:
        warehouse = Warehouse(tmp_path / "".join((*names, str(on))))
        for name in names:
            warehouse.commit(batch(name, keyword_days=day[name]), DAY)
        return warehouse.fingerprint(on)

    assert fingerprint("a", "b") == fingerprint("b", "a")
    assert fingerprint("a", "c") != fingerprint("c", "a")
    assert fingerprint("a") != fingerprint("a", "b")
    assert fingerprint("a", on=ago(1).date()) == fingerprint(on=ago(1).date())


def test_the_order_of_lists_of_one_day_matters_and_of_other_days_does_not(tmp_path: Path) -> None:
    lists = {name: table(KEYWORD_STATES, {"bid": bid}) for name, bid in (("a", 1.0), ("b", 2.0))}

    def fingerprint(*made: tuple[str, int]) -> str:
        warehouse = Warehouse(tmp_path / repr(made))
        for name, age in made:
            warehouse.commit(batch(name, keyword_states=lists[name]), ago(age).date())
        return warehouse.fingerprint(DAY)

    assert fingerprint(("a", 1), ("b", 0)) == fingerprint(("b", 0), ("a", 1))
    assert fingerprint(("a", 0), ("b", 0)) != fingerprint(("b", 0), ("a", 0))
    assert fingerprint(("a", 1), ("b", 1), ("a", 0)) != fingerprint(("b", 1), ("a", 1), ("a", 0))


def test_nothing_outside_the_facts_folder_can_be_read(warehouse: Warehouse) -> None:
    outside = Path("/etc/hostname") if Path("/etc/hostname").exists() else Path(__file__)
    traversal = f"{warehouse.folder}/../../../../../../../..{outside}"
    for sql, values in (
        ("SELECT content FROM read_text($path)", {"path": str(outside)}),
        ("SELECT * FROM read_csv($path)", {"path": str(outside)}),
        ("SELECT content FROM read_text($path)", {"path": traversal}),
        ("SELECT * FROM glob('/*')", {}),
        ("SET enable_external_access = true", {}),
        ("INSTALL httpfs", {}),
    ):
        with pytest.raises(StoppedError):
            warehouse._reader.tables([(sql, values)])


class TestDamage:
    @pytest.fixture
    def manifest(self, warehouse: Warehouse) -> Path:
        warehouse.commit(batch("a", keyword_days=shop_days(days=3)), DAY)
        return warehouse.folder / "manifest.json"

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1, "batches": [{}]}', b"\xff\xfe"])
    def test_a_damaged_manifest_is_named(self, warehouse: Warehouse, manifest: Path, content: bytes) -> None:
        manifest.write_bytes(content)
        with pytest.raises(StoppedError, match=r"manifest\.json 已损坏"):
            warehouse.known_on(DAY)

    def test_a_newer_manifest_is_refused_and_left_alone(self, warehouse: Warehouse, manifest: Path) -> None:
        newer = json.dumps({"version": 99, "anything": 1})
        manifest.write_text(newer, encoding="utf-8")
        with pytest.raises(StoppedError, match=r"99(.|\n)*升级"):
            warehouse.commit(batch("b", keyword_days=shop_days(days=3)), DAY)
        assert manifest.read_text(encoding="utf-8") == newer

    def test_a_missing_or_cut_or_garbled_file_is_named(self, warehouse: Warehouse, manifest: Path) -> None:
        file = next(manifest.parent.rglob("*.parquet"))
        whole = file.read_bytes()
        file.write_bytes(whole[:-10])
        with pytest.raises(StoppedError, match=f"{file.name} 大小"):
            warehouse.known_on(DAY)
        file.write_bytes(b"x" * len(whole))
        with pytest.raises(StoppedError, match=f"{file.name}(.|\n)*备份"):
            warehouse.known_on(DAY)
        file.unlink()
        with pytest.raises(StoppedError, match=f"{file.name} 不见了"):
            warehouse.known_on(DAY)
