"""What the tests of words share: the general dictionary, read once."""

from __future__ import annotations

import pytest

from bidopt.text.dictionary import Dictionary, general_dictionary
from bidopt.text.dictionary import cutter as cutter_of
from bidopt.text.segment import Segmenter


@pytest.fixture(scope="session")
def general() -> Dictionary:
    return general_dictionary()


@pytest.fixture(scope="session")
def plain(general: Dictionary) -> Segmenter:
    """Cuts by the general dictionary, in Python."""
    return Segmenter(cutter_of(general, program="jieba"))
