"""What policies of a backtest are called in Chinese."""

from __future__ import annotations

from typing import Final

from bidopt.reporting.formats import clip

_NAMES: Final = {
    "as_logged": "实际（日志）",
    "shop": "店铺现在的设置",
    "keep_bids": "不改出价",
    "three_day_rule": "三天规则（照字面）",
    "test_and_prune": "测词删词",
    "proportional_roi": "按 ROI 比例调价",
    "target_roas": "目标投产公式",
    "target_roas_raw": "目标投产公式（只看本词）",
    "target_roas_shrunk": "目标投产公式（借邻词）",
    "learning_bidder": "学习出价",
    "hand_rule": "手工加减价",
    "paced_value": "按价值出价、匀速花费",
    "pid_roi": "PID 控投产",
    "point_knapsack": "点估计背包",
    "thompson_sampling": "汤普森抽样",
    "gaussian_process_bandit": "高斯过程",
    "safe_gaussian_process_bandit": "高斯过程（保守）",
}


def policy_name(policy: str) -> str:
    """The Chinese name; what a user has named goes by that name."""
    return _NAMES.get(policy) or clip(policy, 30)
