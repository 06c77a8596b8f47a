"""The roles of the words of a shop: general lists, the shop's own brands and categories, and what titles tell of the rest.

Words of the lists are examples. From their characters, their parts of speech and the roles of the words beside them in the
titles the roles of all other words are learned, by multinomial logistic regression.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack
from scipy.special import log_softmax, softmax

from bidopt.text.dictionary import Dictionary
from bidopt.text.normalize import fold
from bidopt.text.role_features import ROLES, UNCERTAIN, WordUses, beside, form, word_uses
from bidopt.text.roles import Owner, Role, RoleOf, role_by_shape
from bidopt.text.segment import Segmenter
from bidopt.text.word_lists import word_list

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LISTED = tuple(role for role in ROLES if role not in {Role.SPEC, Role.MODEL, Role.MARK})
"""Roles that general lists have examples of."""

SURE = 0.8
"""Confidence from which a learned role tells something of the words beside it."""

LEAST_BRAND = 0.7
"""Confidence from which a word that no list knows is taken for a brand: any odd word looks like one."""

ROUNDS, PENALTY, UNSEEN = 2, 1.0, 0.9


@dataclass(frozen=True)
class RoleLexicon:
    """Roles of words.

    Args:
        roles: by folded word.
        own_brands: folded; empty if not known.
    """

    roles: Mapping[str, RoleOf] = field(repr=False)
    own_brands: frozenset[str] = frozenset()

    def roles_of(self, words: Iterable[str]) -> list[RoleOf]:
        """Roles of the words of a title, in their order."""
        return [self.role_of(word) for word in words]

    def role_of(self, word: str) -> RoleOf:
        """The role of a word, as it stands in a title; other, with no confidence, for one that nothing is known of."""
        folded = fold(word)
        if folded in self.own_brands:
            return RoleOf(Role.BRAND, 1.0, Owner.OWN)
        found = self.roles.get(folded) or role_by_shape(folded) or RoleOf(Role.OTHER, 0.0)
        if found.role is Role.BRAND and self.own_brands:
            return RoleOf(Role.BRAND, found.confidence, Owner.RIVAL)
        return found


def learn_roles(
    titles: Sequence[str],
    segmenter: Segmenter,
    general: Dictionary,
    *,
    own_brands: Iterable[str] = (),
    categories: Iterable[str] = (),
) -> RoleLexicon:
    """Roles of all words of titles.

    Args:
        titles: of the shop and its market.
        segmenter: cuts them.
        general: the general dictionary, for parts of speech.
        own_brands: brands of the product table; several spellings of one may stand apart by / or brackets.
        categories: categories of the product table.
    """
    own = frozenset(name for brand in own_brands for name in _names(segmenter, brand))
    things = {word for category in categories for word in segmenter.cut(fold(category)) if len(word) > 1}
    listed = _listed(own, things)
    uses = word_uses(segmenter.cut_all([fold(title) for title in titles]))
    likely = _learned(uses, *_given(uses.words.tolist(), listed), general)
    best = likely.argmax(axis=1) if len(likely) else np.zeros(0, dtype=np.int64)
    roles = {
        word: RoleOf(ROLES[role], round(float(sure), 3))
        for word, role, sure in zip(
            uses.words.tolist(), best.tolist(), likely.max(axis=1, initial=0).tolist(), strict=True
        )
    }
    rest = {word: RoleOf(min(names), UNSEEN) for word, names in listed.items() if word not in roles}
    return RoleLexicon({**rest, **roles}, own)


def _names(segmenter: Segmenter, brand: str) -> list[str]:
    """The spellings of a brand: the whole, and the parts that signs set apart."""
    parts, part = [], ""
    for piece in [*segmenter.cut(fold(brand)), "/"]:
        if role_by_shape(piece) == RoleOf(Role.MARK, 1.0):
            parts.append(part)
            part = ""
        else:
            part += piece
    return [name for name in {fold(brand).strip(), *parts} if name]


def _listed(brands: Iterable[str], things: Iterable[str]) -> dict[str, frozenset[Role]]:
    found: dict[str, set[Role]] = {}
    for role in LISTED:
        for word in word_list(f"role_{role}"):
            found.setdefault(word, set()).add(role)
    for word in things:
        found.setdefault(word, {Role.CATEGORY})
    found.update({word: {Role.BRAND} for word in brands})
    return {word: frozenset(roles) for word, roles in found.items()}


def _given(words: Sequence[str], listed: Mapping[str, frozenset[Role]]) -> tuple[Floats, Floats]:
    """Shares of the roles that lists give to words, and of those that shapes give to the others; zero where none."""
    by_list, by_shape = (np.zeros((len(words), len(ROLES))) for _ in range(2))
    number = {role: place for place, role in enumerate(ROLES)}
    for row, word in enumerate(words):
        if roles := listed.get(word):
            by_list[row, [number[role] for role in roles]] = 1 / len(roles)
        elif shaped := role_by_shape(word):
            by_shape[row, number[shaped.role]] = shaped.confidence
    return by_list, by_shape


def _learned(uses: WordUses, by_list: Floats, by_shape: Floats, general: Dictionary) -> Floats:
    """Likelihood of each role for each word, shape (words, roles)."""
    listed, shaped = (shares.any(axis=1, keepdims=True) for shares in (by_list, by_shape))
    examples = np.flatnonzero(listed)
    likely = by_list + by_shape
    if not len(examples):
        return likely
    traits = form(uses.words.tolist(), examples.tolist(), general.tags)
    for _ in range(ROUNDS):
        role = np.where(likely.max(axis=1) >= SURE, likely.argmax(axis=1), UNCERTAIN)
        neighbours = np.column_stack([beside(uses, role), np.ones(len(likely))])
        weights = _fit(traits[examples], neighbours[examples], by_list[examples])
        guessed = softmax(
            traits @ weights[: traits.shape[1]] + neighbours @ weights[traits.shape[1] :], axis=1
        )
        # Among the roles that a list gives a word, the titles choose.
        chosen = np.where(by_list > 0, guessed, 0)
        chosen /= np.maximum(chosen.sum(axis=1, keepdims=True), 1e-12)
        likely = np.where(shaped, by_shape, np.where(listed, chosen, guessed))
    brand = ROLES.index(Role.BRAND)
    likely[:, brand] = np.where(likely[:, brand] < LEAST_BRAND, 0, likely[:, brand])
    return likely


def _fit(traits: csr_array, neighbours: Floats, shares: Floats) -> Floats:
    """Weights, shape (traits + neighbours, roles), that make the given shares likeliest, with a penalty on large ones."""
    inputs = csr_array(hstack([traits, csr_array(neighbours)]))
    shape = (inputs.shape[1], shares.shape[1])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        logs = log_softmax(inputs @ weights, axis=1)
        value = -(shares * logs).sum() + PENALTY / 2 * (flat**2).sum()
        slope = inputs.T @ (np.exp(logs) - shares) + PENALTY * weights
        return float(value), slope.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="CG", options={"maxiter": 40})
    weights: Floats = found.x.reshape(shape)
    return weights
