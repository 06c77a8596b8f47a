"""What platforms accept as keywords and negative words."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class WordLimits(BaseModel):
    """Limits of one platform."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    keywords: int = Field(200, ge=1, description="每单元最多关键词 keywords per ad group")
    negatives: int = Field(20, ge=0, description="每单元最多否词 negative words per ad group")
    phrase_words: int = Field(4, ge=1, description="短语否词最多词数 words of a negative phrase")
    exact_words: int = Field(
        10, ge=1, description="精准否词最多词数 words of an exact negative, or of a keyword"
    )
    characters: int = Field(80, ge=1, description="最多字符 characters of a keyword or negative word")
