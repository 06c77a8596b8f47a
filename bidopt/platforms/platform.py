"""What an ad platform is: its settings in shop.yaml, the reports it exports, the files it takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.domain.changes import KEYWORDS
from bidopt.platforms.report_format import ReportFormat


@dataclass(frozen=True)
class Upload:
    """The changes of one platform.

    Args:
        as_of: decision day.
        bids: rows of the platform whose action is not keep, schema BIDS of domain.changes.
        why: a Chinese sentence per row of `bids`.
        budgets: rows of the platform whose budget changes, schema BUDGETS.
        states: newest row of each keyword of the platform, schema KEYWORD_STATES; holds the platform's own ids.
        words: words of the platform to add and to block, schema KEYWORDS of domain.changes.
        words_why: a Chinese sentence per row of `words`.
    """

    as_of: date
    bids: pd.DataFrame
    why: Sequence[str]
    budgets: pd.DataFrame
    states: pd.DataFrame
    words: pd.DataFrame = field(default_factory=KEYWORDS.empty)
    words_why: Sequence[str] = ()


class Platform(BaseModel, ABC):
    """An ad platform. Its fields are its settings, its file name is its name in shop.yaml and in tables."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    chinese: ClassVar[str]
    """What operators call it."""

    formats: ClassVar[tuple[ReportFormat, ...]]
    """The reports that can be read."""

    currency: ClassVar[str] = ""
    """ISO code of all its money; "" where that differs and its reports state it."""

    attribution_window: int = Field(
        15,
        ge=1,
        le=90,
        description="转化周期(天)，报表里没有写明时使用 days in which an order counts for a click",
    )

    @abstractmethod
    def upload_files(self, upload: Upload) -> dict[str, bytes]:
        """Files for the platform: name below upload/ -> content; none when nothing changes.

        Texts stand in them as they are: a platform matches them letter by letter.
        """
