"""Hardly anything in common but a name."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation

_LITTLE = 4.0  # bits of all aligned columns together
_FEWEST = 2


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence where the columns in common are worth less than a few bits.

    Then the name alone would decide, and `test` and `test2` need not be editions of one thing.
    Less is taken off the more they are worth, so that one more shared column never hurts.
    """
    if pair.relation.relation in {Relation.NONE, Relation.KIN}:
        return
    total = sum(match.bits for match in pair.alignment)
    if len(pair.alignment) < _FEWEST:
        total = 0.0
    if total < _LITTLE:
        yield Evidence(
            signal="few-columns",
            bits=round(pair.weight("against.few_columns") * (1 - total / _LITTLE), 2),
            detail=f"hardly anything in common: {len(pair.alignment)} columns that tell little",
        )
