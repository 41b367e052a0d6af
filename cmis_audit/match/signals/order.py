"""Whether the shared columns stand in the same order."""

from collections.abc import Iterator
from itertools import pairwise

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence

_FEWEST = 5


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield a little for five or more columns in one order: what CREATE TABLE ... LIKE leaves."""
    if len(pair.alignment) < _FEWEST:
        return
    places = {column.name: column.place for column in pair.right.columns}
    right = [places[match.right] for match in pair.alignment]
    if all(one < other for one, other in pairwise(right)):
        yield Evidence(
            signal="order",
            bits=pair.weight("order.kept"),
            detail=f"all {len(right)} shared columns stand in the same order",
        )
