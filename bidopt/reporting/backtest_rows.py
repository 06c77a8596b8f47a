"""The rows and sentences of a backtest that the page and the terminal share."""

from __future__ import annotations

from dataclasses import dataclass

from bidopt.domain.scorecard import ChanceCheck, Estimate, PolicyScore, Scorecard
from bidopt.reporting.formats import money, number, percent
from bidopt.reporting.policy_names import policy_name

TRUSTED = 0.9
"""Share of money within logged bids from which a policy's figures rest on the log."""

_AS_LOGGED = "as_logged"

_QUOTED, _BESIDE = "dr", ("ips", "snips")
"""The estimator whose figures are shown; the others stand beside it."""


@dataclass(frozen=True)
class Cell:
    """A figure, and what stands small below it."""

    text: str
    sub: str = ""
    look: str = "num"


@dataclass(frozen=True)
class Row:
    """A policy's line.

    Args:
        name: in Chinese.
        cells: one for each of HEADINGS.
        verdict: what can be said against the baseline: 更好, 更差, 看不出差别, or empty for the baseline itself.
        doubtful: whether the log cannot speak for most of its money.
    """

    name: str
    cells: tuple[Cell, ...]
    verdict: str
    doubtful: bool


SUPPORT = "日志支撑"
HEADINGS = ("成交", "花费", "投产比", "利润", "成交差", "利润差", "预算使用", SUPPORT)


def rows(card: Scorecard) -> list[Row]:
    """A row for each policy, in order."""
    return [_row(card, score) for score in card.policies]


def _row(card: Scorecard, score: PolicyScore) -> Row:
    totals, against = score.totals, score.against.get(card.baseline)
    cells = (
        _money(totals.revenue, card),
        _money(totals.cost, card),
        _plain(totals.roas),
        _money(totals.profit, card),
        _money(against.revenue, card, signed=True) if against else Cell("—"),
        _money(against.profit, card, signed=True) if against else Cell("—"),
        Cell(percent(score.budget_use, 0)),
        _support(score),
    )
    return Row(policy_name(score.policy), cells, verdict(card, score), is_doubtful(score))


CHANCE_HEADINGS = ("每天成交", "每天花费", "投产比", "每天利润", "每天成交差", "IPS / SNIPS 成交", "有效样本")


def chance_rows(card: Scorecard) -> list[tuple[str, tuple[Cell, ...] | str]]:
    """What drawn bids say of each policy: its name with a cell for each of CHANCE_HEADINGS, or with why nothing."""
    return [
        (policy_name(score.policy), score.chance.refused or _chance_cells(card, score.chance))
        for score in card.policies
        if score.chance is not None
    ]


def _chance_cells(card: Scorecard, found: ChanceCheck) -> tuple[Cell, ...]:
    quoted, against = found.figures[_QUOTED], found.against.get(_QUOTED)
    others = " / ".join(money(found.figures[name].revenue.value, card.currency, 0) for name in _BESIDE)
    return (
        _money(quoted.revenue, card),
        _money(quoted.cost, card),
        _plain(quoted.roas),
        _money(quoted.profit, card),
        _money(against.revenue, card, signed=True) if against else Cell("—"),
        Cell(others, "和 DR 差得远" if _is_at_odds(found) else ""),
        Cell(
            f"{number(found.effective)} 词天",
            f"相当于照旧的 {percent(found.share, 0)}，截掉权重 {percent(found.clipped, 1)}",
        ),
    )


def _is_at_odds(found: ChanceCheck) -> bool:
    """Whether the revenue of an estimator and that of the quoted one each lie outside the other's interval."""
    quoted = found.figures[_QUOTED].revenue
    others = [found.figures[name].revenue for name in _BESIDE]
    return any(
        not one.low <= quoted.value <= one.high and not quoted.low <= one.value <= quoted.high
        for one in others
        if one.value == one.value
    )


def chance_sentence(card: Scorecard) -> str:
    """Whether drawn bids check the replay, and if not why."""
    if card.no_chance:
        return f"没有用随机出价核对：{card.no_chance}"
    checks = {score.policy: score.chance for score in card.policies if score.chance is not None}
    days = max((found.days for found in checks.values()), default=0)
    odd = [policy_name(name) for name, found in checks.items() if found.figures and _is_at_odds(found)]
    warning = (
        f"注意：{'、'.join(odd)} 的 IPS 或 SNIPS 和 DR 差得超出各自的区间，两边至少有一边不准："
        "先核对 drawn_bids 的 propensity 和报表是否完整，再决定信不信。"
    )
    return (
        f"另用日志里随机出价的 {days} 天（成交已到齐）核对，不靠出价模型：以双稳健 DR 为准，"
        "IPS、SNIPS 供对照；区间按天分段刀切，日限额按日志的算。" + (warning if odd else "")
    )


def verdict(card: Scorecard, score: PolicyScore) -> str:
    """Whether a policy's interval against the baseline lies on one side: by profit where known, else by revenue."""
    against = score.against.get(card.baseline)
    if against is None:
        return ""
    found = against.profit if against.profit.value == against.profit.value else against.revenue
    if found.low > 0:
        return "更好"
    return "更差" if found.high < 0 else "看不出差别"


def is_doubtful(score: PolicyScore) -> bool:
    """Whether the log cannot speak for much of a policy's money."""
    inside = score.support.inside_money
    return score.policy != _AS_LOGGED and not inside >= TRUSTED


def sentences(card: Scorecard) -> list[str]:
    """What a reader has to know before believing the figures."""
    days = f"{card.dates[0]} 到 {card.dates[-1]} 共 {len(card.dates)} 天，{card.keywords:,} 个词"
    began = (
        "出价从日志里第一天的出价开始一天天往下走"
        if card.folds == 1
        else f"分 {card.folds} 段，每段都从日志里那段第一天的出价重新开始，一天天往下走"
    )
    said = [f"{days}；每天早上只用当时知道的数据决定，{began}。"]
    if card.told_late:
        said.append(
            f"有 {card.told_late} 个早上的报表是后来才导出的：按当天导出会看到的样子还原，还没到的订单按到单速度扣掉。"
        )
    if card.bids_known < 1:
        said.append(
            f"{percent(1 - card.bids_known, 0)} 的词日志里没有出价，用近期平均点击花费代替："
            "加价能多买多少全靠模型，区间很宽；停词和不动不靠模型。"
        )
    doubtful = [policy_name(s.policy) for s in card.policies if is_doubtful(s)]
    if doubtful:
        said.append(
            f"{'、'.join(doubtful)} 有 10% 以上的花费，出价比日志里该词出过的价都高或都低：这部分靠模型推算，区间已加宽。"
        )
    if card.no_chance:
        said.append(chance_sentence(card))
    said.append("日志不会对新的出价作出反应：策略看到的昨天仍是日志里的昨天。新加的词和否词不计分。")
    return said


def _money(found: Estimate, card: Scorecard, *, signed: bool = False) -> Cell:
    def shown(value: float) -> str:
        return money(value, card.currency, 0, signed=signed)

    return Cell(shown(found.value), _between(shown(found.low), shown(found.high)))


def _plain(found: Estimate) -> Cell:
    return Cell(number(found.value, 2), _between(number(found.low, 2), number(found.high, 2)))


def _between(low: str, high: str) -> str:
    return "" if low == high == "—" else f"{low} ~ {high}"


def _support(score: PolicyScore) -> Cell:
    if score.policy == _AS_LOGGED:
        return Cell("—")
    support = score.support
    return Cell(
        percent(support.inside_money, 0),
        f"按词天 {percent(support.inside, 0)}，模型独撑 {percent(support.by_model, 0)}",
        "num doubt" if is_doubtful(score) else "num",
    )
