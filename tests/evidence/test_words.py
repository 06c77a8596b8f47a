"""The texts of a shop: which negative words are in force."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bidopt.evidence.conversion_delay import learn_delays
from bidopt.evidence.words import words_of
from bidopt.facts.schemas import KEYWORD_STATES, NEGATIVE_WORDS, RESTATEMENTS
from bidopt.facts.warehouse import Warehouse
from tests.facts.fact_rows import DAY, ago, batch, table

Listed = tuple[int, str, str, str]
"""Age of the list in days, campaign, ad group and word."""


@pytest.mark.parametrize(
    ("lists", "in_force"),
    [
        ([(2, "A", "", "图片"), (1, "B", "", "回收")], {"图片", "回收"}),  # of some campaigns only
        ([(2, "A", "a", "图片"), (1, "A", "b", "回收")], {"图片", "回收"}),
        ([(2, "A", "a", "图片"), (1, "A", "", "回收")], {"图片", "回收"}),
        ([(2, "A", "a", "图片"), (2, "A", "a", "教程"), (1, "A", "a", "教程")], {"教程"}),
        ([(2, "A", "a", "图片"), (2, "A", "", "回收"), (1, "A", "a", "")], {"回收"}),  # none are left
    ],
)
def test_the_newest_list_of_an_ad_group_says_what_it_blocks(
    tmp_path: Path, lists: list[Listed], in_force: set[str]
) -> None:
    warehouse = Warehouse(tmp_path / "facts")
    for age in sorted({age for age, *_ in lists}, reverse=True):
        rows = [
            {
                "campaign_id": campaign,
                "ad_group_id": ad_group,
                "keyword": word,
                "match_type": "phrase" if word else "",
                "reported_on": ago(age),
            }
            for told, campaign, ad_group, word in lists
            if told == age
        ]
        warehouse.commit(batch(str(age), negative_words=table(NEGATIVE_WORDS, *rows)), DAY)
    delays = learn_delays(RESTATEMENTS.empty(), {}, 15, 1.0)
    words = words_of(warehouse.known_on(DAY), KEYWORD_STATES.empty(), pd.Timestamp(DAY), delays)
    assert set(words.negatives["keyword"]) == in_force
