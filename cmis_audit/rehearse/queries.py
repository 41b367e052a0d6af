"""What applications ask of a cluster: the same questions to the old tables and to the target."""

from collections.abc import Iterator
from dataclasses import dataclass

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import ClusterPlan, PlannedMember, Strategy, TargetColumn, TargetTable
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.rehearse.ledger import sources
from cmis_audit.rehearse.ports import Session, asked

NEWEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    what: str
    before: str
    """Over the old names."""
    after: str | None
    """Over the target; None where its key has to be looked up there first."""
    target: TargetTable
    label: str = ""

    def find_after(self, session: Session) -> str | None:
        """Return the look-up of one row in the target by its key."""
        key = self.target.primary_key
        columns = {column.name: column.type for column in self.target.columns}
        source = quote_ident(self.target.source_column)
        rows = asked(
            session,
            f"SELECT {quoted(key)} FROM {self.target.ref} "
            f"WHERE {source}::text = {literal(self.label)} ORDER BY {quoted(key)} "
            f"OFFSET (SELECT count(*) / 2 FROM {self.target.ref} "
            f"WHERE {source}::text = {literal(self.label)}) LIMIT 1",
        )
        if not rows or None in rows[0]:
            return None
        where = " AND ".join(
            f"{quote_ident(name)} = CAST({literal(value or '')} AS {columns[name]})"
            for name, value in zip(key, rows[0], strict=True)
        )
        return f"SELECT * FROM {self.target.ref} WHERE {where}"


def queries_for(
    session: Session, plan: ClusterPlan, members: tuple[Table, ...]
) -> tuple[Query, ...]:
    """Return the questions that make sense for this cluster; the members hold their rows now."""
    targets = sources(plan)
    if len(targets) != 1:
        return ()
    target = targets[0]
    one_to_one = plan.strategy == Strategy.MERGE
    tables = {table.ref: table for table in members}
    return tuple(
        query
        for query in (
            _by_key(session, plan, target, tables) if one_to_one else None,
            _of_one_parent(session, target, tables),
            _newest(target, tables),
            _counted(plan, target),
            _whole(plan, target) if one_to_one else None,
        )
        if query is not None
    )


def _by_key(
    session: Session, plan: ClusterPlan, target: TargetTable, tables: dict[TableRef, Table]
) -> Query | None:
    member = next((each for each in plan.members if each.key), None)
    if member is None or not target.primary_key:
        return None
    types = {column.name: column.type for column in tables[member.table].columns}
    rows = asked(
        session,
        f"SELECT {quoted(member.key)} FROM {member.table} ORDER BY {quoted(member.key)} "
        f"OFFSET (SELECT count(*) / 2 FROM {member.table}) LIMIT 1",
    )
    if not rows or None in rows[0]:
        return None
    where = " AND ".join(
        f"{quote_ident(name)} = CAST({literal(value or '')} AS {types[name]})"
        for name, value in zip(member.key, rows[0], strict=True)
    )
    return Query(
        what=f"one row of {member.table} by its key",
        before=f"SELECT * FROM {member.table} WHERE {where}",
        after=None,
        target=target,
        label=member.label,
    )


def _everywhere(target: TargetTable, tables: dict[TableRef, Table]) -> Iterator[TargetColumn]:
    """Yield the columns of the target that every member fills."""
    for column in target.columns:
        if {source.member for source in column.sources} >= tables.keys():
            yield column


def _of_one_parent(
    session: Session, target: TargetTable, tables: dict[TableRef, Table]
) -> Query | None:
    for column in _everywhere(target, tables):
        pairs = {source.member: source.column for source in column.sources}
        pointing = any(
            (pairs[table.ref],) == key.columns
            for table in tables.values()
            for key in table.foreign_keys
        )
        if not pointing:
            continue
        types = {source.member: source.type for source in column.sources}
        union = " UNION ALL ".join(
            f"SELECT {quote_ident(name)}::text AS value FROM {ref}" for ref, name in pairs.items()
        )
        found = asked(
            session,
            f"SELECT value FROM ({union}) u WHERE value IS NOT NULL "
            'GROUP BY 1 ORDER BY count(*) DESC, value COLLATE "C" LIMIT 1',
        )
        if not found or {types[ref] for ref in pairs} != {column.type}:
            continue
        wanted = f"CAST({literal(found[0][0] or '')} AS {column.type})"
        each = " UNION ALL ".join(
            f"SELECT count(*) AS n FROM {ref} WHERE {quote_ident(name)} = {wanted}"
            for ref, name in pairs.items()
        )
        return Query(
            what=f"how many rows belong to one {column.name}",
            before=f"SELECT sum(n) FROM ({each}) u",
            after=f"SELECT count(*) FROM {target.ref} WHERE {quote_ident(column.name)} = {wanted}",
            target=target,
        )
    return None


def _newest(target: TargetTable, tables: dict[TableRef, Table]) -> Query | None:
    for column in _everywhere(target, tables):
        if not all(map(_is_moment, (column.type, *(each.type for each in column.sources)))):
            continue
        pairs = [(source.member, source.column) for source in column.sources]
        union = " UNION ALL ".join(
            f"SELECT CAST({quote_ident(name)} AS {column.type}) AS moment FROM {ref}"
            for ref, name in pairs
        )
        own = quote_ident(column.name)
        return Query(
            what=f"the {NEWEST} newest of all by {column.name}",
            before=f"SELECT moment FROM ({union}) u ORDER BY moment DESC LIMIT {NEWEST}",
            after=f"SELECT {own} FROM {target.ref} ORDER BY {own} DESC LIMIT {NEWEST}",
            target=target,
        )
    return None


def _is_moment(written: str) -> bool:
    return written == "date" or written.startswith("timestamp")


def _counted(plan: ClusterPlan, target: TargetTable) -> Query:
    union = " UNION ALL ".join(
        f"SELECT {literal(member.label)}, count(*) FROM {member.table}" for member in plan.members
    )
    source = quote_ident(target.source_column)
    return Query(
        what="how many rows there are of each origin",
        before=union,
        after=f"SELECT {source}, count(*) FROM {target.ref} GROUP BY 1",
        target=target,
    )


def _whole(plan: ClusterPlan, target: TargetTable) -> Query:
    member: PlannedMember = plan.members[0]
    source = quote_ident(target.source_column)
    return Query(
        what=f"every row of {member.table}",
        before=f"SELECT * FROM {member.table}",
        after=f"SELECT * FROM {target.ref} WHERE {source} = {literal(member.label)}",
        target=target,
    )
