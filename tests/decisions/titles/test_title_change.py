"""What new titles gain, keep and refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from bidopt.decisions.titles.market_demand import market_of, searches_of
from bidopt.decisions.titles.shop_titles import REASONS, ShopProduct, rewrite_shop, titles_table
from bidopt.decisions.titles.title_change import Listing, TitleWriter
from bidopt.decisions.titles.title_parts import Fate, parts_of
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.decisions.titles.word_order import habit_of
from bidopt.domain.changes import TITLES
from bidopt.domain.reasons import decode, render
from bidopt.evidence.words import SEARCH_TERMS, Words
from bidopt.facts.schemas import MARKET_TERMS
from bidopt.settings.rules import banned_words
from bidopt.text.dictionary import Dictionary, cutter, general_dictionary
from bidopt.text.role_lexicon import learn_roles
from bidopt.text.segment import Segmenter

AS_OF = date(2026, 11, 21)
TITLE = "不锈钢保温杯便携车载 学生水杯"
SEARCHED = {
    "保温杯": 900,
    "学生水杯": 400,
    "老人保温杯": 800,
    "冬季保温杯": 300,
    "钛合金保温杯": 5000,
    "儿童水杯": 50,
}
RIVALS = [
    "老人保温杯大容量便携",
    "冬季保温杯儿童学生",
    "儿童水杯学生专用水杯",
    "冬季老人保温杯",
    "老人冬季保温壶",
    "钛合金保温杯",
    "钛合金水杯",
    "新款便携水杯",
    "儿童便携水杯",
]


@pytest.fixture(scope="module")
def general() -> Dictionary:
    return general_dictionary()


@pytest.fixture(scope="module")
def writer(general: Dictionary) -> TitleWriter:
    segmenter = Segmenter(cutter(general, program="jieba"))
    terms = MARKET_TERMS.conform(
        {
            "term": list(SEARCHED),
            "search_volume_low": [float(n) for n in SEARCHED.values()],
            "search_volume_high": [float(n) for n in SEARCHED.values()],
        }
    )
    titles = [TITLE, *RIVALS]
    roles = learn_roles(titles, segmenter, general, own_brands=["山屿"])
    market = market_of(terms, titles, segmenter, roles)
    return TitleWriter(market, habit_of(market), TitleRules(), banned_words())


def product(number: str, title: str = TITLE, orders: float = 0.0, sold: str = "老人 冬季") -> ShopProduct:
    return ShopProduct(Listing(number, title, sold=frozenset(sold.split())), orders)


def test_a_title_gains_what_sold_and_is_searched(writer: TitleWriter) -> None:
    change = writer.rewrite(product("1").listing)
    assert change.gained == ("老人", "冬季")
    assert change.demand == change.demand_before + 800 + 300
    assert writer.rules.measure(change.title) <= 60
    assert "保温杯" in change.title
    assert "老人保温杯" in change.title or "冬季保温杯" in change.title


def test_nothing_is_claimed_that_the_product_table_does_not_say(writer: TitleWriter) -> None:
    sold = Listing("1", TITLE, sold=frozenset({"钛合金"}))
    assert writer.rewrite(sold).title == TITLE
    told = Listing("1", TITLE, texts=("材质 钛合金",))
    assert "钛合金" in writer.rewrite(told).title


def test_words_that_are_searched_beside_the_thing_stay_and_so_do_parts_of_what_sold(
    writer: TitleWriter,
) -> None:
    """便携 goes for 老人 and 冬季, unless buyers search 便携保温杯 or a word with 便携 in it has sold."""
    searched = {"老人保温杯": 900.0, "冬季保温杯": 900.0}
    segmenter, roles = writer.market.segmenter, writer.market.roles

    def lost(volumes: dict[str, float], *sold: str) -> tuple[str, ...]:
        terms = MARKET_TERMS.conform(
            {
                "term": list(volumes),
                "search_volume_low": list(volumes.values()),
                "search_volume_high": list(volumes.values()),
            }
        )
        market = market_of(terms, RIVALS, segmenter, roles)
        shop = TitleWriter(market, habit_of(market), TitleRules(width=16), writer.banned)
        listing = Listing("1", "不锈钢保温杯便携", sold=frozenset({"老人", "冬季", *sold}))
        return shop.rewrite(listing).lost

    assert lost(searched) == ("便携",)
    assert lost(searched | {"便携保温杯": 1.0}) == ()
    assert lost(searched, "超便携") == ()


def test_a_word_between_two_equal_ones_stays(writer: TitleWriter) -> None:
    def fate(title: str) -> Fate:
        parts = parts_of(title, writer.market, writer.rules, writer.banned)
        return next(part.fate for part in parts if part.text == "便携")

    assert fate("保温杯便携水杯") is Fate.FREE
    assert fate("水杯便携水杯") is Fate.KEPT


def test_a_title_is_not_changed_for_next_to_nothing(writer: TitleWriter) -> None:
    """老人 is searched with another thing only: what it may bring besides is too little."""
    other = Listing("1", "不锈钢便携", sold=frozenset({"老人"}))
    assert writer.market.unlisted("老人", set(), set()) > 0
    assert writer.rewrite(other, Variant.MOST_DEMAND).title == other.title


def test_forbidden_words_leave_whatever_they_bring(writer: TitleWriter) -> None:
    change = writer.rewrite(Listing("1", "顶级不锈钢保温杯", sold=frozenset({"顶级"})))
    assert change.refused == ("顶级",)
    assert change.title.startswith("不锈钢保温杯")


def test_a_thing_may_be_called_by_its_other_names(writer: TitleWriter) -> None:
    """Every 保温杯 is a 水杯; what only fits one is none."""
    terms = MARKET_TERMS.conform(
        {"term": ["儿童水杯"], "search_volume_low": [50.0], "search_volume_high": [50.0]}
    )
    roles, segmenter = writer.market.roles, writer.market.segmenter
    market = market_of(terms, [TITLE, *RIVALS], segmenter, roles)
    small = TitleWriter(market, habit_of(market), writer.rules, writer.banned)
    assert small.rewrite(Listing("1", "儿童保温杯")).gained == ("水杯",)
    assert small.rewrite(Listing("1", "儿童适用保温杯")).gained == ()


def test_a_title_may_write_its_brand_in_both_scripts_but_gains_no_other_brand(general: Dictionary) -> None:
    segmenter = Segmenter(cutter(general, program="jieba"))
    terms = MARKET_TERMS.conform(
        {"term": ["canon 相机"], "search_volume_low": [50.0], "search_volume_high": [50.0]}
    )
    titles = ["佳能canon单反相机", "canon数码相机", "数码相机canon佳能", "尼康单反相机"]
    market = market_of(terms, titles, segmenter, learn_roles(titles, segmenter, general, own_brands=[]))
    shop = TitleWriter(market, habit_of(market), TitleRules(), banned_words())
    assert shop.rewrite(Listing("1", "佳能单反相机"), Variant.MOST_DEMAND).gained == ("canon",)
    assert shop.rewrite(Listing("1", "尼康单反相机", texts=("canon",)), Variant.MOST_DEMAND).gained == ()


def test_the_space_that_latin_words_need_between_them_counts(
    writer: TitleWriter, general: Dictionary
) -> None:
    """Without 新款 the title says usb m-8sp, one wider than its words."""
    titles = [*RIVALS, "新款usb水杯", "usb新款保温杯", "新款儿童水杯"]
    segmenter, title = writer.market.segmenter, "usb新款m-8sp保温杯"
    terms = MARKET_TERMS.conform(
        {"term": ["老人保温杯"], "search_volume_low": [50.0], "search_volume_high": [50.0]}
    )
    market = market_of(terms, titles, segmenter, learn_roles(titles, segmenter, general, own_brands=[]))
    for width, gained in ((18, ()), (19, ("老人",))):
        shop = TitleWriter(market, habit_of(market), TitleRules(width=width), writer.banned)
        change = shop.rewrite(Listing("1", title, sold=frozenset({"老人"})))
        assert change.gained == gained
        assert shop.rules.measure(change.title) <= width


def test_names_and_seasons_that_a_title_says_already_do_not_come_in(writer: TitleWriter) -> None:
    """Two things that end in 杯 are enough, and what is for the summer is not for the winter."""
    words = Listing("1", "老人保温杯学生水杯", texts=("杯子",))
    assert "杯子" not in writer.rewrite(words, Variant.MOST_DEMAND).title
    assert "冬季" not in writer.rewrite(Listing("1", "夏季不锈钢保温杯便携", texts=("冬季",))).title
    assert "冬季" in writer.rewrite(Listing("1", "不锈钢保温杯便携", sold=frozenset({"冬季"}))).title


def test_the_smallest_change_gains_one_word(writer: TitleWriter) -> None:
    assert writer.rewrite(product("1").listing, Variant.SMALLEST).gained == ("老人",)


def test_a_full_title_gives_up_talk_but_not_what_sells(writer: TitleWriter) -> None:
    full = TitleWriter(
        writer.market, writer.habit, TitleRules(width=writer.rules.measure(TITLE)), writer.banned
    )
    change = full.rewrite(product("1").listing)
    assert set(change.lost) < {"便携", "车载"}
    assert change.gained == ("老人",)
    assert full.rules.measure(change.title) <= full.rules.width


def test_products_of_one_shop_share_the_demand(writer: TitleWriter) -> None:
    """Two alike products with room for one word each take different ones once the first serves its searches."""
    rules = TitleRules(most_new=4)
    narrow = TitleWriter(writer.market, writer.habit, rules, writer.banned)
    twins = [product("1", "不锈钢保温杯", 9.0), product("2", "不锈钢保温杯", 1.0)]
    gained = [change.gained for change in rewrite_shop(twins, narrow, AS_OF)]
    assert gained[0] == ("老人",)
    assert sorted(len(words) for words in gained) == [1, 1]


def test_a_new_product_is_left_alone(writer: TitleWriter) -> None:
    listing = product("1").listing
    young = ShopProduct(listing, 0.0, AS_OF - timedelta(days=5))
    old = ShopProduct(listing, 0.0, AS_OF - timedelta(days=50))
    assert rewrite_shop([young], writer, AS_OF)[0].title == TITLE
    assert rewrite_shop([old], writer, AS_OF)[0].title != TITLE
    row = titles_table(rewrite_shop([young], writer, AS_OF), [young], writer, AS_OF).iloc[0]
    assert (row["kind"], row["reason"]) == ("unchanged", "title_new_product days=5 least=28")


def test_a_title_that_was_changed_lately_is_left_alone(writer: TitleWriter) -> None:
    listing = product("1").listing
    lately, earlier = (
        ShopProduct(listing, 0.0, changed_on=AS_OF - timedelta(days=days))
        for days in (writer.rules.cooldown_days - 1, writer.rules.cooldown_days)
    )
    assert rewrite_shop([lately], writer, AS_OF)[0].title == TITLE
    assert rewrite_shop([earlier], writer, AS_OF)[0].title != TITLE
    row = titles_table(rewrite_shop([lately], writer, AS_OF), [lately], writer, AS_OF).iloc[0]
    assert (row["kind"], row["reason"]) == ("unchanged", "title_just_changed days=6 least=7")


def test_a_product_without_a_better_title_is_told_why(writer: TitleWriter) -> None:
    bare = [product("1", "钛合金保温杯水杯", sold="")]
    row = titles_table(rewrite_shop(bare, writer, AS_OF), bare, writer, AS_OF).iloc[0]
    assert (row["kind"], row["title"], row["demand_gain"]) == ("unchanged", row["current_title"], 0.0)
    assert render(row["reason"], REASONS).startswith("不改: 没有更好的标题（现在覆盖搜索 5900）")


def test_titles_beyond_the_room_wait_for_the_next_round(writer: TitleWriter) -> None:
    products = [product("1"), product("2")]
    waits = titles_table(rewrite_shop(products, writer, AS_OF), products, writer, AS_OF, room=1)
    TITLES.check(waits)
    assert sorted(waits["kind"] == "unchanged") == [False, True]
    late = waits[waits["kind"] == "unchanged"].iloc[0]
    assert late["title"] == late["current_title"] == TITLE
    assert late["reason"].startswith("title_later gain=")


def test_forbidden_words_go_whatever_the_room_and_however_new_the_product_is(writer: TitleWriter) -> None:
    """The only place is taken neither by the best-seller, a proposal, nor by what has to go though it gains nothing."""
    illegal = Listing("3", "顶级不锈钢保温杯", sold=frozenset({"顶级"}))
    products = [
        product("1", orders=90.0),
        product("2", orders=9.0),
        ShopProduct(illegal, 0.5),
        ShopProduct(replace(illegal, product_id="4"), 0.0, AS_OF - timedelta(days=5)),
        product("5", orders=0.0),
    ]
    table = titles_table(rewrite_shop(products, writer, AS_OF), products, writer, AS_OF, room=1)
    TITLES.check(table)
    assert dict(zip(table["product_id"], table["kind"], strict=True)) == {
        "1": "best_seller",
        "2": "rewrite",
        "3": "rewrite",
        "4": "rewrite",
        "5": "unchanged",
    }
    row = table.set_index("product_id").loc["4"]
    assert (row["title"], row["lost_words"], row["gained_words"]) == ("不锈钢保温杯", "顶级", "")
    assert decode(str(row["reason"]))[0] == "title_forbidden"
    assert row["demand_gain"] <= 0


def test_a_best_seller_with_forbidden_words_is_not_told_to_keep_them(writer: TitleWriter) -> None:
    best = [ShopProduct(Listing("1", "顶级不锈钢保温杯"), 5.0)]
    row = titles_table(rewrite_shop(best, writer, AS_OF), best, writer, AS_OF, room=1).iloc[0]
    assert row["kind"] == "best_seller"
    assert "必须去掉" in render(row["reason"], REASONS)
    assert "先别改" not in render(row["reason"], REASONS)


def test_a_title_of_forbidden_words_alone_is_left_to_a_person(writer: TitleWriter) -> None:
    alone = Listing("1", "顶级")
    assert writer.rewrite(alone).title == writer.purged(alone).title == "顶级"


def test_what_only_has_to_go_is_not_called_better_where_it_waits(writer: TitleWriter) -> None:
    """Words that stand too often are no matter of law: they take the place first, the next one waits."""
    often = "老人保温杯不锈钢保温杯便携保温杯"
    products = [product("1"), product("2", often, sold=""), product("3", often, sold="")]
    table = titles_table(rewrite_shop(products, writer, AS_OF), products, writer, AS_OF, room=1)
    assert dict(zip(table["product_id"], table["reason"].map(lambda r: decode(r)[0]), strict=True)) == {
        "1": "title_later",
        "2": "title_refused",
        "3": "title_refused_later",
    }


def test_what_attributes_deny_or_was_tried_in_vain_does_not_come_in(writer: TitleWriter) -> None:
    listing = Listing("1", TITLE, texts=("钛合金",), sold=frozenset({"老人"}), barred=frozenset({"钛合金"}))
    change = writer.rewrite(listing)
    assert change.gained == ("老人",)


def test_the_brand_opens_the_title_where_the_platform_wants_it_so(writer: TitleWriter) -> None:
    listing = Listing("1", "不锈钢保温杯山屿便携车载", sold=frozenset({"老人"}), brands=frozenset({"山屿"}))
    strict = TitleWriter(writer.market, writer.habit, TitleRules(brand_first=True), writer.banned)
    assert strict.rewrite(listing).title.startswith("山屿")
    assert not writer.rewrite(listing).title.startswith("山屿")


def test_facts_tell_what_each_word_brings(writer: TitleWriter) -> None:
    """老人 completes one search of 800, 冬季 one of 300; nobody told of competition."""
    products = [product("1")]
    row = titles_table(rewrite_shop(products, writer, AS_OF), products, writer, AS_OF).iloc[0]
    assert (
        row["gained_facts"]
        == "老人 searches=800 rivals=nan visits=nan|冬季 searches=300 rivals=nan visits=nan"
    )
    assert row["kind"] == "rewrite"


def test_own_search_terms_count_in_the_unit_of_the_market() -> None:
    ends = {"search_volume_low": [900.0], "search_volume_high": [900.0]}
    market = MARKET_TERMS.conform({"term": ["保温杯"], **ends})
    own = SEARCH_TERMS.conform(
        {"search_term": ["保温杯", "老人 保温杯", "没有展现"], "impressions": [90.0, 20.0, 0.0]}
    )
    terms = searches_of(Words(search_terms=own, market_terms=market))
    assert dict(zip(terms["term"], terms["search_volume_low"], strict=True)) == {
        "保温杯": 900.0,
        "老人 保温杯": 200.0,
    }
    assert searches_of(Words(search_terms=own))["search_volume_low"].tolist() == [90.0, 20.0]
    assert searches_of(Words(market_terms=market))["term"].tolist() == ["保温杯"]


def test_every_change_has_a_reason_and_a_best_seller_is_marked(writer: TitleWriter) -> None:
    products = [product("1", orders=90.0), product("2", orders=10.0)]
    changes = rewrite_shop(products, writer, AS_OF)
    table = titles_table(changes, products, writer, AS_OF)
    TITLES.check(table)
    assert [decode(reason)[0] for reason in table["reason"]] == ["title_best_seller", "title_swap"]
    assert "90%" in render(table["reason"].iloc[0], REASONS)
    assert (table["demand_gain"] > 0).all()


def test_an_empty_shop_has_an_empty_table(writer: TitleWriter) -> None:
    table: pd.DataFrame = titles_table([], [], writer, AS_OF)
    assert table.empty
    TITLES.check(table)


def test_of_words_that_stand_too_often_the_one_goes_that_reads_worst_there(writer: TitleWriter) -> None:
    """Titles of the market say 老人保温杯 and 学生水杯, and none says 便携保温杯."""
    change = writer.rewrite(Listing("1", "老人保温杯不锈钢保温杯便携保温杯"))
    assert change.title.count("保温杯") == 2
    assert "老人保温杯" in change.title
    assert change.refused == ("保温杯",)
