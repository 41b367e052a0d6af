"""A table whose columns live on in several others that belong together."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from cmis_audit.cluster.ground import Ground
from cmis_audit.model.catalog import Table
from cmis_audit.model.match import HELD, TELLING_COLUMN, Match, Relation
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value

_WHOLE = 0.8  # of the table's columns, in one of the parts
_OWN = 2  # telling columns that a part has and no other part
_MOST_PARTS = 6


class Split(Value, frozen=True, kw_only=True):
    whole: TableRef
    parts: tuple[TableRef, ...]
    """By name."""


class _Part(Value, frozen=True, kw_only=True):
    ref: TableRef
    columns: frozenset[str]
    """Of the whole, those that have a partner here."""
    telling: frozenset[str]


def splits(ground: Ground, taken: set[TableRef]) -> list[Split]:
    """Return tables that were split in several and stayed, with the parts; none of the `taken`.

    Each part brings columns that only it and the whole have, the parts point at each other, and
    together they have nearly all that the whole has. A join that was written down would point at
    its parts; this points only at what they point at.
    """
    found = []
    used = set(taken)
    for whole, parts in sorted(_parts(ground, taken).items()):
        chosen = _chosen(ground, parts)
        covered = frozenset[str]().union(*(part.columns for part in chosen))
        size = len(ground.tables[whole].columns)
        refs = tuple(sorted(part.ref for part in chosen))
        if len(chosen) > 1 and len(covered) >= _WHOLE * size and used.isdisjoint((whole, *refs)):
            found.append(Split(whole=whole, parts=refs))
            used.update((whole, *refs))
    return found


def _parts(ground: Ground, taken: set[TableRef]) -> dict[TableRef, list[_Part]]:
    """Return, for each table, those that hold much of it and neither point at it nor it at them."""
    parts: dict[TableRef, list[_Part]] = defaultdict(list)
    for match in ground.matches.matches:
        if match.relation in {Relation.NONE, Relation.SAME, Relation.MARKED}:
            continue
        if not taken.isdisjoint((match.left, match.right)) or _points(match):
            continue
        for whole, ref, columns in _sides(match):
            if len(columns) >= HELD * len(ground.tables[ref].columns):
                telling = frozenset(
                    name for name, bits in columns.items() if bits >= TELLING_COLUMN
                )
                if telling:
                    parts[whole].append(_Part(ref=ref, columns=frozenset(columns), telling=telling))
    return parts


def _points(match: Match) -> bool:
    return any(piece.signal == "foreign-key-between" for piece in match.counter_evidence)


def _sides(match: Match) -> Iterator[tuple[TableRef, TableRef, dict[str, float]]]:
    yield match.left, match.right, {column.left: column.bits for column in match.columns}
    yield match.right, match.left, {column.right: column.bits for column in match.columns}


def _chosen(ground: Ground, parts: list[_Part]) -> list[_Part]:
    """Return parts with telling columns of their own, at least two, and what links them."""
    if not 1 < len(parts) <= _MOST_PARTS:
        return []
    own = [part for part in parts if len(_own(part, parts, ground)) >= _OWN]
    if len(own) < 2 or not any(_linked(ground, one, other) for one, other in combinations(own, 2)):
        return []
    return [
        part for part in parts if part in own or any(_linked(ground, part, other) for other in own)
    ]


def _own(part: _Part, parts: list[_Part], ground: Ground) -> frozenset[str]:
    """Return the telling columns that no other part has, references aside."""
    others = frozenset[str]().union(*(other.telling for other in parts if other is not part))
    pointing = {column for key in ground.tables[part.ref].foreign_keys for column in key.columns}
    return part.telling - others - pointing


def _linked(ground: Ground, one: _Part, other: _Part) -> bool:
    return _targets(ground.tables[one.ref], other.ref) or _targets(
        ground.tables[other.ref], one.ref
    )


def _targets(table: Table, ref: TableRef) -> bool:
    return any(key.target == ref for key in table.foreign_keys)
