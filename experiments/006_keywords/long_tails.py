"""Do mined long tails occur among real queries more often than permutations of the same words?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, permutations
from pathlib import Path

import numpy as np

from bidopt.decisions.expansion.buyers_order import BuyersOrder, buyers_order
from bidopt.decisions.expansion.combinations import Company, combine, company
from bidopt.decisions.expansion.product_claims import Product
from bidopt.jobs.read_titles import read_titles
from bidopt.text.language import Language, learn_language
from bidopt.text.roles import Role

MOST, LEAST_SEARCHED = 200, 5
DEPTHS = (20, 200)
"""First words of each category that are judged: 200 for ten categories together, and 200 for each."""

HALVES = range(5)
SETS = {
    "sales titles": (("sales_titles.tsv",), 10),
    "Taobao titles": (("ding2019_train.tsv", "allanj_train.tsv"), 25),
}
"""Files of titles, and how many of their categories are judged."""

WAYS = ("whole query", "as written in a query", "all parts in a query")
LISTS = ("mined", "permuted", "permuted, commonest first", "permuted, most searched first", "oracle")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Judge:
    """The half of the queries that nothing was mined from.

    Args:
        queries: words of each.
        whole: words of each query in an order of their own.
        joined: all queries, without spaces.
        holding: numbers of the queries that hold each word.
    """

    queries: Sequence[Words]
    whole: frozenset[Words]
    joined: str
    holding: Mapping[str, frozenset[int]]

    def hits(self, found: Sequence[Words]) -> list[int]:
        """How many of the words occur, in each of WAYS."""
        return [
            sum(tuple(sorted(words)) in self.whole for words in found),
            sum("".join(words) in self.joined for words in found),
            sum(self._in_one(words) for words in found),
        ]

    def most(self, core: str, met: frozenset[str]) -> list[int]:
        """How many words an oracle could hit that knows these queries, of words that were met, in each of WAYS."""
        whole, runs, parts = set[Words](), set[Words](), set[Words]()
        for query in self.queries:
            if core not in query:
                continue
            known = sorted(met.intersection(query) - {core})
            parts.update(
                tuple(sorted((core, *some))) for size in (1, 2) for some in combinations(known, size)
            )
            pieces = [query[at : at + size] for size in (2, 3) for at in range(len(query) - size + 1)]
            runs.update(piece for piece in pieces if core in piece and met.issuperset({*piece} - {core}))
            if 1 < len(query) <= 3 and met.issuperset({*query} - {core}):
                whole.add(tuple(sorted(query)))
        return [len(words) for words in (whole, runs, parts)]

    def _in_one(self, words: Words) -> bool:
        return bool(frozenset.intersection(*(self.holding.get(word, frozenset()) for word in words)))


def judge_of(queries: Sequence[Words]) -> Judge:
    """Index queries."""
    holding: dict[str, set[int]] = {}
    for number, words in enumerate(queries):
        for word in words:
            holding.setdefault(word, set()).add(number)
    whole = frozenset(tuple(sorted(words)) for words in queries)
    held = {word: frozenset(numbers) for word, numbers in holding.items()}
    return Judge(queries, whole, "\n".join("".join(words) for words in queries), held)


@dataclass(frozen=True)
class Market:
    """What is mined: titles, and half of the queries."""

    titles: Sequence[Words]
    searched: Sequence[Words]
    language: Language
    near: Company
    order: BuyersOrder

    def cores(self, most: int) -> list[str]:
        """The commonest category words of titles that buyers search for."""
        asked = Counter(word for words in self.searched for word in set(words))
        counts = Counter(word for words in self.titles for word in set(words))
        roles = self.language.roles
        return [
            word
            for word, _ in counts.most_common()
            if asked[word] >= LEAST_SEARCHED and len(word) > 1 and roles.role_of(word).role is Role.CATEGORY
        ][:most]

    def lists(self, core: str) -> list[list[Words]]:
        """The first words of each way to make them; oracle left out."""
        titled, typed = self.beside(core)
        common, asked = ([word for word, _ in counts.most_common()] for counts in (titled, typed))
        words = tuple(dict.fromkeys((*common, *asked)))
        product = Product("", (*words, core), "\n".join(words), frozenset({core}))
        mined = [words for words, _ in combine(product, self.near, self.order, self.language, MOST)]
        return [mined, *(_permuted(core, words) for words in (list(titled), common, asked))]

    def beside(self, core: str) -> tuple[Counter[str], Counter[str]]:
        """Words of the category's titles and of searches for it, as they were met."""
        counts = (
            Counter(word for words in texts if core in words for word in dict.fromkeys(words) if word != core)
            for texts in (self.titles, self.searched)
        )
        titled, typed = counts
        return titled, typed


def report(data: Path) -> Iterator[str]:
    """Shares of words that the other half of the queries holds, of each list and in each way."""
    queries = read_titles(data / "taobao-words" / "queries_50k.txt")
    pooled = []
    for name, (files, most) in SETS.items():
        titles = [title for file in files for title in read_titles(data / "titles" / file)]
        halves = []
        for seed in HALVES:
            found = _found(titles, queries, seed, most)
            yield f"{name}, half {seed}: {'、'.join(found)}"
            yield from _told([found])
            halves.append(found)
        yield f"{name}, all halves"
        yield from _told(halves)
        pooled += [{f"{name} {core}": counts for core, counts in found.items()} for found in halves]
    yield "all titles, all halves"
    yield from _told(pooled)


def _found(titles: Sequence[str], queries: Sequence[str], seed: int, most: int) -> dict[str, np.ndarray]:
    """Hits of each category, shape (depths, lists, ways), mined from one half of the queries and judged on the other."""
    half = np.random.default_rng(seed).permutation(len(queries)) < len(queries) // 2
    known = [query for query, mine in zip(queries, half, strict=True) if mine]
    language = learn_language((*titles, *known))
    cut, searched = language.words_of_all(titles), language.words_of_all(known)
    near = company(((words, 1.0) for words in searched), cut)
    market = Market(cut, searched, language, near, buyers_order(searched, language, cut))
    other = [query for query, mine in zip(queries, half, strict=True) if not mine]
    judge = judge_of(language.words_of_all(other))
    found = {}
    for core in market.cores(most):
        lists, possible = market.lists(core), judge.most(core, frozenset().union(*market.beside(core)))
        found[core] = np.array(
            [
                [*(judge.hits(words[:depth]) for words in lists), np.minimum(possible, depth)]
                for depth in DEPTHS
            ]
        )
    return found


def _told(halves: Sequence[Mapping[str, np.ndarray]]) -> Iterator[str]:
    """What was found, at each depth and in each way; a category in several halves is one."""
    cores = sorted({core for found in halves for core in found})
    none = np.zeros((len(DEPTHS), len(LISTS), len(WAYS)), dtype=np.int64)
    counts = np.array([sum((found.get(core, none) for found in halves), none) for core in cores])
    for at, depth in enumerate(DEPTHS):
        tries = depth * sum(map(len, halves))
        for way, found in zip(WAYS, np.moveaxis(counts[:, at], 2, 0), strict=True):
            total = found.sum(axis=0)
            told = ", ".join(
                f"{of} {hits} ({hits / tries:.4f})" for of, hits in zip(LISTS, total, strict=True)
            )
            yield f"  first {depth}, {way}: {told}; mined / permuted {_ratio(found)}"


def _ratio(found: np.ndarray) -> str:
    """Hits of the mined words over those of the permuted ones, with a 90 % interval by categories."""
    total = found.sum(axis=0)
    if total[1] == 0:
        return "-"
    draws = found[np.random.default_rng(0).integers(0, len(found), (2000, len(found)))].sum(axis=1)
    low, high = np.quantile(draws[:, 0] / np.maximum(draws[:, 1], 1), (0.05, 0.95))
    return f"{total[0] / total[1]:.2f} ({low:.2f} .. {high:.2f})"


def _permuted(core: str, roots: Sequence[str]) -> list[Words]:
    """First words of a plain permutation tool: the product with one or two words, in every order."""
    words = [core, *roots]
    every = (p for size in (2, 3) for p in permutations(words, size) if core in p)
    return list(islice(every, MOST))
