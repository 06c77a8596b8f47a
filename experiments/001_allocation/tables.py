"""The tables of the report, as markdown for the README."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from cells import ABLATED, GSP, LINE_TO_BEAT, NOTHING, OTHER_FAMILIES, OURS, PRIOR, Setup
from shops import Interval, Results, Shop, ahead, interval, per_seed, week_starts
from truths import TRUTHS

from bidopt.backtest.scenarios import SCENARIOS

LEAST_ROAS = 0.9
"""Shops below this part of the target count as having missed it."""

Markets = Sequence[Setup]
Group = Sequence[Mapping[int, Shop]]


@dataclass(frozen=True)
class Lead:
    """How far the learning bidder is ahead of another policy in a market, paired by seed."""

    market: str
    against: str
    share: Interval
    score: Interval


def gsp(results: Results) -> Markets:
    """The scenarios in which both the learning bidder and the line to beat were played."""
    asked = [Setup(name) for name in SCENARIOS]
    return [one for one in asked if one in results and replace(one, policy=LINE_TO_BEAT) in results]


def families(results: Results) -> Markets:
    """The other market families, as far as they were played."""
    return [one for one in (Setup("steady", family) for family in OTHER_FAMILIES) if one in results]


def title(market: Setup) -> str:
    """Short name of a market."""
    return market.scenario if market.family == GSP else f"{market.scenario}/{market.family}"


def group(results: Results, markets: Markets, **setup: str) -> Group:
    """The shops of one policy in each of the markets; empty ones where it was not played."""
    return [results.get(replace(market, **setup), {}) for market in markets]


def share(shop: Shop) -> float:
    """Share of the clairvoyant's revenue."""
    return shop.share


def score(shop: Shop) -> float:
    """Share with the missed part of the target taken back."""
    return shop.score


def reached(shop: Shop) -> float:
    """Realised ROAS / target."""
    return shop.reached


def mean_of(shops: Group, figure: Callable[[Shop], float]) -> Interval:
    """A figure over the seeds of a group."""
    return interval(per_seed(shops, figure).values())


def missed(shops: Group) -> float:
    """Share of all shops of the group whose ROAS is under 0.9 x target; NaN without shops."""
    each = [shop.reached < LEAST_ROAS for one in shops for shop in one.values()]
    return float(np.mean(each)) if each else np.nan


def lead(results: Results, markets: Markets, against: str, name: str) -> Lead:
    """The learning bidder's lead over `against`."""
    ours, theirs = group(results, markets), group(results, markets, policy=against)
    by_share, by_score = (
        interval(ahead(per_seed(ours, figure), per_seed(theirs, figure))) for figure in (share, score)
    )
    return Lead(name, against, by_share, by_score)


def rivals(results: Results) -> Sequence[str]:
    """Every other policy that was played."""
    return sorted({setup.policy for setup in results} - {OURS})


def market_table(results: Results, markets: Markets) -> str:
    """Every policy in a market (or the average of several), best share first, with the learning bidder's lead."""
    rows = []
    for policy in (OURS, *rivals(results)):
        shops = group(results, markets, policy=policy)
        seeds = per_seed(shops, share)
        if not seeds:
            continue
        first = lead(results, markets, policy, "")
        ours = policy == OURS
        rows.append(
            (
                interval(seeds.values()).mean,
                [
                    f"**{policy}**" if ours else policy,
                    str(len(seeds)),
                    percent(mean_of(shops, share)),
                    percent(mean_of(shops, score)),
                    f"{mean_of(shops, reached).mean:.2f}",
                    f"{missed(shops):.0%}",
                    f"{mean_of(shops, lambda shop: shop.seconds).mean:.2f}",
                    "" if ours else points(first.share),
                    "" if ours else points(first.score),
                ],
            )
        )
    heads = [
        "policy", "seeds", "share of clairvoyant %", "score %", "ROAS / target", "shops < 0.9",
        "CPU-s a morning", "lead in share", "lead in score",
    ]  # fmt: skip
    return markdown(heads, [row for _, row in sorted(rows, key=lambda item: -item[0])])


def overview_table(results: Results) -> str:
    """Share of the clairvoyant's revenue, every policy in every market, best mean first."""
    markets = [*gsp(results), *families(results)]
    rows = []
    for policy in (OURS, *rivals(results)):
        cells = [mean_of(group(results, [market], policy=policy), share).mean for market in markets]
        name = f"**{policy}**" if policy == OURS else policy
        known = [cell for cell in cells if not np.isnan(cell)]
        if known:
            rows.append((np.mean(known), [name, *("" if np.isnan(c) else f"{100 * c:.0f}" for c in cells)]))
    heads = ["share %", *(title(market) for market in markets)]
    return markdown(heads, [row for _, row in sorted(rows, key=lambda item: -item[0])])


def limits_table(results: Results) -> str:
    """Default guardrails and none beside each other."""
    rows = []
    for policy in (OURS, LINE_TO_BEAT):
        for market in gsp(results):
            on, off = (
                group(results, [market], policy=policy, limits=limits) for limits in ("default", "off")
            )
            if not any(off):
                continue
            cost = interval(ahead(per_seed(off, share), per_seed(on, share)))
            sides = [
                (percent(mean_of(x, share)), f"{mean_of(x, reached).mean:.2f}", f"{missed(x):.0%}")
                for x in (on, off)
            ]
            rows.append([policy, title(market), *sides[0], *sides[1], points(cost, flag=False)])
    heads = [
        "policy", "scenario", "share % on", "ROAS / target on", "< 0.9 on",
        "share % off", "ROAS / target off", "< 0.9 off", "off minus on",
    ]  # fmt: skip
    return markdown(heads, rows)


def weeks_table(results: Results, days: int) -> str:
    """Regret by week: what of the clairvoyant's revenue was missed."""
    rows = []
    starts = list(week_starts(days))
    for market in [*gsp(results), *families(results)]:
        for policy in (OURS, LINE_TO_BEAT, NOTHING):
            shops = [shop.regret for shop in results.get(replace(market, policy=policy), {}).values()]
            if shops:
                cells = [percent(interval(week)) for week in zip(*shops, strict=True)]
                rows.append([title(market), policy, *cells])
    ends = [*(start for start in starts[1:]), days]
    heads = [f"days {start + 1}-{end}" for start, end in zip(starts, ends, strict=True)]
    return markdown(["market", "policy", *heads], rows)


def ablation_table(results: Results) -> str:
    """The learning bidder with pieces of the truth."""
    rows = []
    for market in [Setup(name) for name in ABLATED]:
        fair = group(results, [market])
        for known in ("", PRIOR, *TRUTHS):
            shops = group(results, [market], known=known)
            if not any(shops):
                continue
            gained = [
                points(interval(ahead(per_seed(shops, figure), per_seed(fair, figure))), flag=False)
                if known
                else ""
                for figure in (share, score)
            ]
            told = known or "nothing: a fair game"
            rows.append(
                [
                    title(market),
                    told,
                    percent(mean_of(shops, share)),
                    f"{mean_of(shops, reached).mean:.2f}",
                    *gained,
                ]
            )
    return markdown(
        ["scenario", "true, not learned", "share %", "ROAS / target", "gained", "gained in score"], rows
    )


def budget_table(results: Results) -> str:
    """Days on which the plan's budgets exceed the account's."""
    rows = []
    for policy in (OURS, *rivals(results)):
        shops = [shop for setup, each in results.items() if setup.policy == policy for shop in each.values()]
        days, over = sum(shop.played for shop in shops), sum(shop.over for shop in shops)
        rows.append([policy, f"{days:,}", str(over)])
    return markdown(["policy", "days planned", "days over the account budget"], rows)


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def percent(figure: Interval) -> str:
    """84.1 (82.0 to 86.3)."""
    return f"{100 * figure.mean:.1f}" + _between(figure, "")


def points(figure: Interval, *, flag: bool = True) -> str:
    """+5.2 (+3.1 to +7.0) percentage points; marked where a lead is not certain."""
    uncertain = flag and not figure.low > 0
    return f"{100 * figure.mean:+.1f}" + _between(figure, "+") + (" ✗" if uncertain else "")


def _between(figure: Interval, sign: str) -> str:
    return "" if np.isnan(figure.low) else f" ({100 * figure.low:{sign}.1f} to {100 * figure.high:{sign}.1f})"
