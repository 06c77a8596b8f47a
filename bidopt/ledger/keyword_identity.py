"""Recognises a keyword of the ledger although reports have come to know its product or match type since.

A keyword list or a product report that arrives later fills in what earlier reports left out, and a second product in
an ad group blanks it again. The word stays the same word of its ad group, with its frozen bid and its cooldown.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY

KEY = list(KEYWORD_KEY)
Ids = npt.NDArray[np.float64]

_WORD = ["platform", "campaign_id", "ad_group_id", "keyword"]
_LOOSE = ("product_id", "match_type")
_IDENTITIES = (
    KEY,
    [*_WORD, "match_type"],
    [*_WORD, "product_id"],
    _WORD,
)
"""Columns that name a keyword, the most exact first; the looser ones hold only where they name one row."""


def own_ids(keywords: pd.DataFrame, stored: pd.DataFrame) -> Ids:
    """The stored keyword that each row is.

    A row is the stored keyword of its full key; or else, inside a named ad group, the one that agrees in everything
    but the product, the match type or both, if no other row of `keywords` could be meant. No two rows are one.

    Args:
        keywords: columns KEYWORD_KEY, no key twice.
        stored: columns KEYWORD_KEY and id.

    Returns:
        Ids, NaN where the keyword is new.
    """
    ids = np.full(len(keywords), np.nan)
    for columns in _IDENTITIES:
        free = stored[~stored["id"].isin(ids)]
        open_rows = np.isnan(ids)
        if columns is not KEY:
            grouped = (keywords["ad_group_id"] != "").to_numpy()
            open_rows &= grouped & ~keywords.duplicated(columns, keep=False).to_numpy()
        if free.empty or not open_rows.any():
            continue
        newest = free.sort_values("id").drop_duplicates(columns, keep="last")[[*columns, "id"]]
        found = keywords.loc[open_rows, columns].merge(newest, how="left", on=columns)
        ids[open_rows] = found["id"].to_numpy()
    return ids


def heirs(keywords: pd.DataFrame, stored: pd.DataFrame, ids: Ids) -> pd.DataFrame:
    """Stored keywords that answer for a row: its own, and those of its word that no row is any more.

    A word without a match type may come back as several, each of which inherits what was noted of the one.

    Args:
        keywords: columns KEYWORD_KEY.
        stored: columns KEYWORD_KEY and id.
        ids: `own_ids` of the two.

    Returns:
        Columns row (position in `keywords`), id and own (bool).
    """
    rows = keywords[KEY].assign(row=np.arange(len(keywords)))
    known = ~np.isnan(ids)
    mine = pd.DataFrame({"row": rows["row"].to_numpy()[known], "id": ids[known], "own": True})
    left = stored[~stored["id"].isin(ids) & (stored["ad_group_id"] != "")]
    pairs = rows.merge(left, on=_WORD, suffixes=("", "_stored"))
    for name in _LOOSE:
        ours, theirs = pairs[name], pairs[f"{name}_stored"]
        pairs = pairs[(ours == theirs) | (ours == "") | (theirs == "")]
    return pd.concat([mine, pairs[["row", "id"]].assign(own=False)], ignore_index=True)
