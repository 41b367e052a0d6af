"""Columns of one name that cannot hold the same values."""

from collections.abc import Iterator

from cmis_audit.match.columns import type_likeness
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Alike, Evidence

_CONFLICT = 0.5


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield a little against the pair for each column whose types conflict, a few at most."""
    left = {column.name: column for column in pair.left.columns}
    right = {column.name: column for column in pair.right.columns}
    names = [
        match.left
        for match in pair.alignment
        if match.how == Alike.EXACT
        and type_likeness(left[match.left].family, right[match.right].family) < _CONFLICT
    ]
    if names:
        yield Evidence(
            signal="types",
            bits=round(pair.weight("against.type_conflict") * min(len(names), 4), 2),
            detail=f"types that do not fit: {', '.join(names)}",
        )
