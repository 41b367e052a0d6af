"""Both belong to the same tables."""

from collections.abc import Iterator
from math import log2

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation

_FEWEST = 2  # parents that tell something
_TELLING = 2.0  # bits: one table in four, or fewer, points at it
_NEARLY_ALL = 0.8  # of the columns of both
_STRANGERS = frozenset({Relation.NONE, Relation.KIN})


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield bits for unrelated names where both point at the same tables and nearly all is equal.

    Two of these at least have to be rare targets: everything points at the tenant. A larger table
    may hold all that a smaller one has; only what points nowhere else is about the same.
    """
    if pair.relation.relation not in _STRANGERS or pair.share_of_both < _NEARLY_ALL:
        return
    parents = set(pair.left.traits.parents)
    if parents != set(pair.right.traits.parents):
        return
    children, tables = pair.database.children, len(pair.database.forms)
    telling = [
        str(ref)
        for ref in sorted(parents)
        if log2(tables / max(1, len(children.get(ref, ())))) >= _TELLING
    ]
    if len(telling) >= _FEWEST:
        yield Evidence(
            signal="parents",
            bits=pair.weight("parents.same"),
            detail=f"both belong to {', '.join(telling)}, and to nothing that the other does not",
        )
