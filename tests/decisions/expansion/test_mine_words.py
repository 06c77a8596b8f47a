"""New words: what is worth a test, what is never claimed, and what limits them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bidopt.decisions.expansion.buyers_order import buyers_order
from bidopt.decisions.expansion.combinations import combine, company
from bidopt.decisions.expansion.mine import mine_of
from bidopt.decisions.expansion.mine_words import MineWords
from bidopt.decisions.expansion.negative_words import NegativeWords
from bidopt.decisions.expansion.product_claims import Product
from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.policy import Situation
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import render_both
from bidopt.facts.schemas import PRODUCTS
from bidopt.guardrails.bid_range import BidRange
from bidopt.text.dictionary import Dictionary, cutter
from bidopt.text.language import Language
from bidopt.text.role_lexicon import RoleLexicon
from bidopt.text.roles import Role, RoleOf
from bidopt.text.segment import Segmenter
from tests.decisions.expansion.shops import situation

MARKET: list[dict[str, Any]] = [
    {"term": term, "low": low, "high": high}
    for term, low, high in (
        ("茶树精油", 5000.0, 10000.0),
        ("祛痘茶树精油", 2000.0, 5000.0),
        ("茶树精油祛痘", 1000.0, 2000.0),
        ("澳洲茶树精油", 500.0, 1000.0),
        ("控油茶树精油", 300.0, 600.0),
        ("茶树精油30ml", 2000.0, 5000.0),
        ("茶树精油10ml", 200.0, 400.0),
        ("欧莱雅茶树精油", 5000.0, 10000.0),
        ("茶树精油美白", 5000.0, 10000.0),
        ("茶树精油酒精", 900.0, 900.0),
        ("玫瑰面霜", 900.0, 900.0),
    )
]


@pytest.fixture(scope="module")
def made() -> Situation:
    return situation(market=MARKET)


def added(made: Situation, **settings: Any) -> pd.DataFrame:  # noqa: ANN401
    table = MineWords(**settings).decide(made).keywords
    assert (table["kind"] == "add").all()
    return table


def test_words_that_buyers_type_and_the_title_supports_are_added(made: Situation) -> None:
    table = added(made, budget_share=1.0)
    assert {"祛痘茶树精油", "澳洲茶树精油", "控油茶树精油", "茶树精油10ml"} <= set(table["keyword"])
    assert (table["product_id"] == "p1").all()
    assert (table["campaign_id"] == "c1").all()
    assert table["bid"].between(0.05, 1.2).all()
    assert (table["expected_revenue"] > 0).all()
    assert all(all(render_both(reason, MineWords.reasons)) for reason in table["reason"])


def test_nothing_is_claimed_that_title_brand_and_category_do_not_support(made: Situation) -> None:
    judged = mine_of(made.evidence).judged.set_index("keyword")["objection"]
    assert judged["欧莱雅茶树精油"] == "rival_brand"
    assert judged["茶树精油美白"] == "unsupported_function"
    assert judged["茶树精油30ml"] == "unsupported_spec"
    assert judged["玫瑰面霜"] == "no_category"
    assert judged["茶树精油酒精"] != ""
    words = " ".join(mine_of(made.evidence).candidates["keyword"])
    assert not any(claim in words for claim in ("欧莱雅", "美白", "30ml", "酒精"))


def test_what_the_title_denies_is_not_supported() -> None:
    product = Product(
        "p", ("茶树", "精油", "无", "添加"), "茶树精油无酒精0添加香精\n\n精油", frozenset({"精油"})
    )
    assert not product.supports("酒精")
    assert not product.supports("香精")
    assert product.supports("树精")
    assert not product.supports("0m")


def test_attributes_support_and_deny_whatever_the_title_says() -> None:
    terms = [
        {"term": term, "low": 900.0, "high": 900.0}
        for term in ("茶树精油美白", "茶树精油30ml", "控油茶树精油")
    ]
    judged = mine_of(
        situation(market=terms, attributes="净含量:30ml;功效:美白;控油:否").evidence
    ).judged.set_index("keyword")["objection"]
    assert judged["茶树精油美白"] == judged["茶树精油30ml"] == ""
    assert judged["控油茶树精油"] == "unsupported_function"


def test_names_beside_a_flagship_store_are_rivals() -> None:
    terms = ("浪鲸旗舰店精油", "浪鲸茶树精油", "ssww精油")
    named: list[dict[str, Any]] = [{"term": term, "low": 50.0, "high": 90.0} for term in terms]
    judged = mine_of(situation(market=MARKET + named).evidence).judged.set_index("keyword")["objection"]
    assert judged["浪鲸茶树精油"] == "rival_brand"
    assert judged["ssww精油"] == "rival_brand"


def test_order_variants_become_one_word_in_its_most_searched_form(made: Situation) -> None:
    row = mine_of(made.evidence).observed.set_index("keyword").loc["祛痘茶树精油"]
    assert row["variants"] == "茶树精油祛痘"
    assert row["volume_low"] == 3000.0
    assert "茶树精油祛痘" not in set(added(made)["keyword"])


def test_what_is_bought_in_any_order_is_not_added() -> None:
    bought = situation(market=MARKET, keywords=("茶树精油", "精油祛痘茶树"))
    assert not {"茶树精油", "祛痘茶树精油"} & set(added(bought)["keyword"])


def test_terms_without_a_volume_count_as_the_least_searched_one() -> None:
    silent: dict[str, Any] = {"term": "单方茶树精油", "low": None, "high": None}
    row = mine_of(situation(market=[*MARKET, silent]).evidence).candidates.set_index("keyword")
    assert row.loc["单方茶树精油", "source"] == "listed"
    assert row.loc["单方茶树精油", "searches"] == pytest.approx(math.sqrt(200.0 * 400.0))


def test_a_market_without_any_volume_is_mined_too() -> None:
    silent = [{**row, "low": None, "high": None} for row in MARKET]
    ranked = MineWords().ranked(situation(market=silent))
    assert "祛痘茶树精油" in set(ranked["keyword"])
    assert {"listed", "combination"} <= set(ranked["source"])
    assert all(all(render_both(reason, MineWords.reasons)) for reason in ranked["reason"])


def test_a_market_of_one_category_is_combined_though_its_word_stands_everywhere() -> None:
    market = [
        {"term": f"茶树精油{word}", "low": 100.0, "high": 200.0}
        for word in ("祛痘", "控油", "进口", "单方", "澳洲")
    ]
    mine = mine_of(situation(market=market, competitors=()).evidence)
    assert len(mine.combined) >= 10


def test_occasions_and_seasons_are_claims_too() -> None:
    named: list[dict[str, Any]] = [
        {"term": term, "low": 50.0, "high": 90.0} for term in ("冬季茶树精油", "酒店茶树精油")
    ]
    judged = mine_of(situation(market=MARKET + named).evidence).judged.set_index("keyword")["objection"]
    assert judged["冬季茶树精油"] == "unsupported_season"
    assert judged["酒店茶树精油"] == "unsupported_occasion"


def test_money_the_day_and_the_ad_group_limit_the_words(made: Situation) -> None:
    every = added(made, budget_share=1.0)
    assert len(every) > 3
    assert len(added(made, most_per_day=2)) == 2
    tight = added(made, budget_share=0.01)
    assert tight["expected_cost"].sum() <= 5.0
    assert len(added(made, platforms={"native": WordLimits(keywords=4)})) == 1
    assert added(made, platforms={"native": WordLimits(characters=3)}).empty


def test_a_dear_word_is_not_worth_a_test(made: Situation) -> None:
    dear = situation(
        market=[{**row, "cpc": 80.0 if row["term"] == "澳洲茶树精油" else 0.8} for row in MARKET]
    )
    assert "澳洲茶树精油" in set(MineWords().ranked(made)["keyword"])
    assert "澳洲茶树精油" not in set(MineWords().ranked(dear)["keyword"])


def test_the_blue_ocean_filter_keeps_words_with_few_rivals() -> None:
    crowded = situation(
        market=[{**row, "rivals": 1e6 if row["term"] == "澳洲茶树精油" else 10.0} for row in MARKET]
    )
    assert "澳洲茶树精油" in set(added(crowded)["keyword"])
    assert "澳洲茶树精油" not in set(added(crowded, least_per_rival=1.0)["keyword"])


def test_a_search_term_that_sold_is_bought_by_itself() -> None:
    typed = [{"search_term": "单方茶树精油", "clicks": 20.0, "conversions": 3.0}]
    table = added(situation(searched=typed))
    row = table[table["keyword"] == "单方茶树精油"]
    assert [reason.split()[0] for reason in row["reason"]] == ["new_search_term"]


def test_a_word_added_today_is_not_blocked_today() -> None:
    typed = [
        {"search_term": f"澳洲茶树精油{word}", "clicks": 60.0, "conversions": 0.0}
        for word in ("图片", "怎么用")
    ]
    made = situation(searched=typed, market=MARKET)
    draft = MineWords().decide(made)
    both = NegativeWords().decide(made.with_draft(draft)).keywords
    assert "澳洲茶树精油" in set(both.loc[both["kind"] == "add", "keyword"])
    assert "澳洲" not in set(both.loc[both["kind"] == "negative", "keyword"])


def test_combinations_hold_only_roots_that_go_together() -> None:
    terms = [
        (("茶树", "精油"), 900.0),
        (("祛痘", "精油"), 500.0),
        (("面霜", "保湿"), 300.0),
        (("面霜",), 400.0),
    ]
    known = company(terms, [("祛痘", "精油", "10ml"), ("保湿", "面霜")])
    assert known.belong("祛痘", "精油")
    assert not known.belong("保湿", "精油")
    assert known.volume("精油", ("祛痘",)) <= 300.0
    assert known.volume("面膜", ("祛痘",)) == 0.0


def test_combinations_use_each_set_of_words_once(made: Situation) -> None:
    mine = mine_of(made.evidence)
    found = [
        frozenset(words)
        for words, _ in combine(mine.products[0], mine.company, mine.order, mine.language, 50)
    ]
    assert found
    assert len(found) == len(set(found))
    assert not set(mine.combined["folded"]) & set(mine.observed["folded"])


def test_first_bids_keep_the_shops_floor_and_ceiling(made: Situation) -> None:
    draft = MineWords().decide(made)
    assert (draft.keywords["bid"] > 0.3).any()
    held = BidRange(ceiling=0.3).apply(draft, made).keywords
    assert (held["bid"] == 0.3).all()
    assert BidRange().apply(draft, made).keywords.equals(draft.keywords)


def test_nothing_is_added_without_market_money_or_leave() -> None:
    made = situation()
    assert MineWords().decide(made) is made.draft
    assert MineWords(most_per_day=0).decide(made) is made.draft


def test_profit_counts_the_margin(made: Situation) -> None:
    goals = Goals(objective="profit", target_roas=2.0, gross_margin=0.05, daily_budget=500.0)
    thin = Situation(made.as_of, goals, made.evidence, made.draft)
    assert len(added(thin)) < len(added(made))


def test_without_a_budget_it_is_said_why_nothing_is_added() -> None:
    made = situation(market=MARKET, budget=None)
    poor = replace(
        made,
        evidence=replace(made.evidence, campaigns=made.evidence.campaigns.assign(current_budget=math.nan)),
    )
    draft = MineWords().decide(poor)
    assert draft.keywords.empty
    (note,) = draft.notes
    assert note.split()[0] == "no_budget_for_words"
    assert "daily_budget" in render_both(note, MineWords.reasons)[0]


def test_without_a_product_table_no_word_is_called_a_rivals_brand(made: Situation) -> None:
    words = replace(made.evidence.words, products=PRODUCTS.empty())
    judged = mine_of(replace(made.evidence, words=words)).judged
    assert len(judged) > 5
    assert set(judged["objection"]) == {"no_products"}


def test_who_only_looks_is_no_buyer_unless_orders_say_so() -> None:
    asked: list[dict[str, Any]] = [
        {"term": term, "low": 900.0, "high": 900.0} for term in ("茶树精油祛痘图片", "茶树精油控油怎么用")
    ]
    typed = [{"search_term": "茶树精油控油怎么用", "clicks": 9.0, "conversions": 2.0}]
    judged = mine_of(situation(market=MARKET + asked, searched=typed).evidence).judged
    why = judged.set_index("keyword")["objection"]
    assert why["茶树精油控油怎么用"] != "not_buying"
    assert why["茶树精油祛痘图片"] != ""
    words = mine_of(situation(market=MARKET + asked).evidence).candidates["keyword"]
    assert not words.str.contains("图片|怎么").any()


def test_whom_orders_prove_may_be_said_as_in_titles() -> None:
    terms = [{"term": term, "low": 900.0, "high": 900.0} for term in ("儿童茶树精油", "美白茶树精油")]
    sold = situation(market=terms, keywords=("茶树精油", "儿童精油", "美白精油"))
    why = mine_of(sold.evidence).judged.set_index("keyword")["objection"]
    assert why["儿童茶树精油"] == ""
    assert why["美白茶树精油"] == "unsupported_function"
    unsold = mine_of(situation(market=terms).evidence).judged.set_index("keyword")["objection"]
    assert unsold["儿童茶树精油"] == "unsupported_audience"


def test_single_characters_that_describe_are_combined_and_ends_of_words_are_not() -> None:
    known = {
        "羊毛被": Role.CATEGORY,
        "双人": Role.ATTRIBUTE,
        "厚": Role.ATTRIBUTE,
        "子": Role.CATEGORY,
        "芯": Role.CATEGORY,
    }
    segmenter = Segmenter(cutter(Dictionary(dict.fromkeys(known, 1), {}), program="jieba"))
    language = Language(segmenter, RoleLexicon({word: RoleOf(role, 1.0) for word, role in known.items()}))
    searched = [("羊毛被", "子"), ("羊毛被", "双人"), ("双人", "芯"), ("厚", "被套"), ("羊毛被",)]
    titles = [("羊毛被", "子", "双人", "厚", "芯")] * 3
    product = Product("p", (*titles[0],), "羊毛被子双人厚芯", frozenset({"羊毛被"}))
    near = company([(words, 10.0) for words in searched], titles)
    found = combine(product, near, buyers_order(searched, language, titles), language, 50)
    sets = {frozenset(words) for words, _ in found}
    assert frozenset({"羊毛被", "厚"}) in sets
    assert frozenset({"羊毛被", "双人", "厚"}) in sets
    assert frozenset({"羊毛被", "子"}) in sets  # as it was typed
    assert not any("芯" in words or words >= {"子", "双人"} for words in sets)
