"""Both tables store measurements."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence
from cmis_audit.model.traits import MetricShape


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield evidence for two metric tables of one schema, more where their shapes differ.

    The columns of a wide and of a name/value table cannot agree; that they hold the same kind of
    facts is known from their shapes alone. Two wide tables mostly count for two entities.
    """
    left, right = pair.left.traits, pair.right.traits
    if not (left.shape and right.shape) or left.ref.schema != right.ref.schema:
        return
    if left.shape == right.shape == MetricShape.WIDE:
        return
    if MetricShape.SINGLE in {left.shape, right.shape}:
        return
    same = left.shape == right.shape
    name = "measurements.same_shape" if same else "measurements.other_shape"
    yield Evidence(
        signal="measurements",
        bits=pair.weight(name),
        detail=f"both store measurements: {left.shape}{'' if same else f' and {right.shape}'}",
    )
