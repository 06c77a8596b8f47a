"""A look at a morning sees what earlier plans did, as a run would, and leaves no trace."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bidopt.decisions.draft import keep_everything
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.earlier_plans import facts_as_seen
from bidopt.jobs.import_reports import import_inbox
from bidopt.jobs.run_day import run_day
from bidopt.jobs.shop import Shop, open_shop
from bidopt.ledger.ledger import Ledger
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet

TOMORROW = AS_OF + timedelta(days=1)
HEADER = "date,campaign_id,product_id,keyword,impressions,clicks,cost,conversions,revenue,bid"


def report(shop: Shop, *rows: str) -> None:
    (shop.inbox / "keyword_days.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")


def test_a_word_that_a_plan_dropped_counts_as_paused_until_it_is_seen_again(tmp_path: Path) -> None:
    (tmp_path / "s" / "inbox").mkdir(parents=True)
    (tmp_path / "s" / "shop.yaml").write_text(
        "shop: s\nguardrails: {share_dropped: {cost_share: 1.0}}\n", encoding="utf-8"
    )
    shop = open_shop(tmp_path / "s")
    days = [AS_OF - timedelta(days=back) for back in range(1, 15)]
    good, bad = (
        [f"{day},c,p,{word},1000,60,60,{sold},1" for day in days]
        for word, sold in (("好词", "20,2000"), ("坏词", "0,0"))
    )
    report(shop, *good, *bad)
    run_day(shop, AS_OF, quiet)
    report(shop, f"{AS_OF},c,p,好词,1000,60,60,20,2000,1", *good)
    import_inbox(shop, TOMORROW, quiet)
    facts = Warehouse(shop.facts).known_on(TOMORROW)
    seen = facts_as_seen(facts, shop.ledger, TOMORROW).current_bids.set_index("keyword")
    assert seen["status"].to_dict() == {"好词": "", "坏词": "paused"}
    later = TOMORROW + timedelta(days=1)
    with Ledger(shop.ledger) as ledger:
        again = keep_everything(gather(facts, TOMORROW, EvidenceSettings())).settled()
        bids = again.bids.assign(action=again.bids["action"].mask(again.bids["keyword"] == "坏词", "resume"))
        revision = ledger.open_run(TOMORROW, "inputs", "settings")
        ledger.record_published(TOMORROW, revision, again.with_bids(bids), "plan")
    report(shop, f"{TOMORROW},c,p,好词,1000,60,60,20,2000,1", *good)
    import_inbox(shop, later, quiet)
    facts = Warehouse(shop.facts).known_on(later)
    seen = facts_as_seen(facts, shop.ledger, later).current_bids.set_index("keyword")
    assert seen["status"].to_dict() == {"好词": "", "坏词": "paused"}  # nobody put it back
    none = tmp_path / "no_ledger.sqlite"
    assert facts_as_seen(facts, none, TOMORROW) is facts
    assert not none.exists()
