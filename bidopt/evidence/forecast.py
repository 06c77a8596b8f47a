"""What a plan is expected to bring: the expected columns of a bids table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.evidence.evidence import Evidence


def forecast(bids: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """The bids table with its expected columns filled in for the bids it now holds.

    Args:
        bids: schema BIDS, aligned with `evidence.keywords`.
        evidence: the beliefs.

    Returns:
        A new table; paused words, by the plan or by hand, expect nothing.
    """
    bid, value = bids["bid"].to_numpy(), evidence.value_per_click
    running = evidence.running & (bids["action"] != "pause").to_numpy()
    clicks = np.where(running, evidence.response.clicks_at(bid), 0.0)
    return bids.assign(
        expected_clicks=clicks,
        expected_cost=np.where(running, evidence.response.cost_at(bid), 0.0),
        expected_revenue=clicks * value.mean,
        revenue_low=clicks * value.low,
        revenue_high=clicks * value.high,
    )
