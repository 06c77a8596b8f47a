"""Who is dropped, who is extended and why, and what condemns nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bidopt.decisions.allocation.learning_bidder import LearningBidder
from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.decisions.pruning.trusted_bid import trusted_bids
from bidopt.decisions.pruning.word_record import word_record
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import decode, render_both
from bidopt.guardrails.guardrail import spared
from tests.conftest import AS_OF, FactsOf
from tests.decisions.pruning.conftest import NEVER, SELLS, Row, decide, evidence_of, offer_changed

GOODS = ("陶瓷水杯", "保温饭盒", "羊毛围巾", "儿童雨伞", "不锈钢锅", "竹编收纳", "亚麻窗帘", "护眼台灯")
FEW = {**NEVER, "impressions": 50.0, "clicks": 2.0, "cost": 2.0}
SILENT = {**NEVER, "impressions": 0.0, "clicks": 0.0, "cost": 0.0}


def shown(keyword: str, days: int = 30, row: Row | None = None) -> list[Mapping[str, Any]]:
    return [{**SELLS, "keyword": keyword, "age": age, **(row or {})} for age in range(1, days + 1)]


def shop(*more: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Eight words that sell, and the words to be judged."""
    return [row for words in ([shown(word) for word in GOODS], more) for rows in words for row in rows]


def dropped(draft: Draft) -> dict[str, str]:
    found = draft.drops[draft.drops["reason"] != ""]
    return {word: decode(reason)[0] for word, reason in zip(found["keyword"], found["reason"], strict=True)}


def state(draft: Draft, word: str) -> tuple[str, dict[str, float]]:
    return decode(draft.bids.loc[draft.bids["keyword"] == word, "state"].iloc[0])


def test_a_word_that_spends_and_never_sells_is_dropped_with_its_numbers(facts_of: FactsOf) -> None:
    draft = decide(evidence_of(facts_of(shop(shown("图片素材", 30, NEVER)))))
    assert dropped(draft) == {"图片素材": "spent_without_order"}
    reason = draft.drops.loc[draft.drops["reason"] != "", "reason"].iloc[0]
    numbers = decode(reason)[1]
    assert numbers["clicks"] == 1200
    assert numbers["doubt"] < 0.03
    zh, en = render_both(reason, TestAndPrune.reasons)
    assert "1200 次点击没有一单" in zh
    assert "1200 clicks and no order" in en


def test_ten_clicks_without_an_order_are_no_verdict(facts_of: FactsOf) -> None:
    """The literal rule drops this word; 60 % of words that convert at 5 % look like it."""
    few = shown("折叠躺椅", 5, FEW)
    draft = decide(evidence_of(facts_of(shop(few))))
    assert dropped(draft) == {}
    code, numbers = state(draft, "折叠躺椅")
    assert code == "first_order"
    assert numbers["needed"] > 20
    assert numbers["days"] >= numbers["needed"] / 3
    assert numbers["cost"] == pytest.approx(numbers["needed"], rel=0.2)  # a click costs about 1


def test_a_cheap_word_that_pays_but_for_its_first_order_is_told_to_wait_for_it(facts_of: FactsOf) -> None:
    cheap = {**FEW, "clicks": 1.0, "cost": 0.05, "bid": 0.05}
    code, numbers = state(decide(evidence_of(facts_of(shop(shown("折叠躺椅", 6, cheap))))), "折叠躺椅")
    assert code == "first_order"
    assert numbers["worth"] >= TestAndPrune().graduate_at
    assert numbers["needed"] > 1


def test_clicks_whose_sales_no_report_tells_are_not_waited_for(facts_of: FactsOf) -> None:
    silent = {**FEW, "clicks": 40.0, "cost": 40.0, "conversions": np.nan, "revenue": np.nan}
    code, _ = state(decide(evidence_of(facts_of(shop(shown("折叠躺椅", 6, silent))))), "折叠躺椅")
    assert code in {"undecided", "first_order"}


def test_words_of_people_who_look_are_judged_sooner_and_the_reason_says_so(facts_of: FactsOf) -> None:
    """The same clicks without an order say more of a search for pictures than of a search for goods."""
    some = {**FEW, "clicks": 4.0, "cost": 4.0}
    rows = [*shown("羊毛毯子", 20, some), *shown("羊毛毯子图片", 20, some), *shown("保温壶图片", 20, some)]
    draft = decide(evidence_of(facts_of(shop(rows))))
    assert dropped(draft) == dict.fromkeys(["羊毛毯子图片", "保温壶图片"], "lookers_hardly_pay")
    reasons = draft.drops.set_index("keyword")["reason"]
    zh, en = render_both(reasons["保温壶图片"], TestAndPrune.reasons)
    assert "不是来买的" in zh
    assert "80 clicks" in en


def test_a_word_that_sells_graduates(facts_of: FactsOf) -> None:
    code, numbers = state(decide(evidence_of(facts_of(shop()))), "陶瓷水杯")
    assert code == "graduated"
    assert numbers["worth"] > 0.95
    assert numbers["orders"] == 60


def test_a_new_word_is_in_test_and_its_end_is_told(facts_of: FactsOf) -> None:
    draft = decide(evidence_of(facts_of(shop(shown("图片素材", 2, NEVER)))))
    code, numbers = state(draft, "图片素材")
    assert code == "testing"
    assert (numbers["month"], numbers["date"]) == (11, 22)
    assert dropped(draft) == {}


def test_a_listed_word_without_a_day_is_a_candidate(facts_of: FactsOf) -> None:
    listed = [{"keyword": "新词", "seen": 0, "status": "enabled", "bid": 1.0}]
    assert state(decide(evidence_of(facts_of(shop(), states=listed))), "新词")[0] == "candidate"


def test_nobody_is_condemned_without_stock(facts_of: FactsOf) -> None:
    rows = shop(shown("图片素材", 30, NEVER))
    draft = decide(evidence_of(facts_of(rows, products=[{"stock": 0.0}])))
    assert dropped(draft) == {}
    assert state(draft, "图片素材")[0] == "waits_for_stock"


def test_a_new_price_or_title_gets_its_chance(facts_of: FactsOf) -> None:
    facts = facts_of(shop(shown("图片素材", 30, NEVER)))

    def changed(days_ago: int) -> Draft:
        return decide(evidence_of(offer_changed(facts, days_ago)))

    assert dropped(changed(2)) == {}
    assert state(changed(2), "图片素材") == ("waits_for_offer", {"days": 2})
    assert dropped(changed(7)) == {"图片素材": "spent_without_order"}


def test_a_paused_word_is_neither_judged_nor_tested(facts_of: FactsOf) -> None:
    draft = decide(evidence_of(facts_of(shop(shown("图片素材", 30, {**NEVER, "status": "paused"})))))
    assert dropped(draft) == {}
    assert draft.bids.loc[draft.bids["keyword"] == "图片素材", "state"].iloc[0] == ""


def test_days_on_which_the_money_ran_out_are_no_days_of_the_test(facts_of: FactsOf) -> None:
    """The campaign spends its budget to the last cent every day: nobody knows what the silent word missed."""
    rows = shop(shown("杯子套", 30, SILENT))
    short = decide(evidence_of(facts_of(rows, campaigns=[{"daily_budget": 320.0}])))
    ample = decide(evidence_of(facts_of(rows, campaigns=[{"daily_budget": 900.0}])))
    policy = TestAndPrune.model_validate({"no_impressions": {"highest_raise": 0.0}})
    assert state(short, "杯子套")[0] in {"candidate", "raise_first"}
    assert state(ample, "杯子套")[0] != "candidate"
    evidence = evidence_of(facts_of(rows, campaigns=[{"daily_budget": 320.0}]))
    assert dropped(decide(evidence, policy)) == {}


def test_a_silent_word_is_dropped_only_where_no_raise_would_help(facts_of: FactsOf) -> None:
    rows = shop(shown("杯子套", 30, {**SILENT, "bid": 0.2}))
    evidence = evidence_of(facts_of(rows))
    draft = decide(evidence)
    code, numbers = state(draft, "杯子套")
    assert code == "raise_first"
    assert numbers["bid"] == pytest.approx(0.2)
    assert numbers["most"] > 0.2
    assert dropped(draft) == {}
    capped = TestAndPrune.model_validate({"no_impressions": {"highest_raise": 0.0}})
    assert dropped(decide(evidence, capped)) == {"杯子套": "nobody_searches"}
    low = evidence_of(facts_of(shop(shown("杯子套", 30, {**SILENT, "bid": 0.2, "quality_score": 3.0}))))
    assert dropped(decide(low, capped)) == {"杯子套": "score_hides_it"}


def test_the_days_before_an_event_condemn_no_word(facts_of: FactsOf) -> None:
    """Buyers wait: today's value per click is low, the word is not."""
    evidence = evidence_of(facts_of(shop()))
    waiting = replace(
        evidence, value_per_click=evidence.value_per_click.scaled(0.3), conversion_today=float(np.log(0.3))
    )
    np.testing.assert_array_equal(
        decide(waiting).bids["state"].str.split(" ").str[0],
        decide(evidence).bids["state"].str.split(" ").str[0],
    )


def test_a_low_score_alone_condemns_nobody(facts_of: FactsOf) -> None:
    assert dropped(decide(evidence_of(facts_of(shop(shown("玻璃花瓶", 30, {"quality_score": 3.0})))))) == {}


def test_a_word_that_is_seen_and_not_clicked_is_dropped_unless_it_stands_far_down(facts_of: FactsOf) -> None:
    unseen = {**NEVER, "impressions": 1000.0, "clicks": 2.0, "cost": 2.0}
    rows = shop(shown("图片素材", 4, unseen))
    assert dropped(decide(evidence_of(facts_of(rows)))) == {"图片素材": "seldom_clicked"}
    top = [{**row, "average_rank": 1.0} for row in shop()]
    bottom = [
        {**row, "average_rank": 9.0}
        for word in ("图片素材", "羽绒背心", "瑜伽垫子", "木质相框", "电动牙刷")
        for row in shown(word, 4, {**unseen, "conversions": 0.1, "revenue": 10.0})
    ]
    assert dropped(decide(evidence_of(facts_of([*top, *bottom])))) == {}


def test_of_two_words_in_another_order_the_more_clicked_stays(facts_of: FactsOf) -> None:
    twin = shown("水杯陶瓷", 10, {"clicks": 10.0, "cost": 10.0, "conversions": 0.1, "revenue": 10.0})
    rows = shop(twin)
    assert dropped(decide(evidence_of(facts_of(rows)))) == {"水杯陶瓷": "duplicate_word"}
    exact = [{**row, "match_type": "exact"} for row in rows]
    assert dropped(decide(evidence_of(facts_of(exact)))) == {}


def test_words_that_have_not_shown_that_they_pay_get_no_higher_bid(facts_of: FactsOf) -> None:
    """A shop far above its target raises all bids, but for those of words it does not know yet."""
    rows = [{**row, "bid": 0.4, "cost": 8.0} for row in shop()]
    evidence = evidence_of(facts_of([*rows, *shown("折叠躺椅", 5, {**FEW, "bid": 0.4})]))

    def raised(**fields: float) -> set[str]:
        situation = Situation(AS_OF, Goals(daily_budget=1e4), evidence, keep_everything(evidence))
        situation = situation.with_draft(TestAndPrune.model_validate(fields).decide(situation))
        bids = LearningBidder(trial_share=0.0).decide(situation).bids
        return set(bids.loc[(bids["action"] == "set_bid") & (bids["bid"] > bids["current_bid"]), "keyword"])

    assert raised(raise_from=0.1, raise_unsold_from=0.0) == {*GOODS, "折叠躺椅"}
    assert raised(raise_unsold_from=0.99) == set(GOODS)
    assert raised(raise_from=0.0, raise_unsold_from=0.99) == {*GOODS, "折叠躺椅"}  # no line at all


def test_the_trusted_bid_is_drawn_at_the_new_price_and_falls_with_the_chance_asked_for(
    facts_of: FactsOf,
) -> None:
    """Cheap as they are, all words pay nearly for sure; four times as dear they hardly would."""
    rows = [{**row, "bid": 0.4, "cost": 8.0} for row in shop()]
    few = {**FEW, "cost": 0.4, "bid": 0.4}
    evidence = evidence_of(facts_of([*rows, *shown("折叠躺椅", 5, few), *shown("图片素材", 5, SILENT)]))
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    names = evidence.keywords["keyword"].tolist()

    def most(chance: float, unsold: float | None = None) -> dict[str, float]:
        unsold = chance if unsold is None else unsold
        draft = TestAndPrune(raise_from=chance, raise_unsold_from=unsold).decide(situation)
        assert draft.trusted_bids is not None
        return dict(zip(names, draft.trusted_bids.tolist(), strict=True))

    lax, strict = most(0.5), most(0.95)
    assert all(strict[name] <= lax[name] for name in names)
    assert 0.4 <= strict["折叠躺椅"] < lax["折叠躺椅"]
    assert strict["图片素材"] == np.inf  # never clicked: free to find the market
    assert most(0.95, unsold=0.5) == strict  # nothing sold is no reason to ask for less
    assert set(most(0.0, unsold=0.95).values()) == {np.inf}


def test_a_word_is_trusted_up_to_the_very_price_that_it_pays_for(facts_of: FactsOf) -> None:
    """However little above the bid in force that is: a word that may rise 9 % rises 9 %."""
    rows = [{**row, "bid": 0.4, "cost": 8.0} for row in shop()]
    evidence = evidence_of(facts_of([*rows, *shown("折叠躺椅", 5, {**FEW, "cost": 0.4, "bid": 0.4})]))
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    response, record = evidence.response, word_record(situation, price_share=1.0)
    word = evidence.keywords["keyword"].tolist().index("折叠躺椅")
    for raised in (1.03, 1.09, 1.3):
        bids = response.base_bid * raised
        price = response.cost_at(bids) / response.clicks_at(bids)
        chance = float(record.value.chance_of(price * situation.goals.target_roas)[word])
        most = trusted_bids(situation, record, price_share=1.0, raise_from=chance, raise_unsold_from=chance)
        assert most[word] == pytest.approx(bids[word], rel=0.001)


def test_rules_can_be_switched_off(facts_of: FactsOf) -> None:
    off = {name: {"enabled": False} for name in ("spend_without_sales", "poor_value", "low_quality_score")}
    evidence = evidence_of(facts_of(shop(shown("图片素材", 30, NEVER))))
    assert dropped(decide(evidence, TestAndPrune.model_validate(off))) == {}


def test_more_orders_never_condemn(facts_of: FactsOf) -> None:
    """As the orders of a word grow, the chance that it pays does too."""
    worth = [
        state(
            decide(
                evidence_of(
                    facts_of(shop(shown("折叠躺椅", 20, {"conversions": k / 20, "revenue": 5.0 * k})))
                )
            ),
            "折叠躺椅",
        )
        for k in (0, 2, 8)
    ]
    chances = [numbers.get("worth", np.nan) for _, numbers in worth]
    assert chances == sorted(chances)


def test_the_account_hears_how_far_its_tests_have_come(facts_of: FactsOf) -> None:
    rows = shop(shown("图片素材", 30, NEVER), shown("折叠躺椅", 5, FEW))
    notes = dict(
        decode(note)
        for note in decide(evidence_of(facts_of(rows, campaigns=[{"daily_budget": 400.0}]))).notes
    )
    assert set(notes) == {"test_funnel", "drops_save", "test_budget"}
    assert notes["test_funnel"]["running"] == 10
    assert notes["test_funnel"]["judged"] == notes["test_funnel"]["passed"] + notes["test_funnel"]["dropped"]
    assert notes["test_funnel"]["dropped"] == 1
    saved = notes["drops_save"]
    assert saved["low"] < saved["saved"] < saved["high"]
    assert saved["saved"] == pytest.approx(7 * 40, rel=0.3)
    assert notes["test_budget"]["money"] == pytest.approx(80)
    assert 0 < notes["test_budget"]["cost"] < 200  # the first order ends a test


def test_a_shop_without_words_has_nothing_to_test(facts_of: FactsOf) -> None:
    draft = decide(evidence_of(facts_of([])))
    assert draft.bids.empty
    assert draft.notes == ()


def test_a_condemned_word_has_a_state_that_also_reads_right_if_a_limit_spares_it(facts_of: FactsOf) -> None:
    draft = decide(evidence_of(facts_of(shop(shown("图片素材", 30, NEVER)))))
    reason = draft.drops.loc[draft.drops["keyword"] == "图片素材", "reason"].iloc[0]
    assert draft.bids.loc[draft.bids["keyword"] == "图片素材", "state"].iloc[0] == reason
    assert (
        state(spared(draft, np.ones(len(draft.drops), dtype=bool), "x"), "图片素材")[0]
        == "spent_without_order"
    )
    assert isinstance(draft.bids["state"].dtype, pd.StringDtype)
