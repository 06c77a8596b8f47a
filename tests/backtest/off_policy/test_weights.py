"""A log speaks for bids that were tried, and says why where it cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bidopt.backtest.bid_noise import LevelNoise
from bidopt.backtest.off_policy.blocks import blocks_of
from bidopt.backtest.off_policy.randomised_log import OffPolicyError, RandomisedLog
from bidopt.backtest.off_policy.weights import OverlapRules, Weights, weigh
from bidopt.domain.metrics import Array
from tests.backtest.off_policy.drawn_logs import NOISE, Truth, draw_log, draw_truth, target_rows


def made(seed: int = 1) -> tuple[Truth, RandomisedLog]:
    rng = np.random.default_rng(seed)
    truth = draw_truth(rng)
    return truth, draw_log(rng, truth)


def weighed(log: RandomisedLog, bid: Array, rules: OverlapRules | None = None) -> Weights:
    return weigh(log, target_rows(log, bid), blocks_of(log, 1), rules or OverlapRules())


def test_weights_average_one_and_fall_off_with_distance() -> None:
    """Within 4 standard errors of about 0.04; a false alarm in 1 of 16,000 seeds for each."""
    truth, log = made()
    near, far = weighed(log, truth.base), weighed(log, truth.base * 1.3)
    for weights in (near, far):
        assert weights.overlap.mean_weight == pytest.approx(1, abs=0.25)
        assert weights.overlap.outside == 0
    assert 0.4 < near.overlap.share < 0.7  # sqrt(2) x width / sigma = 0.57 for narrow kernels
    assert far.overlap.ess < near.overlap.ess


def test_bids_far_from_all_that_was_tried_are_refused() -> None:
    truth, log = made()
    with pytest.raises(OffPolicyError, match=r"100% 的花费所在的词，目标出价超出了历史试过的范围"):
        weighed(log, truth.base * 4)


def test_a_few_words_out_of_range_are_borne() -> None:
    truth, log = made()
    cost = np.bincount(log.keyword, log.outcomes["cost"])
    least = np.arange(len(cost)) == np.argmin(cost)
    assert 0 < weighed(log, np.where(least, truth.base * 4, truth.base)).overlap.outside < 0.05


def test_too_little_overlap_is_refused() -> None:
    truth, log = made()
    ess = weighed(log, truth.base * 1.3).overlap.ess
    with pytest.raises(OffPolicyError, match=r"有效样本只有 \d+ 个词日"):
        weighed(log, truth.base * 1.3, OverlapRules(least_ess=ess + 1))


def test_cut_weights_are_refused_where_they_matter() -> None:
    truth, log = made()
    with pytest.raises(OffPolicyError, match=r"的权重因超过 3 被截断"):
        weighed(log, truth.base * 1.2, OverlapRules(most_weight=3.0))


def test_probabilities_that_contradict_the_bids_are_refused() -> None:
    """Stated for a noise of 0.4 where 0.25 was drawn; the mean weight is then off by 30 %."""
    truth, log = made()
    wrong = replace(NOISE, sigma=0.4).probability(log.bid, truth.base[log.keyword])
    with pytest.raises(OffPolicyError, match="记录的出价概率与实际出价对不上"):
        weighed(replace(log, propensity=wrong), truth.base)


def test_sound_probabilities_are_doubted_once_in_thousands() -> None:
    """At a rate of 1 in 10,000, any alarm in 100 logs is seen in 1 of 100 seeds."""
    for seed in range(100):
        truth, log = made(seed)
        weighed(log, np.round(truth.base * 1.1, 2))


def test_levels_ask_for_the_very_bid() -> None:
    rng = np.random.default_rng(1)
    truth = draw_truth(rng)
    log = draw_log(rng, truth, LevelNoise((0.8, 1.0, 1.25), (0.3, 0.4, 0.3)))
    weights = weighed(log, truth.base, OverlapRules(width=0))
    assert np.unique(weights.weight).tolist() == pytest.approx([0.0, 1 / 0.4])
    with pytest.raises(OffPolicyError, match="有效样本只有 0 个词日"):
        weighed(log, np.round(truth.base * 1.1, 2), OverlapRules(width=0))


def test_kept_bids_without_chance_weigh_one_and_others_nothing() -> None:
    truth, log = made()
    certain = replace(log, propensity=np.ones(len(log.bid)))
    kept = weigh(certain, certain.bid, blocks_of(certain, 1), OverlapRules())
    assert (kept.weight == 1).all()
    with pytest.raises(OffPolicyError, match="有效样本"):
        weighed(certain, truth.base * 1.01, OverlapRules())
