"""How often does tuning find what is planted, and how often does it see a gain where there is none?

python experiments/011_tuning/run.py formula --seeds 60      # a formula with luck
python experiments/011_tuning/run.py auction --seeds 3       # simulated shops, real policies
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

from formula import FormulaFolds, recommender

from bidopt.backtest.folds import Folds
from bidopt.backtest.knobs import knobs_of
from bidopt.backtest.scenario_folds import ScenarioFolds
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.backtest.tuning import Tuned, Tuning
from bidopt.decisions.allocation.learning_bidder import LearningBidder
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.recommender import Recommender

SMALL = replace(SCENARIOS["steady"], keywords=60, products=5, orders=60.0)


@dataclass(frozen=True)
class Case:
    """One question.

    Args:
        name: printed.
        folds: of a seed.
        recommender: today's settings.
        only: names of the settings to tune.
        trials: in all.
    """

    name: str
    folds: Callable[[int], Folds]
    recommender: Recommender
    only: tuple[str, ...]
    trials: int


def bidder(**settings: float) -> Recommender:
    policy = LearningBidder.model_validate(settings)
    return Recommender(Goals(), EvidenceSettings(), (policy,), ())


def formula_cases() -> list[Case]:
    every = ("factor", "idle")
    return [
        Case("best 2.5, today 1.0, luck 2 %", lambda s: FormulaFolds(s, 2.5, 0.02), recommender(), every, 25),
        Case(
            "best 2.5, today 1.0, luck 10 %", lambda s: FormulaFolds(s, 2.5, 0.10), recommender(), every, 25
        ),
        Case("today's is best, luck 2 %", lambda s: FormulaFolds(s, 1.0, 0.02), recommender(), every, 25),
        Case("nothing matters, luck 2 %", lambda s: FormulaFolds(s, None, 0.02), recommender(), every, 25),
        Case("nothing matters, luck 10 %", lambda s: FormulaFolds(s, None, 0.10), recommender(), every, 25),
    ]


def auction_cases() -> list[Case]:
    def folds(seed: int) -> Folds:
        return ScenarioFolds(SMALL, seed, folds=2, days=4, markets=3)

    reach = ("raise_by", "cut_by")
    slow = {"raise_by": 0.02, "cut_by": 0.02, "silent_raise_by": 0.02}
    return [
        Case("reach of a day planted at 0.02", folds, bidder(**slow), reach, 8),
        Case("headroom, which does nothing under an account budget", folds, bidder(), ("headroom",), 4),
        Case("default reach", folds, bidder(), reach, 8),
    ]


def tuned(case: Case, seed: int) -> Tuned:
    knobs = [k for k in knobs_of(case.recommender) if any(k.path[-1] == name for name in case.only)]
    return Tuning(case.folds(seed), case.recommender, knobs, None, seed=seed).run(case.trials)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("market", choices=["formula", "auction"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1101)
    options = parser.parse_args()
    cases = formula_cases() if options.market == "formula" else auction_cases()
    print(
        "| case | seeds | gain said | better on the tuning folds | settings changed (where a gain is said) |"
    )
    print("| --- | --- | --- | --- | --- |")
    for case in cases:
        found = [tuned(case, options.first_seed + number) for number in range(options.seeds)]
        said = [one for one in found if one.gained]
        changed = [", ".join(f"{path[-1]} {value:g}" for path, value in one.after.items()) for one in said]
        better = sum(one.held_out is not None for one in found)
        shown = "; ".join(changed[:4]) + (" ..." if len(changed) > 4 else "")
        print(f"| {case.name} | {len(found)} | {len(said)} | {better} | {shown} |", flush=True)
        if options.market == "auction":
            for one in found:
                print(
                    f"    held out {one.held_out}, on {one.current:.1f} a day, after {one.after}", flush=True
                )


if __name__ == "__main__":
    main()
