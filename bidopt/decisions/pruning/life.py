"""The states of a word's life in its test, told in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from bidopt.domain.reasons import ReasonText

LIFE: Mapping[str, ReasonText] = {
    "candidate": ReasonText(
        "候选：还没有完整的投放日，测试从今天算起",
        "candidate: no whole day on display yet, the test begins today",
    ),
    "testing": ReasonText(
        "测试中：第 {day:.0f} 天，到 {month:.0f} 月 {date:.0f} 日；{clicks:.0f} 次点击，判断还差约 {needed:.0f} 次",
        "testing: day {day:.0f}, until {date:.0f}/{month:.0f}; {clicks:.0f} clicks, a verdict needs about {needed:.0f} more",
    ),
    "graduated": ReasonText(
        "通过：数据够了，划算的把握 {worth:.0%}（{clicks:.0f} 次点击、{orders:.0f} 单，点击价值 {currency}{value:,.2f}）",
        "graduated: enough is known, the chance that it pays is {worth:.0%} ({clicks:.0f} clicks, {orders:.0f} orders, value "
        "per click {currency}{value:,.2f})",
    ),
    "undecided": ReasonText(
        "延长：划算的把握 {worth:.0%}，还不够判断；再要约 {needed:.0f} 次没有成交的点击（约 {days:.0f} 天、{currency}{cost:,.2f}）才删",
        "extended: the chance that it pays is {worth:.0%}, no verdict yet; about {needed:.0f} more clicks without an order "
        "(about {days:.0f} days, {currency}{cost:,.2f}) would drop it",
    ),
    "orders_due": ReasonText(
        "延长：点击已够，等最近点击的成交到齐再判断；划算的把握 {worth:.0%}",
        "extended: clicks enough, the orders of the last ones are yet to be reported; the chance that it pays is {worth:.0%}",
    ),
    "first_order": ReasonText(
        "延长：划算的把握 {worth:.0%}，等第一单就通过；再要约 {needed:.0f} 次没有成交的点击（约 {days:.0f} 天、{currency}{cost:,.2f}）才删",
        "extended: the chance that it pays is {worth:.0%}, its first order makes it pass; about {needed:.0f} more clicks without "
        "one (about {days:.0f} days, {currency}{cost:,.2f}) would drop it",
    ),
    "quiet": ReasonText(
        "延长：没有点击也不花钱，{days:.0f} 个完整日 {impressions:.0f} 次展现",
        "extended: no clicks and no cost, {impressions:.0f} impressions in {days:.0f} whole days",
    ),
    "raise_first": ReasonText(
        "先加价再判断：没有展现，出价 {currency}{bid:,.2f} 太低，加到 {currency}{most:,.2f} 预计每天 {clicks:.2f} 次点击",
        "raise the bid first: never shown at {currency}{bid:,.2f}; at {currency}{most:,.2f} about {clicks:.2f} clicks a day are expected",
    ),
    "retesting": ReasonText(
        "再测中：恢复后 {day:.0f} 个完整日，到 {month:.0f} 月 {date:.0f} 日；{clicks:.0f} 次点击，判断还差约 {needed:.0f} 次",
        "tested anew: {day:.0f} whole days since it was put back, until {date:.0f}/{month:.0f}; {clicks:.0f} clicks, a verdict "
        "needs about {needed:.0f} more",
    ),
    "called_back": ReasonText(
        "恢复再测：从今天算起，判断约需 {needed:.0f} 次点击（约 {currency}{cost:,.2f}）",
        "put back: its new test begins today and needs about {needed:.0f} clicks (about {currency}{cost:,.2f})",
    ),
    "retired": ReasonText(
        "{days:.0f} 天前已删；改价、改标题或换季后可以再测",
        "dropped {days:.0f} days ago; a new price, title or season would bring another test",
    ),
    "asked_back": ReasonText(
        "{days:.0f} 天前已删；{asked:.0f} 天前建议恢复再测，还没有恢复",
        "dropped {days:.0f} days ago; another test was proposed {asked:.0f} days ago and the word has not been put back",
    ),
    "waits_for_stock": ReasonText("暂不判断：宝贝没有库存", "no verdict today: the product is sold out"),
    "waits_for_offer": ReasonText(
        "暂不判断：宝贝 {days:.0f} 天前改过价格或标题，先看新的表现",
        "no verdict today: the product's price or title changed {days:.0f} days ago, the new one is to be seen first",
    ),
    "value_unclear": ReasonText(
        "延长：还不知道点击价值（没有成交也没有价格）",
        "extended: value per click unknown (no orders, no price)",
    ),
}
"""Code -> sentences."""

EXTENDED = ("undecided", "orders_due", "first_order", "quiet", "value_unclear")
"""Codes of words whose test goes on beyond its days."""

OPEN = ("candidate", "testing", *EXTENDED)
"""Codes of words in test."""

NOT_RUNNING = ("", "retired", "asked_back")
"""Codes of words that are paused, by hand or by a drop: nothing of theirs is in test."""
