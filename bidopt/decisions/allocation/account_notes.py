"""What the allocation says of the account as a whole: what more money or a looser target would bring, what conflicts."""

from __future__ import annotations

from collections.abc import Mapping

from bidopt.decisions.allocation.portfolio import Allocation
from bidopt.domain.reasons import ReasonText, encode

NOTES: Mapping[str, ReasonText] = {
    "portfolio": ReasonText(
        "全部出价一起算（删词和护栏之前）：预计花费 {currency}{cost:,.2f}、成交 {currency}{revenue:,.2f}；离最优最多差 {gap:.3%}",
        "all bids together, before drops and limits: expected cost {currency}{cost:,.2f}, revenue {currency}{revenue:,.2f}; at most {gap:.3%} below "
        "the optimum",
    ),
    "worth_of_budget": ReasonText(
        "卡在账户日预算：每多 {currency}100，预计多 {currency}{gain:,.2f}",
        "the account budget binds: {currency}100 more would bring {currency}{gain:,.2f}",
    ),
    "worth_of_target": ReasonText(
        "卡在目标投产：目标每降 0.1，预计每天多 {currency}{gain:,.2f}",
        "the target ROAS binds: lowering it by 0.1 would bring {currency}{gain:,.2f} a day",
    ),
    "target_out_of_reach": ReasonText(
        "今天的调幅内达不到目标 {limit:.2f}（含安全余量），最高 {attained:.2f}，成交还差 {currency}{excess:,.2f}；先降最差的词",
        "target {limit:.2f} (caution included) is out of reach today, at best {attained:.2f}, {currency}{excess:,.2f} of revenue short; "
        "the worst words come down first",
    ),
    "budget_below_cheapest": ReasonText(
        "今天的调幅内最少要花 {currency}{attained:,.2f}，超过可用预算 {currency}{limit:,.2f}，多 {currency}{excess:,.2f}；日限额会截住",
        "the lowest bids within reach cost {currency}{attained:,.2f}, {currency}{excess:,.2f} above the budget {currency}{limit:,.2f}; budgets will cut it",
    ),
    "minima_above_budget": ReasonText(
        "各计划最低日限额合计超过账户日预算 {currency}{limit:,.2f}，多 {currency}{excess:,.2f}：降低 min_budget 或提高 daily_budget",
        "the campaigns' minimum budgets exceed the account's {currency}{limit:,.2f} by {currency}{excess:,.2f}: lower min_budget or raise daily_budget",
    ),
    "max_below_cheapest": ReasonText(
        "有计划的最高日限额 {currency}{limit:,.2f} 低于最少花费 {currency}{attained:,.2f}，差 {currency}{excess:,.2f}",
        "a campaign's maximum budget {currency}{limit:,.2f} is below its least cost {currency}{attained:,.2f} by {currency}{excess:,.2f}",
    ),
    "stock_below_cheapest": ReasonText(
        "有宝贝的库存只够卖 {currency}{limit:,.2f}，最少也会带来 {currency}{attained:,.2f}，多 {currency}{excess:,.2f}",
        "a product's stock is worth {currency}{limit:,.2f}, its lowest bids already bring {currency}{attained:,.2f}, {currency}{excess:,.2f} more",
    ),
    "min_out_of_reach": ReasonText(
        "有计划今天花不到最低日限额 {currency}{limit:,.2f}，最多 {currency}{attained:,.2f}，差 {currency}{excess:,.2f}",
        "a campaign cannot spend its minimum {currency}{limit:,.2f} today, at most {currency}{attained:,.2f}, {currency}{excess:,.2f} short",
    ),
    "minima_above_max": ReasonText(
        "最低日限额超过最高 {currency}{limit:,.2f}：按 {currency}{attained:,.2f}，差 {currency}{excess:,.2f}",
        "minimum budgets exceed a maximum of {currency}{limit:,.2f}: {currency}{attained:,.2f}, {currency}{excess:,.2f} too much",
    ),
    "minima_above_stock": ReasonText(
        "最低日限额超过库存能卖的 {currency}{limit:,.2f}：按 {currency}{attained:,.2f}，差 {currency}{excess:,.2f}",
        "minimum budgets exceed what stock of {currency}{limit:,.2f} can sell: {currency}{attained:,.2f}, {currency}{excess:,.2f} too much",
    ),
    "no_exact_levels": ReasonText(
        "出价有最小单位，限制 {limit:.2f} 只能做到 {attained:.2f}，差 {excess:.2f}",
        "bids come in steps: limit {limit:.2f}, attained {attained:.2f}, {excess:.2f} off",
    ),
}


def account_notes(found: Allocation, spent: float, earned: float) -> list[str]:
    """Encoded notes on an allocation; what binds, what more of it would bring, what cannot hold.

    Args:
        found: the allocation.
        spent: expected cost of the plan, trials included.
        earned: expected revenue of the same.
    """
    notes = encode("portfolio", 1, cost=spent, revenue=earned, gap=max(found.gap, 0.0))
    if found.shadow_price_budget > 0:
        notes += encode("worth_of_budget", 1, gain=100 * found.shadow_price_budget)
    if found.shadow_price_target < 0:
        notes += encode("worth_of_target", 1, gain=-0.1 * found.shadow_price_target)
    for conflict in found.conflicts:
        notes += encode(
            conflict.code, 1, limit=conflict.limit, attained=conflict.attained, excess=conflict.excess
        )
    return list(dict.fromkeys(notes))
