"""Order of words: as buyers type them, by role where they did not."""

from __future__ import annotations

from bidopt.decisions.expansion.buyers_order import BuyersOrder, buyers_order
from bidopt.text.language import learn_language

LANGUAGE = learn_language(("女士纯棉睡衣", "男士纯棉睡衣夏季", "睡衣女士", "珊瑚绒睡衣"))


def test_before_anything_was_typed_what_it_is_comes_after_what_it_is_like() -> None:
    assert BuyersOrder().sort(("睡衣", "纯棉", "女士"), LANGUAGE) == ("女士", "纯棉", "睡衣")


def test_words_go_where_buyers_put_them() -> None:
    order = buyers_order([("睡衣", "女士"), ("睡衣", "纯棉", "女士"), ("纯棉", "睡衣", "女士")] * 3, LANGUAGE)
    assert order.sort(("女士", "睡衣", "纯棉"), LANGUAGE)[-1] == "女士"


def test_a_word_that_was_not_seen_goes_with_its_role() -> None:
    order = buyers_order([("睡衣", "女士"), ("纯棉", "睡衣", "女士")] * 9, LANGUAGE)
    assert order.sort(("男士", "睡衣"), LANGUAGE) == ("睡衣", "男士")


def test_single_words_tell_nothing_of_order() -> None:
    assert buyers_order([("睡衣",)] * 5, LANGUAGE) == BuyersOrder()
