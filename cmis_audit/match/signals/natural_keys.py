"""Rows of the two tables are unique in different things."""

from collections.abc import Iterator

from cmis_audit.match.forms import TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation

_EDITIONS = frozenset({Relation.MARKED, Relation.SAME, Relation.SYNONYM})
_SEVERAL = 2  # columns of a key that tells what a row is


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence where what makes a row unique in one table does not in the other.

    Of two editions a key that holds all columns of the other's counts as the same, for a second
    version may have become unique per tenant; else it tells of another grain. That two keys are
    the same says nothing: all satellites of one kind are unique in the same columns.
    """
    to_right = {match.left: match.right for match in pair.alignment}
    to_left = {match.right: match.left for match in pair.alignment}
    mine, theirs = _natural_keys(pair.left), _natural_keys(pair.right)
    if mine and theirs:
        images = [{to_right.get(name, "") for name in key} for key in mine]
        editions = pair.relation.relation in _EDITIONS
        if not any(
            image == key or (editions and (image <= key or key <= image))
            for image in images
            for key in theirs
        ):
            yield _evidence(
                pair, f"rows are unique in {_first(mine)} here, in {_first(theirs)} there"
            )
    elif pair.relation.relation != Relation.MARKED:
        for keys, partners, other in ((mine, to_right, pair.right), (theirs, to_left, pair.left)):
            several = [key for key in keys if len(key) >= _SEVERAL and key <= partners.keys()]
            if several and other.has_key:
                detail = f"{_first(several)} is a key of the one, and repeats in {other.traits.ref}"
                yield _evidence(pair, detail)


def _evidence(pair: Pair, detail: str) -> Evidence:
    return Evidence(signal="natural-key", bits=pair.weight("against.natural_key"), detail=detail)


def _natural_keys(form: TableForm) -> list[frozenset[str]]:
    """Return the keys and uniques that are more than a surrogate key of one column."""
    primary = form.table.primary_key
    keys = [*([primary] if primary else []), *form.table.uniques]
    surrogate = {column.name for column in form.columns if column.is_key}
    return [
        frozenset(key.columns)
        for key in keys
        if len(key.columns) >= _SEVERAL or surrogate.isdisjoint(key.columns)
    ]


def _first(keys: list[frozenset[str]]) -> str:
    return ", ".join(sorted(keys[0]))
