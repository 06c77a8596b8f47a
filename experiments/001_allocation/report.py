"""The report: tables and, last, each line of the issue's "done when" with the measured figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from cells import LINE_TO_BEAT, OURS
from shops import Results, per_seed
from tables import (
    Lead,
    ablation_table,
    budget_table,
    families,
    group,
    gsp,
    lead,
    limits_table,
    markdown,
    market_table,
    mean_of,
    missed,
    overview_table,
    percent,
    points,
    reached,
    rivals,
    share,
    title,
    weeks_table,
)

from bidopt.backtest.scenarios import SCENARIOS

SEEDS = 20
ON_AVERAGE, IN_EACH, IN_HARD, AIM, LEAD = 0.88, 0.80, 0.76, 0.92, 0.04
HARD = ("cold_start", "drift")
ROAS_REACHED, SHOPS_MISSED = 0.97, 0.05

_LEGEND = f"""Share: expected revenue / the clairvoyant's, sums over the days. Score: share x min(1, (ROAS / target)^2).
Lead: {OURS} minus the policy of the row, paired by seed, in percentage points; ✗ where its interval does not lie
above zero. Intervals: 95 % bootstrap over shops."""


def report(results: Results, days: int, versions: int) -> str:
    """The whole report as markdown.

    Args:
        results: what was played for `days` days.
        days: per shop.
        versions: of the code that the results come from.
    """
    average = gsp(results)
    seeds = {seed for shops in results.values() for seed in shops} or {0}
    cells = sum(len(shops) for shops in results.values())
    parts = [f"{cells:,} cells of {days} days, seeds {min(seeds)} to {max(seeds)}."]
    if versions > 1:
        parts.append(f"**Results of {versions} versions of the code are mixed.**")
    if not average:
        return "\n\n".join([*parts, f"Nothing to compare yet: play {OURS} and {LINE_TO_BEAT}."])
    parts += [
        _LEGEND,
        "### Verdict",
        verdict(results),
        "### Share of the clairvoyant's revenue in every market",
        overview_table(results),
        f"### Average of {len(average)} GSP scenarios",
        market_table(results, average),
    ]
    for market in [*average, *families(results)]:
        parts += [f"### {title(market)}", market_table(results, [market])]
    parts += [
        "### Guardrails on and off",
        limits_table(results),
        "### Regret by week, % of the clairvoyant's revenue",
        weeks_table(results, days),
        "### Ablations: what knowing the truth would add",
        ablation_table(results),
        "### Budgets of the plan",
        budget_table(results),
    ]
    return "\n\n".join(parts)


def verdict(results: Results) -> str:
    """Each measured line of "done when"."""
    rows = [*_reach(results), *_leads(results), *_limits(results)]
    done = [[what, measured, "met" if met else "**not met**"] for what, measured, met in rows]
    return markdown(["done when", "measured", ""], done)


Line = tuple[str, str, bool]


def _reach(results: Results) -> Sequence[Line]:
    markets = gsp(results)
    shops = group(results, markets)
    seeds = len(per_seed(shops, share))
    average = mean_of(shops, share)
    each = {title(market): mean_of(group(results, [market]), share).mean for market in markets}
    short = {
        name: got - (IN_HARD if name in HARD else IN_EACH)
        for name, got in sorted(each.items(), key=lambda item: item[1])
    }
    lowest = ", ".join(f"{name} {100 * each[name]:.1f}" for name in list(short)[:3])
    complete = len(markets) == len(SCENARIOS)
    reaches = complete and average.mean >= ON_AVERAGE
    return [
        (
            f"{len(SCENARIOS)} GSP scenarios, {len(families(results))} other families, at least {SEEDS} seeds",
            f"{len(markets)} scenarios, {seeds} seeds in all of them",
            complete and len(families(results)) > 1 and seeds >= SEEDS,
        ),
        (f"{ON_AVERAGE:.0%} of the clairvoyant on average", percent(average), reaches),
        (f"aim beyond: {AIM:.0%}", percent(average), complete and average.mean >= AIM),
        (
            f"{IN_EACH:.0%} in each scenario ({' and '.join(HARD)} {IN_HARD:.0%})",
            f"lowest: {lowest}; {sum(gap < 0 for gap in short.values())} of {len(short)} below",
            complete and min(short.values()) >= 0,
        ),
    ]


def _leads(results: Results) -> Sequence[Line]:
    leads = [
        lead(results, [market], policy, title(market))
        for market in [*gsp(results), *families(results)]
        for policy in rivals(results)
        if any(group(results, [market], policy=policy))
    ]
    paced = lead(results, gsp(results), LINE_TO_BEAT, "")
    by_share = [one for one in leads if not one.share.low > 0]
    by_score = [one for one in leads if not one.score.low > 0]
    return [
        (
            "ahead of every baseline in every market, share of revenue",
            _exceptions(leads, by_share),
            not by_share,
        ),
        ("the same by score (a missed target counts)", _exceptions(leads, by_score), not by_score),
        (
            f"at least {100 * LEAD:.0f} points ahead of {LINE_TO_BEAT} on average",
            f"share {points(paced.share)}, score {points(paced.score)}",
            paced.share.mean >= LEAD,
        ),
    ]


def _exceptions(leads: Sequence[Lead], failing: Sequence[Lead]) -> str:
    markets: dict[str, list[str]] = {}
    for one in failing:
        markets.setdefault(one.against, []).append(one.market)
    named = "; ".join(f"{policy} in {', '.join(names)}" for policy, names in markets.items())
    text = f"{len(leads) - len(failing)} of {len(leads)} pairs with an interval above zero"
    return f"{text}; not: {named}" if named else text


def _limits(results: Results) -> Sequence[Line]:
    markets = [*gsp(results), *families(results)]
    roas = {title(market): mean_of(group(results, [market]), reached).mean for market in markets}
    below = [name for name, got in roas.items() if got < ROAS_REACHED]
    lowest = min(roas, key=lambda name: roas[name])
    under = {title(market): missed(group(results, [market])) for market in markets}
    worst = max(under, key=lambda name: under[name])
    overall = missed(group(results, markets))
    ours = [shop for setup, shops in results.items() if setup.policy == OURS for shop in shops.values()]
    over = int(np.sum([shop.over for shop in ours]))
    return [
        (
            f"ROAS at least {ROAS_REACHED} x target in every market on average",
            f"lowest: {lowest} {roas[lowest]:.2f}; below in {len(below)} of {len(markets)}",
            not below,
        ),
        (
            f"under 0.9 x target in fewer than {SHOPS_MISSED:.0%} of shops",
            f"{overall:.1%} of all shops; most in {worst}: {under[worst]:.0%}",
            overall < SHOPS_MISSED,
        ),
        (
            "budgets never exceeded by the plan",
            f"{over} of {sum(shop.played for shop in ours):,} days",
            over == 0,
        ),
    ]
