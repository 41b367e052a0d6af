"""The writer of audit.json gives the bytes of the standard library's."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmis_audit.render.json_text import json_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_it_writes_what_the_standard_library_does(value: object) -> None:
    assert json_text(value) == json.dumps(value, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_it_refuses_numbers_that_json_does_not_have(value: float) -> None:
    with pytest.raises(ValueError, match="JSON has no number"):
        json_text([value])
