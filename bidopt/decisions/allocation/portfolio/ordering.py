"""Exact, repeatable orders of many steps at the price of one sort of integers."""

from __future__ import annotations

import numpy as np

from bidopt.decisions.allocation.portfolio.problem import Ints
from bidopt.domain.metrics import Array

ALL_BUT_SIGN = np.int64(np.iinfo(np.int64).max)


def descending(keys: Array) -> Ints:
    """Places of `keys` (n,) from the largest to the smallest; ties keep their places' order.

    Key and place share one integer, which sorts several times faster than an argsort. The place takes the
    low bits, so that keys equal to about 9 digits count as ties.
    """
    bits = (-keys).view(np.int64)
    bits ^= (bits >> 63) & ALL_BUT_SIGN  # now integers compare as the negated keys do
    low = np.int64((1 << keys.size.bit_length()) - 1)
    bits &= ~low
    bits |= np.arange(keys.size)
    bits.sort()
    bits &= low
    return bits


def by_group(group: Ints, groups: int) -> tuple[Ints, Ints]:
    """Places of the entries of each group, group after group, each in their order.

    Args:
        group: group number of each entry, below 0 for none, shape (n,).
        groups: number of groups.

    Returns:
        Places, and where each group begins among them with the end of the last, shape (groups + 1,).
    """
    bits = group.size.bit_length()
    packed = group << np.int64(bits)
    packed |= np.arange(group.size)
    packed.sort()
    begins = np.searchsorted(packed, np.arange(groups + 1) << bits)
    packed = packed[begins[0] :]
    packed &= np.int64((1 << bits) - 1)
    return packed, begins - begins[0]
