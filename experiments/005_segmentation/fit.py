"""Fits the weights of `bidopt/text/word_score.py` on labelled titles: which candidates are labelled as one word?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from labelled import Labelled
from scipy.optimize import minimize

from bidopt.text.dictionary import Cutter, Dictionary
from bidopt.text.lexicon import RUNS, free_pieces, loose_cutter
from bidopt.text.new_words import MOST_PIECES, PIECES, candidates, count_titles
from bidopt.text.normalize import fold
from bidopt.text.word_score import KINDS, features, kinds

Floats = npt.NDArray[np.float64]
PENALTY = 1.0


def fit(
    titles: Sequence[Labelled], corpus: Sequence[str], general: Dictionary
) -> dict[str, tuple[float, ...]]:
    """Weights by kind of candidate that make the labels likeliest.

    Args:
        titles: labelled.
        corpus: titles that are counted.
        general: the general dictionary.
    """
    loose = loose_cutter(general, None)
    counts = count_titles(
        free_pieces(loose, *run.groups()) for title in corpus for run in RUNS.finditer(fold(title))
    )
    table = candidates(counts)
    place = {tuple(row): at for at, row in enumerate(table[PIECES].to_numpy(dtype=object).tolist())}
    is_word, is_none = _labels(titles, place, loose)
    inputs, kind = features(table, counts, general), kinds(table)
    weights = {}
    for number, name in enumerate(KINDS):
        rows = np.array([at for at in is_word.keys() | is_none.keys() if kind[at] == number])
        yes, no = (np.array([count[at] for at in rows], dtype=float) for count in (is_word, is_none))
        weights[name] = tuple(round(weight, 2) for weight in _logistic(inputs[rows], yes, no).tolist())
    return weights


def _labels(
    titles: Sequence[Labelled], place: dict[tuple[str, ...], int], loose: Cutter
) -> tuple[Counter[int], Counter[int]]:
    """How often each candidate is a labelled word, and how often it touches one without being one."""
    is_word, is_none = Counter[int](), Counter[int]()
    for row in titles:
        exact = {(start, end) for start, end, _ in row.words}
        covered = {at for start, end, _ in row.words for at in range(start, end)}
        for run in RUNS.finditer(fold(row.title)):
            pieces = loose.cut(run.group(2))
            ends = [run.start(2), *(run.start(2) + np.cumsum([len(piece) for piece in pieces])).tolist()]
            for first in range(len(pieces)):
                for joined in range(2, min(MOST_PIECES, len(pieces) - first) + 1):
                    key = (*pieces[first : first + joined], *[""] * (MOST_PIECES - joined))
                    span = ends[first], ends[first + joined]
                    if key in place and span in exact:
                        is_word[place[key]] += 1
                    elif key in place and not covered.isdisjoint(range(*span)):
                        is_none[place[key]] += 1
    return is_word, is_none


def _logistic(inputs: Floats, yes: Floats, no: Floats) -> Floats:
    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = inputs @ weights
        value = (yes * np.logaddexp(0, -odds) + no * np.logaddexp(0, odds)).sum() + PENALTY * (
            weights**2
        ).sum()
        slope = inputs.T @ (no / (1 + np.exp(-odds)) - yes / (1 + np.exp(odds))) + 2 * PENALTY * weights
        return float(value), slope

    found = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B")
    weights: Floats = found.x
    return weights
