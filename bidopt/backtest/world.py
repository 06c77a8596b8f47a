"""The hidden truth of a simulated shop: what its products and keywords are really worth, drawn once per seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.market_words import CATEGORIES, Category, Phrase, junk_phrases_of, phrases_of
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array

Ints = npt.NDArray[np.int64]

PLATFORM = "native"

EXTRA_ITEMS = 0.15
"""Mean number of further items in an order; their number is geometric."""

VALUE_SPREAD = 0.25
"""Standard deviation of the log of what an item is paid."""

_CTR, _CVR = 0.05, 0.02  # of a keyword whose roots do nothing, at a price of 80
ROOT_EFFECTS = np.array([0.20, 0.30, 0.25, 0.12])  # sd of a root's effect on log ctr, cvr, demand, price
OWN_EFFECTS = np.array([0.20, 0.30, 0.0, 0.30])  # and of what is a keyword's own; demand is Pareto
PRODUCT_EFFECTS = np.array([0.15, 0.25, 0.30, 0.25])  # and of its product's
BY_LENGTH = {
    1: (6.0, -0.15),
    2: (1.0, 0.0),
    3: (0.45, 0.15),
    4: (0.25, 0.25),
}  # roots: demand factor, log cvr
_BRANDS = tuple("沐禾 知棠 山屿 木青 听屿 暖禾 予白 拾光 一苇 南栀 小满 云朵".split())  # noqa: SIM905


@dataclass(frozen=True)
class World:
    """A shop; arrays have a row per keyword, sorted by key, unless said otherwise.

    Args:
        keywords: columns KEYWORD_KEY.
        parts: the roots that each keyword is made of.
        products: product_id, title, category, brand, price, gross_margin, stock, launched_on.
        campaigns: platform, campaign_id, name, product_id ("" where it holds several).
        product_of: row of the keyword's product; `campaign_of` row of its campaign.
        junk: whether it sells (almost) nothing.
        ctr: clicks per impression in the first place; `cvr` mature orders per click.
        order_value: mean revenue of an order, currency.
        demand: searches on an ordinary day.
        level: what rivals' rank scores (bid x quality) are centred on, currency.
        quality: factor on the bid; 1 is a quality score of 7.
        lag: exponent on the arrival curve of orders; above 1 they come later.
    """

    keywords: pd.DataFrame
    parts: tuple[Phrase, ...]
    products: pd.DataFrame
    campaigns: pd.DataFrame
    product_of: Ints
    campaign_of: Ints
    junk: npt.NDArray[np.bool_]
    ctr: Array
    cvr: Array
    order_value: Array
    demand: Array
    level: Array
    quality: Array
    lag: Array

    @property
    def quality_score(self) -> Array:
        """The score that reports show, 1-10."""
        score: Array = np.clip(np.round(7 * self.quality), 1, 10)
        return score

    def scaled(self, *, demand: float = 1.0, level: float = 1.0) -> World:
        """The same world with all demand, or all prices of rivals, multiplied."""
        return replace(self, demand=self.demand * demand, level=self.level * level)


def draw_world(
    rng: np.random.Generator,
    n_products: int,
    n_keywords: int,
    opened: date,
    *,
    cvr: float = 1.0,
    junk: float = 0.12,
) -> World:
    """Draw a shop.

    Args:
        rng: source of chance.
        n_products: 5-100.
        n_keywords: in play, distinct, 200-5,000.
        opened: day before which all products were launched.
        cvr: factor on all conversion rates.
        junk: share of keywords that sell nothing.
    """
    categories = [CATEGORIES[i % len(CATEGORIES)] for i in rng.permutation(max(n_products, len(CATEGORIES)))]
    categories = categories[:n_products]
    products = _products(rng, categories, opened)
    words = _words(rng, categories, n_keywords, junk)
    per_campaign = 1 if n_products <= 20 else 3
    campaign = np.arange(n_products) // per_campaign
    words["campaign_id"] = (1001 + campaign[words["product"]]).astype(str)
    words["product_id"] = products["product_id"].to_numpy()[words["product"]]
    words["platform"] = PLATFORM
    words["ad_group_id"] = (2001 + words["product"]).astype(str)
    words = words.astype(dict.fromkeys(KEYWORD_KEY, "str")).sort_values(list(KEYWORD_KEY), ignore_index=True)
    product = words["product"].to_numpy()
    traits = _traits(rng, words["parts"].tolist(), products["price"].to_numpy(), product)
    sells = np.where(words["junk"], np.where(rng.random(n_keywords) < 0.8, 0.0, 0.05), 1.0)
    return World(
        keywords=words[list(KEYWORD_KEY)],
        parts=tuple(words["parts"]),
        products=products,
        campaigns=_campaigns(products, campaign),
        product_of=product,
        campaign_of=campaign[product],
        junk=words["junk"].to_numpy(),
        ctr=traits["ctr"],
        cvr=np.minimum(traits["cvr"] * cvr * sells, 0.3),
        order_value=traits["order_value"],
        demand=traits["demand"],
        level=traits["level"],
        quality=traits["quality"],
        lag=rng.uniform(0.7, 1.5, n_products)[product],
    )


def _products(rng: np.random.Generator, categories: Sequence[Category], opened: date) -> pd.DataFrame:
    n = len(categories)
    brand = [_BRANDS[i] for i in rng.integers(0, len(_BRANDS), n)]
    price = [c.price * f for c, f in zip(categories, rng.lognormal(0.0, 0.2, n), strict=True)]
    text = {
        "product_id": [str(680215330001 + 7919 * i) for i in range(n)],
        "title": [f"{b}{_title(c)}" for b, c in zip(brand, categories, strict=True)],
        "category": [c.name for c in categories],
        "brand": brand,
    }
    launched = [opened - timedelta(days=int(d)) for d in rng.integers(90, 700, n)]
    return pd.DataFrame(
        {
            **{name: pd.Series(values, dtype="str") for name, values in text.items()},
            "price": np.round(price, 1),
            "gross_margin": [c.margin for c in categories],
            "stock": rng.integers(2000, 20000, n).astype(np.float64),
            "launched_on": pd.Series(launched, dtype="datetime64[s]"),
        }
    )


def _title(category: Category) -> str:
    """A title of the category's words, within 60 half-width units, brand included."""
    title = category.cores[0]
    for root in (r for words in category.roots for r in words[:3]):
        if len((title + root).encode("gbk")) <= 54:
            title += root
    return title


def _campaigns(products: pd.DataFrame, campaign: Ints) -> pd.DataFrame:
    names, ids = products["category"].tolist(), products["product_id"].tolist()
    members = [np.flatnonzero(campaign == c) for c in range(int(campaign.max()) + 1)]
    return pd.DataFrame(
        {
            "platform": PLATFORM,
            "campaign_id": [str(1001 + c) for c in range(len(members))],
            "name": ["、".join(dict.fromkeys(names[i] for i in m)) + "-关键词推广" for m in members],
            "product_id": [ids[m[0]] if len(m) == 1 else "" for m in members],
        },
        dtype="str",
    )


def _words(
    rng: np.random.Generator, categories: Sequence[Category], n_keywords: int, junk: float
) -> pd.DataFrame:
    """product, keyword, parts, junk, match_type; products of one category share its phrases out."""
    n = len(categories)
    share = np.full(n, n_keywords // n) + (np.arange(n) < n_keywords % n)
    names: list[tuple[int, str, Phrase, bool]] = []
    for category in dict.fromkeys(categories):
        members = [i for i, c in enumerate(categories) if c is category]
        wanted = int(share[members].sum())
        n_junk = round(0.75 * junk * wanted)
        good = _choose(rng, phrases_of(category), wanted - n_junk)
        bad = _choose(rng, junk_phrases_of(category), n_junk)
        # A quarter of the junk cannot be told by its roots.
        disguised = rng.random(len(good)) < 0.25 * junk
        drawn = [*((w, p, bool(d)) for (w, p), d in zip(good, disguised, strict=True))]
        drawn += [(w, p, True) for w, p in bad]
        owner = rng.permutation(np.repeat(members, share[members]))
        names += [(int(o), *word) for o, word in zip(owner, drawn, strict=True)]
    words = pd.DataFrame(names, columns=["product", "keyword", "parts", "junk"])
    return words.assign(match_type=np.where(rng.random(len(words)) < 0.7, "exact", "broad"))


def _choose(rng: np.random.Generator, phrases: dict[str, Phrase], count: int) -> list[tuple[str, Phrase]]:
    """Distinct phrases, short ones first of all."""
    weight = np.array([{1: 1e4, 2: 6.0, 3: 2.0}.get(len(p), 1.0) for p in phrases.values()])
    chosen = np.sort(rng.choice(len(phrases), count, replace=False, p=weight / weight.sum()))
    listed = list(phrases.items())
    return [listed[i] for i in chosen]


def _traits(
    rng: np.random.Generator, parts: Sequence[Phrase], price: Array, product: Ints
) -> dict[str, Array]:
    """What a keyword is like: the shop, its product, the sum of its roots' effects, and what is its own."""
    n, n_products = len(parts), len(price)
    names = sorted({part for phrase in parts for part in phrase})
    place = {name: i for i, name in enumerate(names)}
    effect = rng.normal(0.0, 1.0, (len(names), 4)) * ROOT_EFFECTS
    roots = np.array([effect[[place[part] for part in phrase]].sum(axis=0) for phrase in parts])
    own = rng.normal(0.0, 1.0, (n, 4)) * OWN_EFFECTS
    goods = rng.normal(0.0, 1.0, (n_products, 4)) * PRODUCT_EFFECTS
    ctr, cvr, demand, level = (roots + own + goods[product]).T
    short: Any = np.array([BY_LENGTH[len(phrase)] for phrase in parts])
    value = price[product] * (1 + EXTRA_ITEMS) * rng.lognormal(0.0, 0.08, n)
    cvr = _CVR * (80 / price[product]) ** 0.5 * np.exp(cvr + short[:, 1])
    rate: Array = np.minimum(_CTR * np.exp(ctr), 0.3)
    return {
        "ctr": rate,
        "cvr": cvr,
        "order_value": value,
        "demand": np.minimum(1 + rng.pareto(1.3, n), 60.0) * np.exp(demand) * short[:, 0],
        # Rivals know something of what a click is worth: prices follow values, though not fully.
        "level": (price[product] / 80) ** 0.4 * (cvr / _CVR) ** 0.35 * np.exp(level),
        "quality": np.exp(0.35 * np.log(rate / _CTR) + rng.normal(0.0, 0.12, n)),
    }
