"""Do mined long tails occur among real queries more often than permutations of the same words?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, permutations
from pathlib import Path

import numpy as np

from bidopt.decisions.expansion.combinations import combine, company
from bidopt.decisions.expansion.product_claims import Product
from bidopt.text.language import Language, learn_language
from bidopt.text.roles import Role

CATEGORIES, MOST = 10, 200
SEEDS = (0, 1)

Words = tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """Titles by line, and queries."""

    titles: list[str]
    queries: list[str]


def read(data: Path) -> Texts:
    """Read the sales titles and the queries."""
    lines = (data / "titles" / "sales_titles.tsv").read_text(encoding="utf-8").splitlines()[1:]
    queries = (data / "taobao-words" / "queries_50k.txt").read_text(encoding="utf-8").splitlines()
    return Texts([line.split("\t")[1] for line in lines], [q.strip() for q in queries if q.strip()])


def hits(data: Path) -> Iterator[tuple[int, list[str], list[float]]]:
    """Of each seed: the categories, and the shares of words that the other half of the queries holds.

    The shares are of mined words, of permuted words in the order in which titles have them, and of permuted words with
    the commonest first. A query holds a word if it has all of its parts, in whatever order.
    """
    texts = read(data)
    for seed in SEEDS:
        half = np.random.default_rng(seed).permutation(len(texts.queries)) < len(texts.queries) // 2
        known = [q for q, mine in zip(texts.queries, half, strict=True) if mine]
        judge = [q for q, mine in zip(texts.queries, half, strict=True) if not mine]
        language = learn_language((*texts.titles, *known))
        titles = [language.words(title) for title in texts.titles]
        searched = [language.words(query) for query in known]
        asked = _holding(judge, language)
        cores = _cores(titles, searched, language)
        near = company(((words, 1.0) for words in searched), titles)
        mined: list[Words] = []
        permuted: list[Words] = []
        frequent: list[Words] = []
        for core in cores:
            of_core = [words for words in titles if core in words]
            roots = [w for w, _ in Counter(w for ws in of_core for w in set(ws)).most_common() if w != core]
            product = Product("", (*roots, core), "\n".join(roots), frozenset({core}))
            found = combine(product, near, language)
            found.sort(key=lambda row: (-row[1], row[0]))
            mined += [words for words, _ in found[:MOST]]
            as_met = list(dict.fromkeys(w for ws in of_core for w in ws if w != core))
            permuted += _permuted(core, as_met)
            frequent += _permuted(core, roots)
        lists = (mined, permuted, frequent)
        yield seed, cores, [float(np.mean([_is_asked(words, asked) for words in found])) for found in lists]


def _cores(
    titles: Sequence[Sequence[str]], searched: Sequence[Sequence[str]], language: Language
) -> list[str]:
    """The commonest category words of titles that buyers search for."""
    asked = Counter(word for words in searched for word in set(words))
    counts = Counter(word for words in titles for word in set(words))
    roles = language.roles
    cores = [
        word
        for word, _ in counts.most_common()
        if asked[word] >= 5 and len(word) > 1 and roles.role_of(word).role is Role.CATEGORY
    ]
    return cores[:CATEGORIES]


def _holding(queries: Sequence[str], language: Language) -> dict[str, set[int]]:
    """Numbers of the queries that hold each word."""
    holding: dict[str, set[int]] = {}
    for number, query in enumerate(queries):
        for word in language.words(query):
            holding.setdefault(word, set()).add(number)
    return holding


def _is_asked(words: Words, holding: dict[str, set[int]]) -> bool:
    return bool(set.intersection(*(holding.get(word, set()) for word in words)))


def _permuted(core: str, roots: Sequence[str]) -> list[Words]:
    """First words of a plain permutation tool: the product with one or two words, in every order."""
    words = [core, *roots]
    every = (p for size in (2, 3) for p in permutations(words, size) if core in p)
    return list(islice(every, MOST))
