"""Tuning finds a planted best setting, finds nothing where there is nothing, and looks at the last fold once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bidopt.backtest.folds import Takings, gain, score
from bidopt.backtest.knobs import Knob, knobs_of, turned
from bidopt.backtest.tuning import Tuned, Tuning
from bidopt.decisions.allocation.learning_bidder import LearningBidder
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.errors import BidoptError
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.recommender import Recommender
from tests.backtest.toy_folds import ToyFolds, toy_recommender

TRIALS = 24
FACTOR = ("policies", "toy_folds", "factor")


def toy_knobs(recommender: Recommender) -> list[Knob]:
    return [knob for knob in knobs_of(recommender) if knob.path[0] == "policies"]


def tune(folds: ToyFolds, study: Path | None = None, trials: int = TRIALS) -> Tuned:
    recommender = toy_recommender()
    return Tuning(folds, recommender, toy_knobs(recommender), study).run(trials)


def test_marked_settings_are_found_with_their_place_and_todays_value() -> None:
    recommender = Recommender(
        Goals(), EvidenceSettings(), (TestAndPrune(test_days=12), LearningBidder(caution=0.4)), ()
    )
    knobs = {knob.name: knob for knob in knobs_of(recommender)}
    assert knobs["policies.learning_bidder.caution"].current == 0.4
    assert knobs["policies.test_and_prune.poor_value.drop_below"].log
    days = knobs["policies.test_and_prune.test_days"]
    assert days.whole
    assert (days.low, days.high) == (2, 12)  # today's value is always within
    assert "evidence.half_life_days" in knobs
    assert not [name for name in knobs if "enabled" in name or "fixed" in name]


def test_a_rule_that_is_switched_off_has_nothing_to_tune() -> None:
    off = TestAndPrune.model_validate({"poor_value": {"enabled": False}})
    knobs = knobs_of(Recommender(Goals(), EvidenceSettings(), (off,), ()))
    assert not [knob for knob in knobs if "poor_value" in knob.path]


def test_turned_settings_are_checked_and_leave_the_rest_alone() -> None:
    recommender = Recommender(Goals(), EvidenceSettings(), (TestAndPrune(), LearningBidder()), ())
    values = {
        ("policies", "test_and_prune", "poor_value", "drop_below"): 0.3,
        ("policies", "learning_bidder", "raise_by"): 0.2,
        ("evidence", "half_life_days"): 20.0,
    }
    new = turned(recommender, values)
    assert {knob.path: knob.current for knob in knobs_of(new) if knob.path in values} == values
    rest = [(k.path, k.current) for k in knobs_of(recommender) if k.path not in values]
    assert [(k.path, k.current) for k in knobs_of(new) if k.path not in values] == rest
    assert recommender.policies == (TestAndPrune(), LearningBidder())
    with pytest.raises(ValueError, match="drop_below"):
        turned(recommender, {("policies", "test_and_prune", "poor_value", "drop_below"): 3.0})


def takings(revenue: list[float], cost: list[float]) -> Takings:
    worth = np.array(revenue)
    return Takings(np.array(cost), worth, worth, np.full(len(worth), 2.0))


def test_breaking_the_target_costs_more_than_it_brings() -> None:
    goals = Goals(target_roas=3.0)
    kept = takings([300.0, 300.0], [100.0, 100.0])
    assert score(kept, goals) == pytest.approx(150.0)
    broken = takings([310.0, 310.0], [110.0, 110.0])  # ten more cost brought ten more revenue
    assert score(broken, goals) < score(kept, goals)
    cheaper = takings([300.0, 300.0], [90.0, 90.0])
    assert score(cheaper, goals) == score(kept, goals)  # within the target only the revenue counts


def test_a_gains_interval_covers_the_truth_as_often_as_it_says() -> None:
    """400 paired differences of 8 units, true gain 5: a 90 % interval misses 40 +- 6, false alarm below 1 in 10^4."""
    goals, rng = Goals(target_roas=1.0), np.random.default_rng(5)
    missed = 0
    for _ in range(400):
        shared = rng.normal(100.0, 30.0, 8)
        old, new = (takings((shared + rng.normal(m, 4.0, 8)).tolist(), [1.0] * 8) for m in (0.0, 10.0))
        found = gain([new], [old], goals)
        missed += not found.low <= 5.0 <= found.high
    assert 17 <= missed <= 65


def test_too_few_units_tell_no_interval() -> None:
    found = gain([takings([310.0], [100.0])], [takings([300.0], [100.0])], Goals())
    assert found.mean == pytest.approx(5.0)
    assert np.isnan(found.low)


def test_the_planted_factor_is_found_and_its_gain_survives() -> None:
    tuned = tune(ToyFolds(1, best=2.5, luck=0.01))
    assert tuned.gained
    assert set(tuned.after) == {FACTOR}  # idle settings go back to today's
    assert tuned.before == {FACTOR: 1.0}
    assert 1.8 < tuned.after[FACTOR] < 3.4
    assert tuned.given_up > 0


def test_luck_is_hardly_ever_taken_for_a_gain() -> None:
    """Settings that do nothing: each of 40 searches alarms with a chance of 5 %, 7 of them once in 300 suites."""
    alarms = sum(tune(ToyFolds(seed, best=None), trials=6).gained for seed in range(40))
    assert alarms <= 6


def test_settings_without_any_effect_at_all_stay_as_they_are() -> None:
    folds = ToyFolds(1, best=None, luck=0.0)
    tuned = tune(folds, trials=10)
    assert not tuned.after
    assert tuned.held_out is None
    assert folds.count - 1 not in {fold for _, fold in folds.played}


def test_nothing_is_gained_where_today_is_best_already() -> None:
    tuned = tune(ToyFolds(3, best=1.0, luck=0.01), trials=15)
    assert not tuned.gained


def test_the_last_fold_is_played_by_the_winner_alone_and_once(tmp_path: Path) -> None:
    folds = ToyFolds(1, best=2.5, luck=0.01)
    study = tmp_path / "study.sqlite"
    first = tune(folds, study, trials=12)
    on_last = [factor for factor, fold in folds.played if fold == folds.count - 1]
    assert sorted(on_last) == sorted([1.0, first.after[FACTOR]])

    again = ToyFolds(1, best=2.5, luck=0.01)
    later = tune(again, study, trials=40)
    assert later.seen_before
    assert (later.after, later.held_out) == (first.after, first.held_out)
    assert again.count - 1 not in {fold for _, fold in again.played}


class Interrupted(Exception):  # noqa: N818
    """Somebody pulls the plug."""


class Fragile(ToyFolds):
    """Folds that break down after so many plays."""

    plays = 17

    def play(self, recommender: Recommender, fold: int) -> Takings:
        if len(self.played) == self.plays:
            raise Interrupted
        return super().play(recommender, fold)


def test_an_interrupted_search_ends_where_an_uninterrupted_one_does(tmp_path: Path) -> None:
    study = tmp_path / "study.sqlite"
    expected = tune(ToyFolds(2, best=2.0, luck=0.01), trials=10)
    with pytest.raises(Interrupted):
        tune(Fragile(2, best=2.0, luck=0.01), study, trials=10)
    assert tune(ToyFolds(2, best=2.0, luck=0.01), study, trials=10) == expected


def test_the_same_seed_finds_the_same() -> None:
    one, same = (tune(ToyFolds(4, best=0.5, luck=0.02), trials=12) for _ in range(2))
    assert one == same


def test_draws_of_the_whole_are_as_doubtful_however_many_they_are() -> None:
    rng = np.random.default_rng(3)
    widths = []
    for draws in (50, 800):
        better = rng.normal(20.0, 10.0, draws)
        revenue, ones = np.full(draws, 100.0), np.ones(draws)
        old = Takings(ones, revenue, revenue, ones, whole=True)
        new = Takings(old.cost, old.revenue + better, old.worth + better, old.days, whole=True)
        found = gain([new], [old], Goals(target_roas=1.0))
        widths.append(found.high - found.low)
    assert widths == pytest.approx([33.0, 33.0], rel=0.2)


def test_trials_are_kept_in_folders_of_any_name(tmp_path: Path) -> None:
    study = tmp_path / "a?b%20c{d} 店铺" / "trials.sqlite"
    study.parent.mkdir()
    tune(ToyFolds(1, None), study, 2)
    assert study.is_file()


def test_trials_that_cannot_be_read_are_named_with_what_to_do(tmp_path: Path) -> None:
    study = tmp_path / "trials.sqlite"
    study.write_bytes(b"this is no database, however long it may be" * 100)
    with pytest.raises(BidoptError, match="调参记录打不开") as error:
        tune(ToyFolds(1, None), study, 2)
    assert str(study) in error.value.hint
