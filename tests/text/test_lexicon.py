"""The lexicon that titles teach: new words, phrases taken apart, words they make likelier."""

from __future__ import annotations

import pytest

from bidopt.text.dictionary import Dictionary
from bidopt.text.lexicon import Lexicon, learn_lexicon

THINGS = ("衬衫", "杯子", "书包", "台灯", "雨伞", "毛巾", "玩具", "被子")
WORDS = ("家用", "儿童", "新款", "夏季", "大号", "可爱")
TITLES = [
    *(f"{word}除螨仪{thing}" for word in WORDS for thing in THINGS[:3]),
    *(f"除螨仪 {word}{thing}" for word in WORDS for thing in THINGS[3:5]),
    *(f"{word}生日{thing}" for word in WORDS for thing in THINGS[:4]),
    *(f"{word}蛋糕 生日蛋糕" for word in WORDS),
    *(f"{thing}蛋糕{word}" for word in WORDS for thing in THINGS[:4]),
]


@pytest.fixture(scope="module")
def lexicon(general: Dictionary) -> Lexicon:
    return learn_lexicon(TITLES, general)


def test_a_word_that_recurs_among_many_others_is_found(lexicon: Lexicon) -> None:
    assert "除螨仪" in set(lexicon.new_words["word"])
    assert lexicon.segmenter().cut("手持除螨仪紫外线") == ["手持", "除螨仪", "紫外线"]


def test_no_new_word_swallows_two_known_ones(lexicon: Lexicon, general: Dictionary) -> None:
    known = general.frequencies
    swallowed = [
        word
        for word in lexicon.new_words["word"]
        for at in range(2, len(word) - 1)
        if known.get(word[:at], 0) > 50 and known.get(word[at:], 0) > 50
    ]
    assert swallowed == []


def test_a_compound_whose_parts_live_on_their_own_is_a_phrase(lexicon: Lexicon) -> None:
    assert lexicon.segmenter().cut("生日蛋糕") == ["生日", "蛋糕"]


def test_a_compound_whose_parts_never_stand_alone_stays_whole(lexicon: Lexicon) -> None:
    assert lexicon.segmenter().cut("马来西亚榴莲") == ["马来西亚", "榴莲"]


def test_new_words_are_unknown_ones_best_first(lexicon: Lexicon, general: Dictionary) -> None:
    assert not any(general.frequencies.get(word, 0) for word in lexicon.new_words["word"])
    assert lexicon.new_words["score"].is_monotonic_decreasing
    assert (lexicon.new_words["score"] > 0).all()


def test_a_unit_after_a_number_is_no_part_of_a_word(general: Dictionary) -> None:
    titles = [f"{thing}{number}克包邮" for thing in THINGS for number in range(1, 9)]
    assert not any(word.startswith("克") for word in learn_lexicon(titles, general).new_words["word"])


def test_a_new_word_of_new_words_that_live_on_their_own_is_a_phrase(general: Dictionary) -> None:
    titles = TITLES + [title.replace("除螨仪", "暖奶器") for title in TITLES] + ["除螨仪暖奶器"] * 3
    assert learn_lexicon(titles, general).segmenter().cut("除螨仪暖奶器") == ["除螨仪", "暖奶器"]


def test_earlier_counts_teach_too(general: Dictionary, lexicon: Lexicon) -> None:
    later = learn_lexicon(["新款连衣裙", "夏季短袖"], general, known=lexicon.counts)
    assert later.segmenter().cut("手持除螨仪紫外线") == ["手持", "除螨仪", "紫外线"]


def test_without_titles_the_general_dictionary_remains(general: Dictionary) -> None:
    assert learn_lexicon([], general).segmenter().cut("家用台灯") == ["家用", "台灯"]


def test_whom_a_thing_is_for_is_no_part_of_its_name(general: Dictionary) -> None:
    terms = [
        *(f"{word}单鞋女{thing}" for word in WORDS for thing in THINGS),
        *(f"{word}单鞋" for word in WORDS),
    ]
    found = learn_lexicon(terms, general)
    assert found.segmenter().cut("单鞋女") == ["单鞋", "女"]


def test_no_new_word_holds_a_question(general: Dictionary) -> None:
    asked = [f"{thing}子怎么用" for thing in THINGS] + [
        f"{word}{thing}怎么洗" for word in WORDS for thing in THINGS
    ]
    found = learn_lexicon([*TITLES, *asked], general)
    assert not found.new_words["word"].str.contains("怎么").any()
    assert "怎么" in found.segmenter().cut("毛巾怎么用")
