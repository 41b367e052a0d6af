"""Bits as a share that was right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmis_audit.match.confidence import Confidence
from cmis_audit.pipeline import rule_pack

WEIGHTS = {
    "confidence.at_minus_10": 0.1,
    "confidence.at_0": 0.2,
    "confidence.at_5": 0.9,
    "cap": 7.0,
}
SHIPPED = Confidence({one.name: one.value for one in rule_pack("cmis", None).weights})


@pytest.mark.parametrize(
    ("bits", "share"),
    [(-40, 0.1), (-10, 0.1), (-5, 0.15), (0, 0.2), (2.5, 0.55), (5, 0.9), (9, 0.9)],
)
def test_straight_lines_between_points(bits: float, share: float) -> None:
    assert Confidence(WEIGHTS).of(bits) == pytest.approx(share)


@given(st.floats(-60, 60), st.floats(0, 30))
def test_more_bits_are_never_less_sure(bits: float, more: float) -> None:
    assert 0 < SHIPPED.of(bits) <= SHIPPED.of(bits + more) <= 1
