"""A table for any owner beside tables that do the same for one owner each."""

from collections import defaultdict

from cmis_audit.cluster.comparison import comparison
from cmis_audit.cluster.ground import Ground
from cmis_audit.cluster.wording import cluster_id, cluster_name, issues
from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Cluster, Kind, Priority, Role, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value

_SHARE = 0.8  # of the columns of the general table, its owner aside, that the other has too
_CONFIDENCE = 0.5
"""Too few are known to say more: a person is asked."""
_TYPE, _KEY = "_type", "_id"


class AnyOwner(Value, frozen=True, kw_only=True):
    general: TableRef
    owner: str
    """Its columns that name the owner, without `_type` and `_id`."""
    special: tuple[TableRef, ...]
    """By name."""


def any_owner_groups(ground: Ground, taken: set[TableRef]) -> list[AnyOwner]:
    """Return tables that name their owner in two columns, with those that serve one owner alone.

    `item_metadata` (`owner_type`, `owner_id`, `value`) beside `invoice_metadata` (`invoice_id`,
    `key`, `value`), which is named after what it belongs to: nearly all that the general table has
    beside its owner stands in the special one too. None of the `taken` is among them.
    """
    by_noun: dict[tuple[str, str], list[Table]] = defaultdict(list)
    for table in ground.catalog.tables:
        if table.ref in ground.traits and table.ref not in taken:
            by_noun[_noun(ground, table)].append(table)
    found = []
    for table in ground.catalog.tables:
        owner = _owner(table)
        if owner is None or table.ref in taken or table.ref not in ground.traits:
            continue
        special = [
            other.ref
            for other in by_noun[_noun(ground, table)]
            if _serves_one(ground, other) and _holds(other, table, owner)
        ]
        if special:
            found.append(AnyOwner(general=table.ref, owner=owner, special=tuple(sorted(special))))
    return found


def _noun(ground: Ground, table: Table) -> tuple[str, str]:
    return table.ref.schema, ground.traits[table.ref].stem[-1]


def _owner(table: Table) -> str | None:
    """Return what the table calls its owner, if it can be any table's row: not a foreign key."""
    names = {column.name for column in table.columns}
    bound = {name for key in table.foreign_keys for name in key.columns}
    owners = [
        name.removesuffix(_TYPE)
        for name in sorted(names)
        if name.endswith(_TYPE)
        and (key := name.removesuffix(_TYPE) + _KEY) in names
        and key not in bound
    ]
    return owners[0] if len(owners) == 1 else None


def _serves_one(ground: Ground, table: Table) -> bool:
    """Tell whether a table is named after the one that it points at: `invoice_metadata`."""
    stem = ground.traits[table.ref].stem
    return any(
        ground.traits[key.target].stem == stem[:-1]
        for key in table.foreign_keys
        if key.target in ground.traits
    )


def _holds(special: Table, general: Table, owner: str) -> bool:
    names = {column.name for column in special.columns}
    if owner + _TYPE in names:
        return False
    rest = [c.name for c in general.columns if c.name not in (owner + _TYPE, owner + _KEY)]
    return sum(name in names for name in rest) >= _SHARE * len(rest)


def any_owner_cluster(ground: Ground, group: AnyOwner) -> Cluster:
    """Return the cluster that asks a person whether the general table is to replace the others."""
    refs = (group.general, *group.special)
    tables = tuple(ground.tables[ref] for ref in refs)
    pairs = ground.links.among(refs)
    rows = comparison(tables, pairs, by_name=True)
    return Cluster(
        id=cluster_id(Verdict.REVIEW, refs),
        name=cluster_name(group.general, ground.traits[group.general]),
        verdict=Verdict.REVIEW,
        kind=Kind.OVERLAPPING_ENTITY,
        confidence=_CONFIDENCE,
        priority=Priority.LOW,
        reason=f"{group.general} takes any owner ({group.owner}{_TYPE}, {group.owner}{_KEY}) and "
        f"holds what {', '.join(map(str, group.special))} "
        f"{'holds for its owner' if len(group.special) == 1 else 'hold for one owner each'}.",
        canonical=group.general,
        canonical_reason="it can hold the rows of all",
        tables_before=len(refs),
        tables_after=len(refs),
        members=tuple(ground.member(ref, Role.RELATED) for ref in refs),
        pairs=pairs,
        comparison=rows,
        issues=issues(tables, rows),
    )
