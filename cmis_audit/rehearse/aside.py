"""Rows that a plan sets aside, and the rows that point at them.

A row that has no place in the target is kept in a table of rejects. Where another table points at
it, no foreign key can be carried over, and the switch refuses: rightly. To see the rest of the plan
run, the rows that point there are let go.
"""

from dataclasses import dataclass

from cmis_audit.model.catalog import Catalog, ForeignKey, Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import ClusterPlan
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.rehearse.ports import Row, Session, asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """The keys of the rows of one member that were set aside."""

    table: Table
    key: tuple[str, ...]
    rows: tuple[Row, ...]


def set_aside(session: Session, plan: ClusterPlan, members: tuple[Table, ...]) -> tuple[Aside, ...]:
    """Return what the plan has set aside so far, of members with a key."""
    found = []
    for member, table in zip(plan.members, members, strict=True):
        if member.rejects is None or not member.key or not exists(session, member.rejects):
            continue
        rows = asked(session, f"SELECT {quoted(member.key)} FROM {member.rejects}")
        if rows:
            found.append(Aside(table=table, key=member.key, rows=tuple(rows)))
    return tuple(found)


def exists(session: Session, ref: TableRef) -> bool:
    return asked(session, f"SELECT to_regclass({literal(str(ref))})") != [(None,)]


def unhook(session: Session, catalog: Catalog, asides: tuple[Aside, ...]) -> int:
    """Let no row point at those any more: its key becomes NULL where it may, or it goes.

    Return how many rows were changed.
    """
    changed = 0
    for aside in asides:
        for child in catalog.tables:
            for key in child.foreign_keys:
                if key.target == aside.table.ref:
                    changed += _unhook(session, child, key, aside)
    return changed


def _unhook(session: Session, child: Table, key: ForeignKey, aside: Aside) -> int:
    types = {column.name: column.type for column in aside.table.columns}
    values = ", ".join(
        "("
        + ", ".join(
            f"CAST({literal(value or '')} AS {types[name]})"
            for name, value in zip(aside.key, row, strict=True)
        )
        + ")"
        for row in aside.rows
    )
    own = ", ".join(f"p.{quote_ident(name)}" for name in aside.key)
    same = " AND ".join(
        f"c.{quote_ident(name)} = p.{quote_ident(target)}"
        for name, target in zip(key.columns, key.target_columns, strict=True)
    )
    where = f"{same} AND ({own}) IN (VALUES {values})"
    nullable = {column.name for column in child.columns if column.nullable}
    empty = [name for name in key.columns if name in nullable]
    if empty:
        settings = ", ".join(f"{quote_ident(name)} = NULL" for name in empty)
        change = f"UPDATE {child.ref} c SET {settings} FROM {key.target} p WHERE {where}"
    else:
        change = f"DELETE FROM {child.ref} c USING {key.target} p WHERE {where}"
    found = session.rows(f"WITH changed AS ({change} RETURNING 1) SELECT count(*) FROM changed")
    return int(found[0][0] or 0) if isinstance(found, list) else 0
