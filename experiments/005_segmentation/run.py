"""Measures how well titles are cut into words, beside plain jieba.

Usage: OMP_NUM_THREADS=1 python experiments/005_segmentation/run.py DATA [--fit]

DATA is a folder of titles/ and taobao-words/. --fit fits the weights of the word score anew on the first labelled set and
prints them, but does not use them.
"""

from __future__ import annotations

import argparse
import importlib
import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from fit import fit
from labelled import KINDS, Cut, Labelled, Score, corpus, labelled, score, spans

from bidopt.text.dictionary import Dictionary, Program, cutter, general_dictionary
from bidopt.text.lexicon import learn_lexicon
from bidopt.text.role_lexicon import RoleLexicon, learn_roles
from bidopt.text.segment import Segmenter

PASSES = 9
SETS = {"ding2019": "titles/ding2019_train.tsv", "allanj": "titles/allanj_train.tsv"}


def clock(work: Callable[[], object]) -> float:
    """CPU-seconds of some work."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def whole_titles(general: Dictionary) -> Cut:
    """Plain jieba on whole titles, as most people use it."""
    cut = _library(general, "jieba")
    return lambda title: [token for token in cut(title) if not token.isspace()]


def line(name: str, of: Score) -> None:
    kinds = [kind for kind in ("product", "brand", "model", "other") if kind in of.whole]
    by_kind = " | ".join(f"{kind} {of.whole[kind]:.3f} / {of.kept[kind]:.3f}" for kind in kinds)
    print(
        f"{name:44s} F1 {of.f1:.3f}  one token {of.whole['all']:.3f}  ends kept {of.kept['all']:.3f}  ({by_kind})"
    )


def segmentation(sets: dict[str, list[Labelled]], raw: Sequence[str], general: Dictionary) -> None:
    """Every way to cut, on every labelled set; the titles of the other set never help."""
    for name, titles in sets.items():
        print(f"\n{name}: {len(titles)} titles")
        line("plain jieba, whole titles", score(titles, whole_titles(general)))
        line("own scanner, plain jieba", score(titles, Segmenter(cutter(general)).cut))
        half = [row.title for row in titles[::2]]
        ways = {
            "raw titles only": [*raw],
            "raw and the titles themselves (the command)": [*raw, *(row.title for row in titles)],
            "the titles themselves only": [row.title for row in titles],
        }
        for way, words_from in ways.items():
            lexicon = learn_lexicon(words_from, general)
            line(way, score(titles, lexicon.segmenter().cut))
            line(f"{way}, no guessing", score(titles, lexicon.segmenter(guess=False).cut))
        line(
            "raw and every other title, on the rest",
            score(titles[1::2], learn_lexicon([*raw, *half], general).segmenter().cut),
        )


def roles(sets: dict[str, list[Labelled]], raw: Sequence[str], general: Dictionary) -> None:
    """Roles by character of the labelled parts: product is category, brand brand, model model."""
    for name, titles in sets.items():
        everything = [*raw, *(row.title for row in titles)]
        segmenter = learn_lexicon(everything, general).segmenter()
        found = learn_roles(everything, segmenter, general)
        print(f"\nroles, {name}: " + ", ".join(_agreement(titles, segmenter, found)))


def _agreement(titles: Sequence[Labelled], segmenter: Segmenter, lexicon: RoleLexicon) -> list[str]:
    role_of = {"product": "category", "brand": "brand", "model": "model"}
    labels = {role_of[kind] for row in titles for _, _, kind in row.words if kind in role_of}
    hits, told, true = (dict.fromkeys(labels, 0) for _ in range(3))
    for row in titles:
        gold = {at: role_of.get(kind, "") for start, end, kind in row.words for at in range(start, end)}
        tokens = segmenter.cut(row.title)
        for (start, end), role in zip(spans(row.title, tokens), lexicon.roles_of(tokens), strict=True):
            for at in range(start, end):
                if role.role in labels:
                    told[role.role] += 1
                    hits[role.role] += gold.get(at) == role.role
                if gold.get(at) in labels:
                    true[gold[at]] += 1
    rows = [
        f"{label} P {hits[label] / told[label]:.3f} R {hits[label] / true[label]:.3f}"
        for label in sorted(labels)
    ]
    return [*rows, f"micro-F1 {2 * sum(hits.values()) / (sum(told.values()) + sum(true.values())):.3f}"]


def speed(raw: Sequence[str], general: Dictionary) -> None:
    """Titles a CPU-second, and what it takes to learn the words of 100,000 titles."""
    titles = [title for title in raw if len(title) >= 20][:10_000]
    lexicon = learn_lexicon(raw, general)
    many = [f"{title}{number % 10}" for number, title in enumerate(titles * 10)]
    programs: tuple[Program, ...] = ("jieba", "rjieba")
    for program in programs:
        segmenter = lexicon.segmenter(program=program)
        alone = _library(lexicon.dictionary, program)
        ways: dict[str, Callable[[], object]] = {
            "all at once": partial(segmenter.cut_all, titles),
            "one by one": partial(_one_by_one, segmenter.cut, titles),
            "the program alone, one by one": partial(_one_by_one, alone, titles),
            "the program alone, all as one text": partial(alone, "\n".join(titles)),
        }
        least = dict.fromkeys(ways, math.inf)
        for _ in range(PASSES):  # in turn, so that whatever else runs slows all of them
            for way, work in ways.items():
                least[way] = min(least[way], clock(work))
        for way, seconds in least.items():
            print(
                f"{program}, {way}: {1_000 * seconds / len(titles):.4f} CPU-seconds per 1,000 titles of "
                f"{sum(map(len, titles)) / len(titles):.0f} characters, {len(titles) / seconds:,.0f} titles/s"
            )
        unseen = general_dictionary()  # of which nothing is remembered yet
        taken = clock(partial(learn_lexicon, many, unseen, program=program))
        print(f"{program}: learns the words of {len(many):,} titles in {taken:.1f} CPU-seconds")


def _library(words: Dictionary, program: Program) -> Cut:
    """The program as its authors wrote it, on whole titles, with the same words."""
    if program == "rjieba":
        return cutter(words, program="rjieba").cut
    tokenizer = importlib.import_module("jieba").Tokenizer()
    known = {word: frequency for word, frequency in words.frequencies.items() if frequency > 0}
    tokenizer.FREQ = {**{word[:end]: 0 for word in known for end in range(1, len(word))}, **known}
    tokenizer.total = sum(known.values())
    tokenizer.initialized = True
    cut: Cut = tokenizer.lcut
    return cut


def _one_by_one(cut: Cut, titles: Sequence[str]) -> None:
    for title in titles:
        cut(title)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    general = general_dictionary()
    raw = corpus(options.data)
    sets = {name: labelled(options.data / path) for name, path in SETS.items()}
    known = {row.title for row in sets["ding2019"]}
    sets["allanj"] = [row for row in sets["allanj"] if row.title not in known]
    if options.fit:
        print(fit(sets["ding2019"], [*raw, *(row.title for row in sets["ding2019"])], general))
    print(f"raw: {len(raw)} titles and search terms; kinds: {sorted(set(KINDS.values()))}")
    segmentation(sets, raw, general)
    roles(sets, raw, general)
    speed(raw, general)


if __name__ == "__main__":
    main()
