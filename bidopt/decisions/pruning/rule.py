"""The contract of a rule that condemns words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText, encode


@dataclass(frozen=True)
class Verdict:
    """What a rule finds; arrays of shape (n,).

    Args:
        code: of the reason, one for all or one per word.
        condemned: words the rule would drop.
        doubt: chance that dropping the word is wrong, as far as the rule can tell; part of every reason.
        numbers: what the sentences need beside the doubt.
    """

    code: str | npt.NDArray[np.object_]
    condemned: Mask
    doubt: Array
    numbers: Mapping[str, Array | float]

    def reasons(self, rows: Mask) -> list[str]:
        """Encoded reasons of the chosen rows, in their order."""
        n = len(self.condemned)
        numbers = {**self.numbers, "doubt": self.doubt}
        here = {name: np.broadcast_to(values, n)[rows] for name, values in numbers.items()}
        blank = encode("", int(rows.sum()), **here)
        codes = np.broadcast_to(np.asarray(self.code, dtype=object), n)[rows]
        return [f"{code}{told}" for code, told in zip(codes, blank, strict=True)]


class Rule(BaseModel, ABC):
    """One way to condemn a word. A file holds one; its fields are its settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool = Field(default=True, description="启用 false switches the rule off")

    whole_days_only: ClassVar[bool] = False
    """Whether the test is as long as its whole days: what is judged differs on days on which the money ran out."""

    reasons: ClassVar[Mapping[str, ReasonText]]
    """The sentences of its verdicts by code; the verdict's numbers and its `doubt` may stand in them."""

    @abstractmethod
    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Judge every word; those that may not be judged today are taken out afterwards."""
