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
        A new table; paused words, by the plan or by hand, expect nothing, nor do campaigns that are sold out.
    """
    bid, value = bids["bid"].to_numpy(), evidence.value_per_click
    back = (bids["action"] == "resume").to_numpy() & evidence.campaigns["running"].to_numpy()[
        evidence.campaign_of
    ]
    running = (evidence.running | back) & (bids["action"] != "pause").to_numpy()
    clicks = np.where(running, evidence.response.clicks_at(bid), 0.0)
    cost = np.where(running, evidence.response.cost_at(bid), 0.0)
    shut = evidence.sold_out_campaigns[evidence.campaign_of]
    clicks, cost = np.where(shut, 0.0, clicks), np.where(shut, 0.0, cost)
    sold = clicks * evidence.in_stock
    return bids.assign(
        expected_clicks=clicks,
        expected_cost=cost,
        expected_revenue=sold * value.mean,
        revenue_low=sold * value.low,
        revenue_high=sold * value.high,
    )
