"""What attributes say and deny."""

from __future__ import annotations

import pytest

from bidopt.text.attributes import attribute_claims


@pytest.mark.parametrize(
    ("attributes", "said", "denied"),
    [
        ("", (), ()),
        ("材质:304不锈钢;容量:500ml", ("304不锈钢", "500ml"), ()),
        ("材质：316不锈钢；颜色分类：白色、黑色", ("316不锈钢", "白色", "黑色"), ()),
        ("防水:是;无线充电:否;内胆=无", ("防水",), ("无线充电", "内胆")),
        ("便携|功能:保温,保冷", ("便携", "保温", "保冷"), ()),
        (";;:；材质:;无", ("无",), ()),
    ],
)
def test_values_are_claims_and_a_no_denies_its_name(
    attributes: str, said: tuple[str, ...], denied: tuple[str, ...]
) -> None:
    claims = attribute_claims(attributes)
    assert (claims.said, claims.denied) == (said, denied)
