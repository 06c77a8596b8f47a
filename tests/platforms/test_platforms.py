"""What holds for every platform."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

import bidopt.platforms
from bidopt.platforms.native import Native
from bidopt.platforms.platform import Platform
from bidopt.registry import plugins
from tests.platforms.exports import ALL


def test_exactly_the_three_platforms_are_found() -> None:
    assert list(plugins(bidopt.platforms, Platform)) == ["alimama_wanxiangtai", "amazon_sponsored", "native"]


@pytest.mark.parametrize("platform", ALL, ids=lambda p: type(p).__name__)
def test_every_declared_column_exists_in_a_table_it_fills(platform: Platform) -> None:
    for report in platform.formats:
        names = {name for schema in report.schemas for name in schema.names}
        for field in report.fields if report.split is None else ():
            ends = (
                [f"{field.column}_low", f"{field.column}_high"] if field.kind == "range" else [field.column]
            )
            assert field.kind == "constant" or set(ends) <= names
        assert report.required, f"{report.name} would fit any file"


def test_settings_are_strict() -> None:
    with pytest.raises(ValidationError):
        Native(attribution_window=0)
    with pytest.raises(ValidationError):
        Native.model_validate({"atribution_window": 7})
