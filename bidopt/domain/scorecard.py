"""What a backtest found: each policy's figures with intervals, side by side with what was done and what keeps all bids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOW, HIGH = 0.025, 0.975
"""Quantiles of every interval here: 95 %."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval; NaN where unknown."""

    value: float
    low: float
    high: float


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class Totals:
    """Totals over all days, or their difference to another policy's.

    Args:
        revenue, cost, profit: currency; profit is revenue x gross margin - cost, NaN where no margin is known.
        roas: revenue / cost.
    """

    revenue: Estimate
    cost: Estimate
    profit: Estimate
    roas: Estimate


@dataclass(frozen=True)
class Words:
    """What happened to words.

    Args:
        changed: share of the keyword-days on which a bid was set.
        change: mean |log change| of a bid set.
        budgets_set: campaign budgets changed, over all days.
        dropped, resumed: over all days; `gone` were not resumed by the last.
        later_cost, later_revenue: what the log has of those from then on; NaN where there is no log.
    """

    changed: float
    change: float
    budgets_set: int
    dropped: int
    resumed: int
    gone: int
    later_cost: float
    later_revenue: float


@dataclass(frozen=True)
class Support:
    """How far the log can speak for a policy.

    Args:
        inside, inside_money: share of running keyword-days, and of their cost, whose bid lies within the bids that the
            log has of the keyword; NaN where it has none.
        by_model: share of the revenue that rests on the model alone.
    """

    inside: float
    inside_money: float
    by_model: float


@dataclass(frozen=True)
class ChanceCheck:
    """What bids drawn by chance say of a policy, without any model of the auction to be trusted.

    Args:
        figures: estimator (ips, snips, dr) -> figures per day; empty where refused.
        against: the same as differences to the baseline; empty for it, and where it was refused.
        days: with all orders known, on which they are taken.
        effective: keyword-days that the log's are worth for this policy; `share` of what they are for its own bids.
        outside: share of the cost in keyword-days whose bid was never tried.
        clipped: share of all weight that was cut, which makes figures too low.
        refused: why nothing can be said, with what to do about it.
    """

    figures: Mapping[str, Totals]
    against: Mapping[str, Totals]
    days: int = 0
    effective: float = float("nan")
    share: float = float("nan")
    outside: float = float("nan")
    clipped: float = float("nan")
    refused: str = ""


@dataclass(frozen=True)
class Curve:
    """Day by day, each of one entry per day: cost and revenue, and what has come together so far."""

    cost: tuple[float, ...]
    revenue: tuple[float, ...]
    revenue_so_far: tuple[Estimate, ...]
    profit_so_far: tuple[Estimate, ...]


@dataclass(frozen=True)
class PolicyScore:
    """One policy.

    Args:
        policy: its name.
        totals: over all days.
        against: name of another policy of the run -> the difference to it, luck and doubt paired.
        budget_use: cost / sum of the budgets in force.
        clairvoyant: revenue / the clairvoyant's; `regret` what is missing to it, currency. NaN where no truth is known.
        words: dropped and changed.
        support: of the log.
        curve: day by day.
        chance: what drawn bids say of it; None where the log has nothing to say of any policy.
    """

    policy: str
    totals: Totals
    against: Mapping[str, Totals]
    budget_use: float
    clairvoyant: Estimate
    regret: Estimate
    words: Words
    support: Support
    curve: Curve
    chance: ChanceCheck | None = None


@dataclass(frozen=True)
class SpendPoint:
    """The log with every bid multiplied by `factor`: estimated cost and revenue."""

    factor: float
    cost: float
    revenue: float


@dataclass(frozen=True)
class Scorecard:
    """A finished backtest of one shop.

    Args:
        shop: shop id, `shop_name` its display name.
        currency: ISO code; all money is in it.
        target_roas: of the shop's goals.
        name: of the backtest.
        dates: ISO days that were decided and scored.
        known_by: ISO morning whose knowledge scores them.
        baseline: policy that differences are shown to.
        policies: in the order asked for, what was done first.
        spend_curve: the log with all bids scaled, by factor.
        keywords: of the log; `bids_known` the share of them with a bid in it.
        told_late: mornings on which facts told later stood in.
        draws: behind every interval.
        version: of bidopt.
        folds: stretches, at the start of each of which policies take over the bids of the log anew.
        no_chance: why drawn bids say nothing of any policy; empty where they do.
    """

    shop: str
    shop_name: str
    currency: str
    target_roas: float
    name: str
    dates: tuple[str, ...]
    known_by: str
    baseline: str
    policies: tuple[PolicyScore, ...]
    spend_curve: tuple[SpendPoint, ...]
    keywords: int
    bids_known: float
    told_late: int
    draws: int
    version: str
    folds: int = 1
    no_chance: str = ""

    def score(self, policy: str) -> PolicyScore:
        """The score of a policy of that name.

        Raises:
            KeyError: there is none.
        """
        return {score.policy: score for score in self.policies}[policy]
