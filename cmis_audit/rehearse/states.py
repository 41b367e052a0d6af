"""What lies in tables, as a count and a hash that no order of rows moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.rehearse.ports import Session, asked

TABLES_A_QUERY = 100
"""So that no query grows beyond what a parser likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    rows: int
    hash: str


States = Mapping[TableRef, State]


def states(session: Session, tables: Iterable[Table]) -> States:
    """Return the state of what bears the tables' names, read in the tables' columns."""
    waiting = list(tables)
    found: dict[TableRef, State] = {}
    while waiting:
        part, waiting = waiting[:TABLES_A_QUERY], waiting[TABLES_A_QUERY:]
        query = "\nUNION ALL\n".join(
            f"SELECT {number}, s.* FROM ({state_query(table)}) s"
            for number, table in enumerate(part)
        )
        for number, rows, hashed in asked(session, query):
            ref = part[int(number or 0)].ref
            found[ref] = State(rows=int(rows or 0), hash=hashed or "")
    return found


def state_query(table: Table) -> str:
    return (
        f"SELECT count(*), coalesce(sum(hashtextextended({row_text(table)}, 0)::numeric), 0) "
        f"FROM {table.ref} v"
    )


def row_text(table: Table, alias: str = "v") -> str:
    """Return the expression of a whole row as text."""
    return f"CAST(ROW({_listed(table, alias)}) AS text)"


def _listed(table: Table, alias: str) -> str:
    return ", ".join(f"{alias}.{quote_ident(column.name)}" for column in table.columns)


def key_text(key: tuple[str, ...], table: Table, alias: str = "v") -> str:
    """Return the expression of a row's key as text, or of the whole row where it has none."""
    if not key:
        return row_text(table, alias)
    listed = ", ".join(f"{alias}.{quote_ident(name)}" for name in key)
    return f"CAST(ROW({listed}) AS text)"


def differing(before: States, after: States) -> tuple[str, ...]:
    """Return one line for each table that does not hold what it held."""
    lines = []
    for ref in sorted(before):
        old, new = before[ref], after.get(ref)
        if new is None:
            lines.append(f"{ref}: gone")
        elif old.rows != new.rows:
            lines.append(f"{ref}: {new.rows} rows where {old.rows} were")
        elif old != new:
            lines.append(f"{ref}: as many rows, and other values")
    return tuple(lines)


def tables_of(catalog: Catalog, refs: Iterable[TableRef]) -> tuple[Table, ...]:
    """Return the tables of those names, in that order."""
    by_ref = {table.ref: table for table in catalog.tables}
    return tuple(by_ref[ref] for ref in refs)
