"""Names the match type of keyword rows whose report carries none, where the keyword list has the word only once."""

from __future__ import annotations

import pandas as pd

from bidopt.facts.blank_keys import unambiguous, with_filled
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.listed_keywords import WORD, newest_lists
from bidopt.facts.schemas import KEYWORD_DAYS, SEARCH_TERM_DAYS


def with_match_types(facts: FactTables) -> FactTables:
    """The same facts with match types filled in from the newest keyword list of each ad group.

    Reports of 万相台 leave the match type out; its keyword list has it. A word that the list holds in several
    match types stays without one: its row sums over all of them, and no bid can be set for it.
    """
    return with_filled(facts, (KEYWORD_DAYS, SEARCH_TERM_DAYS), only_match_types(facts.keyword_states))


def only_match_types(keyword_states: pd.DataFrame) -> pd.DataFrame:
    """Words that the newest list of their ad group holds in exactly one match type.

    Returns:
        Columns platform, campaign_id, ad_group_id, keyword, match_type; one row per such word.
    """
    return unambiguous(keyword_states[newest_lists(keyword_states)], WORD, "match_type")
