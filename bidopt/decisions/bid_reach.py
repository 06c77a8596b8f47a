"""How far a bid may rise in a day, given what is known of its word and of the day."""

from __future__ import annotations

import numpy as np

from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.evidence import Evidence


def largest_raise(evidence: Evidence, usual: float, silent: float, target_roas: float) -> Array:
    """Largest raise of each word as a fraction of its bid, shape (n,).

    Args:
        evidence: of the morning; on a day of a shopping event the rivals' expected rise comes on top.
        usual: of a word that gets clicks.
        silent: of a word that got none in the evidence window, up to what a click is worth at the target.
        target_roas: revenue / cost to reach.
    """
    event = max(float(np.expm1(evidence.rivals_today)), 0.0)
    clicks = evidence.keywords["clicks"].to_numpy()
    worth = ratio(evidence.value_per_click.mean / target_roas, evidence.keywords["base_bid"].to_numpy())
    faster = np.clip(np.nan_to_num(worth) - 1, usual, max(silent, usual))
    return event + np.where(clicks > 0, usual, faster)
