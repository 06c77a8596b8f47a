"""What may be said of a product: a new keyword claims nothing that its title, brand, category or attributes do not support."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from bidopt.text.attributes import attribute_claims
from bidopt.text.language import Language
from bidopt.text.normalize import fold
from bidopt.text.proven_words import is_proven
from bidopt.text.roles import Owner, Role
from bidopt.text.word_order import squeezed

SURE = 0.8
"""Confidence from which the role of a word is taken for known."""

_STORES = frozenset({"旗舰店", "专卖店", "官方旗舰店", "官方店", "官方", "官网", "专柜"})

_DENIED = re.compile(r"(?:[无不非免零未](?:添加|含)?|0(?:添加|含))\Z")
"""What stands before a word that the title says the product has not."""

OBJECTIONS = {
    "no_products": "没有商品表（products*.csv），不知道适合哪个宝贝",
    "not_buying": "看图、学做法、维修、买卖二手、找工作的人搜的，没带来过成交",
    "no_category": "没有这个宝贝的品类词",
    "rival_brand": "别人的品牌",
    "other_category": "别的品类",
    "unknown_word": "标题里没有、不认识的词",
    "unsupported_brand": "标题和品牌里没有的品牌",
    "unsupported_function": "标题没有的功效",
    "unsupported_material": "标题没有的材质",
    "unsupported_attribute": "标题没有的属性",
    "unsupported_style": "标题没有的风格",
    "unsupported_spec": "标题没有的规格",
    "unsupported_model": "标题没有的型号",
    "unsupported_audience": "标题没有的人群",
    "unsupported_season": "标题没有的季节",
    "unsupported_occasion": "标题没有的场合",
    "unsupported_origin": "标题没有的产地",
    "unsupported_filler": "标题没有的修饰词",
}
"""Why a word is not for a product."""


@dataclass(frozen=True)
class Product:
    """A product as words see it.

    Args:
        product_id: of the product table.
        words: of its title, brand, category and attributes, in that order.
        text: the same without spaces, parts set apart by line ends.
        categories: words that say what it is.
        denied: folded texts that its attributes say it is not, whatever the title says.
        proven: words that its title does not say and its orders do, see `is_proven`.
    """

    product_id: str
    words: tuple[str, ...]
    text: str
    categories: frozenset[str]
    denied: frozenset[str] = frozenset()
    proven: frozenset[str] = frozenset()

    def supports(self, word: str) -> bool:
        """Whether title, brand, category or attributes say so; Latin words, numbers and single characters only as a whole."""
        if any(text in word for text in self.denied):
            return False
        if word.isascii() or any(map(str.isdigit, word)) or len(word) < 2:
            return word in self.words
        places = (found.start() for found in re.finditer(re.escape(word), self.text))
        return any(not _DENIED.search(self.text[:place]) for place in places)


def products_of(
    products: pd.DataFrame,
    language: Language,
    selling: pd.Series[str] | None = None,
    rivals: Iterable[str] = (),
) -> list[Product]:
    """The products of the product table.

    Args:
        products: schema PRODUCTS.
        language: cuts and knows the words.
        selling: keywords that sold, indexed by product id: what buyers call the product.
        rivals: competitors' titles; only what some title calls a thing is one.
    """
    called: dict[str, list[str]] = {}
    if selling is not None:
        for product_id, keyword in selling.items():
            called.setdefault(str(product_id), []).append(keyword)
    titled = {word for title in (*products["title"], *rivals) for word in language.words(title)}
    found = []
    for row in products[["product_id", "title", "brand", "category", "attributes"]].itertuples(index=False):
        claims = attribute_claims(str(row.attributes))
        parts = [str(part) for part in (row.title, row.brand, row.category, *claims.said)]
        words = tuple(dict.fromkeys(word for part in parts for word in language.words(part)))
        named = {word for keyword in called.get(str(row.product_id), ()) for word in language.words(keyword)}
        text = "\n".join(squeezed(fold(part)) for part in parts)
        denied = frozenset(squeezed(fold(part)) for part in claims.denied)
        said = Product(str(row.product_id), words, text, frozenset(), denied)
        own = {word for word in words if said.supports(word)}
        things = frozenset(word for word in own | (named & titled) if is_thing(word, language))
        proven = frozenset(
            word
            for word in named - own
            if not any(text in word for text in denied) and is_proven(word, language.roles.role_of(word), own)
        )
        found.append(replace(said, categories=things, proven=proven))
    return found


def is_thing(word: str, language: Language) -> bool:
    """Whether a word says what a product is."""
    return len(word) > 1 and language.roles.role_of(word).role is Role.CATEGORY


def names_of_shops(terms: Iterable[Sequence[str]], language: Language) -> frozenset[str]:
    """Brands and shops that no list knows.

    They begin a term with the word for a flagship store, stand right before it, or are Latin letters before 家 (f家女鞋);
    and their role is unsure.
    """
    found: set[str] = set()
    for words in terms:
        first = words[:1] if _STORES.intersection(words) else ()
        before = (word for word, store in pairwise(words) if store in _STORES)
        letters = (word for word, house in pairwise(words) if house == "家" and word.isascii())
        found.update((*first, *before, *(word for word in letters if word.isalpha())))
    unsure = (word for word in found if language.roles.role_of(word).confidence < SURE)
    return frozenset(word for word in unsure if word not in _STORES and (len(word) > 1 or word.isascii()))


def objection(
    product: Product, words: Sequence[str], language: Language, rivals: frozenset[str] = frozenset()
) -> str:
    """Why the words are not for the product; "" if they are.

    Args:
        product: that would be advertised.
        words: of the keyword.
        language: knows their roles.
        rivals: names of other brands and shops.
    """
    named = [word for word in words if is_name(word, language, rivals) and not _said(product, word)]
    if named:
        own = all(language.roles.role_of(word).owner is Owner.OWN for word in named)
        return "unsupported_brand" if own else "rival_brand"
    if not product.categories.intersection(words):
        return "no_category"
    return next((why for word in words if (why := _claim(product, word, language))), "")


def is_name(word: str, language: Language, rivals: frozenset[str] = frozenset()) -> bool:
    """Whether a word is a brand or a shop: known as one, or Latin letters that nothing else is known of."""
    of_word = language.roles.role_of(word)
    letters = word.isascii() and word.isalpha() and len(word) > 1 and of_word.confidence < SURE
    odd = letters and of_word.role not in {Role.SPEC, Role.MODEL}
    return word in rivals or of_word.role is Role.BRAND or odd


def _said(product: Product, word: str) -> bool:
    return word in product.categories or word in product.proven or product.supports(word)


def _claim(product: Product, word: str, language: Language) -> str:
    if _said(product, word):
        return ""
    role = language.roles.role_of(word).role
    if role is Role.CATEGORY:
        return "other_category"
    return f"unsupported_{role}" if role not in {Role.OTHER, Role.MARK} else "unknown_word"
