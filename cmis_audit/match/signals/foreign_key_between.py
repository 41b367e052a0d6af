"""One of the tables points at the other."""

from collections.abc import Iterator

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation
from cmis_audit.model.traits import Marker

_MANY, _MOST = 12, 0.6
"""Columns, and their share of both tables, from which a child repeats its parent."""


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence: rows that point at rows of the other belong to them.

    Less where only the column's name says so, and where the name says version or copy: a second
    version often keeps the key of the first. Less too where most of the parent is repeated.
    """
    for child, parent in ((pair.left, pair.right), (pair.right, pair.left)):
        pointers = pair.pointers(child, parent) if parent.traits.ref in child.traits.parents else ()
        if pointers:
            weight = pair.weight("against.foreign_key_between")
            if all(key.columns not in pointers for key in child.table.foreign_keys):
                weight /= 2
            if _editions(pair):
                weight /= 4
            if len(pair.alignment) >= _MANY and pair.share_of_both >= _MOST:
                weight /= 4
            yield Evidence(
                signal="foreign-key-between",
                bits=round(weight, 2),
                detail=f"{child.traits.ref} points at {parent.traits.ref}",
            )
            return


def _editions(pair: Pair) -> bool:
    """Tell whether the names say two editions; `order_records` may well be the rows of `orders`."""
    relation = pair.relation
    said = {affix.marker for affix in relation.markers}
    return relation.relation == Relation.SAME or bool(said - {Marker.NEUTRAL})


def at_most(left: TableForm, right: TableForm, database: Database) -> float:
    """Return the most that `evidence` says where the names are neither equal nor marked.

    Nothing where the reference may be one that a copy has from its original.
    """
    for child, parent in ((left, right), (right, left)):
        own = parent.traits.ref
        declared = any(key.target == own for key in child.table.foreign_keys)
        if declared and all(key.target != own for key in parent.table.foreign_keys):
            repeated = 4
            return database.weights["against.foreign_key_between"] / repeated
    return 0.0
