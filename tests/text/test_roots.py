"""Which pieces of text keywords share."""

from __future__ import annotations

import numpy as np

from bidopt.text.roots import Roots, shared_roots


def sets_of(roots: Roots) -> set[tuple[int, ...]]:
    """The texts of each root."""
    return {tuple(roots.text[roots.root == number].tolist()) for number in range(roots.count)}


def test_a_word_that_recurs_is_a_root() -> None:
    assert sets_of(shared_roots(["加厚羊毛被", "羊毛被子", "冬季羊毛被", "茶树精油"])) == {(0, 1, 2)}


def test_pairs_that_always_occur_together_are_one_root() -> None:
    texts = ["学生茶树精油", "茶树精油男士", "茶树精油补水", "学生保温杯", "学生书包"]
    assert sets_of(shared_roots(texts)) == {(0, 1, 2), (0, 3, 4)}


def test_latin_words_and_numbers_are_whole() -> None:
    texts = ["wireless earbuds", "earbuds 10ml", "Earbuds case", "bud 10ml", "精油10ML", "ear"]
    assert sets_of(shared_roots(texts)) == {(0, 1, 2), (1, 3, 4)}


def test_full_width_letters_and_case_do_not_matter() -> None:
    assert sets_of(shared_roots(["ＬＥＤ台灯", "led灯", "Led"])) == {(0, 1, 2)}


def test_a_single_character_between_others_counts() -> None:
    assert sets_of(shared_roots(["女 shoe", "女 bag", "2女"])) == {(0, 1, 2)}


def test_a_piece_of_too_few_texts_is_no_root() -> None:
    assert shared_roots(["羊毛被", "羊毛衫"]).count == 0


def test_a_piece_that_recurs_in_one_text_counts_once() -> None:
    roots = shared_roots(["红红红红", "红红", "红红灯"])
    assert (roots.text.tolist(), roots.root.tolist()) == ([0, 1, 2], [0, 0, 0])
    assert roots.pieces.tolist() == [1, 1, 2]


def test_odd_texts_do_no_harm() -> None:
    assert shared_roots([]).count == 0
    roots = shared_roots(["", "\n", "😀😀", "\ud800", "a\nb"])
    assert roots.count == 0
    assert roots.pieces.shape == (5,)


def test_roots_are_the_same_for_any_order_of_the_texts() -> None:
    texts = ["加厚羊毛被", "羊毛被子", "冬季羊毛被", "冬季保温杯", "冬季加厚被"]
    order = np.array([3, 1, 4, 0, 2])
    shuffled = {
        tuple(sorted(order[list(of_root)].tolist()))
        for of_root in sets_of(shared_roots([texts[i] for i in order]))
    }
    assert shuffled == sets_of(shared_roots(texts))
