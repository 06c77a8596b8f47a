"""A sequential test that knows how the market was drawn: no test from the same exports can be much quicker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.backtest.world import World
from bidopt.decisions.draft import Mask
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array, ratio

_NODES = 41


@dataclass(frozen=True)
class IdealTest:
    """A Bayesian test of each word by its own clicks and orders, from the true prior.

    Known to it: the share of junk, what junk earns, the true level of each product's words and their spread, and the
    mean value of an order. Not known: which words are junk, and anything from a word's roots.

    Args:
        log_cvr: nodes of each word's prior if it is no junk, shape (n, nodes).
        weight: of the nodes, shape (nodes,).
        junk_share: of words.
        order_value: shape (n,).
        drop_below: chance of paying below which a word is dropped.
    """

    log_cvr: Array
    weight: Array
    junk_share: float
    order_value: Array
    drop_below: float

    def condemned(self, record: WordRecord) -> Mask:
        """Words whose chance of paying is below the line, shape (n,)."""
        cvr = np.exp(self.log_cvr)
        due = record.matured_clicks[:, None] * cvr
        likelihood = self.weight * np.exp(record.orders[:, None] * self.log_cvr - due)
        stray = _junk_likelihood(record, cvr @ self.weight)
        pays = cvr >= ratio(record.least_value, self.order_value)[:, None]
        good = (1 - self.junk_share) * (likelihood * pays).sum(axis=1)
        total = (1 - self.junk_share) * likelihood.sum(axis=1) + self.junk_share * stray
        condemned: Mask = (ratio(good, total) < self.drop_below) & (record.clicks > 0)
        return condemned


def _junk_likelihood(record: WordRecord, cvr: Array) -> Array:
    """Four in five junk words sell nothing, the others a twentieth of what they would."""
    rare = 0.05 * cvr
    some = np.exp(record.orders * np.log(rare) - record.matured_clicks * rare)
    likelihood: Array = 0.8 * (record.orders == 0) + 0.2 * some
    return likelihood


def ideal_test(world: World, drop_below: float) -> IdealTest:
    """The test of a world's words."""
    good = ~world.junk
    log_cvr = np.log(np.where(good, world.cvr, 1.0))
    words = np.bincount(world.product_of, good, minlength=len(world.products))
    level = np.bincount(world.product_of, log_cvr * good, minlength=len(world.products)) / words
    spread = float((log_cvr - level[world.product_of])[good].std())
    place = np.linspace(-3, 3, _NODES)
    weight = np.exp(-(place**2) / 2)
    return IdealTest(
        log_cvr=level[world.product_of][:, None] + spread * place,
        weight=weight / weight.sum(),
        junk_share=float(world.junk.mean()),
        order_value=world.order_value,
        drop_below=drop_below,
    )
