"""Cutting texts: numbers, units and codes stay whole, nothing is lost, both programs cut alike."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidopt.text.dictionary import Dictionary, cutter
from bidopt.text.normalize import fold
from bidopt.text.segment import Segmenter

needs_rust = pytest.mark.skipif(not importlib.util.find_spec("rjieba"), reason="rjieba is an extra")

TITLES = (
    "茶树精油 30ml 原产澳洲 5-8KW/个",
    "304不锈钢保温杯500ml*2瓶（送杯刷）【包邮】",
    "宝宝T恤3-6岁夏装110cm 2件装💓",
    "H7汽车灯泡 1.5m数据线 iPhone12/13",
    "纯棉𣎴褪色毛巾 20支装 200万像素",
)


@pytest.fixture(scope="module")
def knowing(general: Dictionary) -> Segmenter:
    """Knows a word that begins with a unit."""
    return Segmenter(cutter(general.replace({"包邮": 1000}), program="jieba"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.5m 数据线", ["1.5m", "数据线"]),
        ("H7灯泡", ["H7", "灯泡"]),
        ("304不锈钢杯", ["304不锈钢", "杯"]),
        ("3-6岁儿童", ["3-6岁", "儿童"]),
        ("纯棉T恤女", ["纯棉", "T恤", "女"]),
        ("Ｔ恤", ["Ｔ恤"]),
        ("面膜20片装", ["面膜", "20片装"]),
        ("200万像素", ["200万像素"]),
        ("2包邮", ["2", "包邮"]),  # 包 would be a unit, but here it is not a word
        ("DH-IPC-HFW4838M", ["DH-IPC-HFW4838M"]),
        ("48×24cm", ["48×24cm"]),
        ("12V33Ah", ["12V", "33Ah"]),
        ("32/43/55英寸", ["32", "/", "43", "/", "55英寸"]),
        ("8G/128G", ["8G", "/", "128G"]),
        ("【新款】💓 👔", ["【", "新款", "】", "💓", "👔"]),
        ("", []),
        ("　 ", []),
    ],
)
def test_runs_that_no_dictionary_lists(knowing: Segmenter, text: str, words: list[str]) -> None:
    assert knowing.cut(text) == words


@given(text=st.text(alphabet=st.sampled_from("茶树精油不锈钢T恤岁片装 　3.-x*/【】💓ＡaB℃𣎴運")))
def test_nothing_is_lost_and_nothing_is_added(plain: Segmenter, text: str) -> None:
    assert "".join(plain.cut(text)) == "".join(text.split())


@given(text=st.text(alphabet=st.sampled_from("茶树精油不锈钢T恤岁片装 3.-x*/【】（AbⅡé²℃①、·")))
def test_plain_texts_are_cut_as_their_folded_forms(plain: Segmenter, text: str) -> None:
    assert list(map(fold, plain.cut(text))) == plain.cut(fold(text))


@given(
    texts=st.lists(
        st.text(alphabet=st.sampled_from("茶树精油恤岁片装万像素 　3.-x*/【】💓ＡaT℃𣎴運\n\t²")), max_size=6
    )
)
def test_many_texts_are_cut_as_each_alone(plain: Segmenter, texts: list[str]) -> None:
    assert plain.cut_all(texts) == [plain.cut(text) for text in texts]


def test_more_texts_than_are_cut_at_once_keep_their_order(plain: Segmenter) -> None:
    assert plain.cut_all([str(number) for number in range(2_500)]) == [
        [str(number)] for number in range(2_500)
    ]


@pytest.mark.parametrize("text", ["3 岁", "T 恤", "200万 像素", "20\n片装"])
def test_words_with_a_space_between_stay_apart(knowing: Segmenter, text: str) -> None:
    assert knowing.cut(text) == [word for part in text.split() for word in knowing.cut(part)]


@needs_rust
@pytest.mark.parametrize("guess", [True, False])
def test_both_programs_cut_own_titles_alike(general: Dictionary, guess: bool) -> None:  # noqa: FBT001
    words = general.replace({"茶树精油": 40, "笔记本电脑": 0, "杯刷": 7})
    slow, fast = (Segmenter(cutter(words, guess=guess, program=program)) for program in ("jieba", "rjieba"))
    assert [slow.cut(title) for title in TITLES] == fast.cut_all(TITLES)


@needs_rust
@pytest.mark.shared
@pytest.mark.slow
def test_both_programs_cut_all_sample_titles_alike(general: Dictionary, shared: Path) -> None:
    folder = shared / "data" / "titles"
    lines = [line for path in sorted(folder.iterdir()) for line in path.read_text("utf-8").splitlines()]
    slow, fast = (Segmenter(cutter(general, program=program)) for program in ("jieba", "rjieba"))
    cut = zip(lines, slow.cut_all(lines), fast.cut_all(lines), strict=True)
    assert [line for line, words, others in cut if words != others] == []


def test_jieba_comes_without_warnings_and_leaves_no_cache(tmp_path: Path) -> None:
    script = (
        "import json, tempfile\n"
        "from bidopt.text.dictionary import cutter, general_dictionary\n"
        "print(json.dumps(cutter(general_dictionary(), program='jieba').cut('茶树精油'), ensure_ascii=False))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={
            **os.environ,
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "PYTHONUTF8": "1",
        },
    )
    assert "".join(json.loads(done.stdout)) == "茶树精油"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
