"""What the facts say of each word's test: days on display, counts, and the chance that it pays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_table import life_age


@dataclass(frozen=True)
class WordRecord:
    """The state of all tests on one morning; arrays of shape (n,).

    Args:
        days: reported days on which the word was on display for the whole day: it has a row, or stands enabled on the
            list while its campaign was shown; days on which the money ran out do not count, however late that seems to have been
            (the hour is a guess), nor do missing ones.
        exposure: the same, with days on which the word was shown and the money ran out counted by the share that they ran: a word
            that eats its campaign's money every morning is judged too, only later.
        impressions, clicks, cost, orders: over the evidence window, of a word that was put back since then; orders 0
            where unknown.
        matured_clicks: clicks times the share of their orders that has arrived.
        pending_clicks: the same of the share that is yet to arrive; clicks of reports without sales will never tell.
        cpc: cost per click to judge by: today's at the bid in force or the one paid, whichever is lower; NaN unknown.
        least_value: value per click below which the word does not pay.
        value: value per click on an ordinary day, or today's where that is higher.
        worth: chance that the value per click is at least `least_value`; NaN where it cannot be told.
        open: words that may be judged today: running and in stock.
    """

    days: Array
    exposure: Array
    impressions: Array
    clicks: Array
    cost: Array
    orders: Array
    matured_clicks: Array
    pending_clicks: Array
    cpc: Array
    least_value: Array
    value: Belief
    worth: Array
    open: Mask


def word_record(situation: Situation, *, price_share: float) -> WordRecord:
    """Read the tests from the facts.

    Args:
        situation: of the morning.
        price_share: lowest price, as a share of the word's cost per click, at which the word is to be given up: a word
            that pays at the target when its bid falls that far is worth its bid's falling.
    """
    evidence = situation.evidence
    keywords, days, n = evidence.keywords, evidence.days, len(evidence.keywords)
    of_this_life = days.age <= life_age(keywords)[days.keyword]
    impressions, clicks, cost, orders = (
        days.total(values, n, of_this_life)
        for values in (days.impressions, days.clicks, days.cost, days.conversions)
    )
    paid = ratio(keywords["cost"], keywords["clicks"])
    cpc = np.fmin(evidence.response.cpc, paid)
    least = price_share * situation.goals.target_roas * cpc
    # Before an event buyers wait, which is no fault of the word.
    value = evidence.value_per_click.scaled(float(np.exp(max(-evidence.conversion_today, 0.0))))
    telling = days.sales_known * days.clicks * of_this_life
    counted = telling * evidence.matured
    whole_days = _days_on_display(evidence, of_this_life)
    shown = evidence.lasted * (days.impressions > 0) * of_this_life
    return WordRecord(
        days=whole_days,
        exposure=np.maximum(whole_days, days.total(shown, n)),
        impressions=impressions,
        clicks=clicks,
        cost=cost,
        orders=orders,
        matured_clicks=days.total(counted, n),
        pending_clicks=days.total(telling - counted, n),
        cpc=cpc,
        least_value=least,
        value=value,
        worth=value.chance_of(least),
        open=evidence.running & evidence.in_stock,
    )


def _days_on_display(evidence: Evidence, of_this_life: Mask) -> Array:
    """Whole days on display, by row or by list."""
    days, n = evidence.days, len(evidence.keywords)
    whole = (evidence.lasted >= 1) & of_this_life
    by_row = np.bincount(days.keyword[whole], minlength=n)
    campaigns = len(evidence.campaigns)
    of_day = evidence.campaign_of[days.keyword]
    ages = int(days.age.max(initial=0)) + 1
    shown = np.zeros((campaigns, ages), dtype=bool)
    lit = (evidence.lasted >= 1) & (days.impressions > 0)
    shown[of_day[lit], days.age[lit]] = True
    begun = np.fmin(evidence.keywords["first_age"].to_numpy(), life_age(evidence.keywords))
    first = np.where(np.isfinite(begun), begun, 0.0).astype(np.int64)
    up_to = np.cumsum(shown, axis=1)[evidence.campaign_of, np.minimum(first, ages - 1)]
    enabled = (evidence.keywords["status"] == "enabled").to_numpy()
    on_display: Array = np.maximum(by_row, np.where(enabled, up_to, 0)).astype(np.float64)
    return on_display
