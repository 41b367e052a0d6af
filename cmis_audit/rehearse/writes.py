"""What applications write while a plan is under way, and after it under the old names."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from cmis_audit.model.catalog import Catalog, Column, Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.rehearse.candidates import Candidates, Row
from cmis_audit.rehearse.ports import Failure, Session, done
from cmis_audit.rehearse.rows import is_pointed_at, parents_of, pools_of
from cmis_audit.rehearse.states import States, row_text, states
from cmis_audit.rehearse.values import Values

FIRST_NUMBER = 5000
"""Of the rows written here, behind all that fill the tables."""
INSERTS = 4
CHANGES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    table: TableRef
    verb: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of some writes: the error of each, if any, and what the tables held then."""

    errors: tuple[Failure | None, ...]
    after: States


def writes_for(
    session: Session, catalog: Catalog, tables: tuple[Table, ...], *, seed: int, turn: int
) -> tuple[Write, ...]:
    """Return inserts, updates and deletes; every turn has its own, the same for the same seed."""
    return tuple(
        write
        for table in tables
        for write in _for_table(session, catalog, table, seed=seed, turn=turn)
    )


def _for_table(
    session: Session, catalog: Catalog, table: Table, *, seed: int, turn: int
) -> Iterator[Write]:
    columns = tuple(
        column
        for column in table.columns
        if column.generated is None and column.identity != "always"
    )
    if not columns:
        return
    values = Values(catalog)
    candidates = Candidates(
        table,
        columns,
        pools=pools_of(session, table, values),
        values=values,
        parents=parents_of(session, table),
        apart=is_pointed_at(catalog, table),
    )
    random = Random(f"{seed}/{table.ref}/write {turn}")
    for number in range(INSERTS):
        row = candidates.row(FIRST_NUMBER + 100 * turn + number, random)
        if row is not None:
            yield Write(table=table.ref, verb="INSERT", sql=_insert(table, columns, row))
    changed = _changeable(table, columns)
    for number in range(CHANGES):
        chosen = _chosen(table, turn, number)
        if changed is not None:
            new = f"CAST(NULL AS {changed.type})" if changed.nullable else quote_ident(changed.name)
            yield Write(
                table=table.ref,
                verb="UPDATE",
                sql=f"UPDATE {table.ref} v SET {quote_ident(changed.name)} = {new} {chosen}",
            )
        yield Write(
            table=table.ref,
            verb="DELETE",
            sql=f"DELETE FROM {table.ref} v {_chosen(table, turn, number + CHANGES)}",
        )


def _insert(table: Table, columns: tuple[Column, ...], row: Row) -> str:
    values = ", ".join(
        "NULL"
        if row[each.name] is None
        else f"CAST({literal(row[each.name] or '')} AS {each.type})"
        for each in columns
    )
    return f"INSERT INTO {table.ref} ({quoted(each.name for each in columns)}) VALUES ({values})"


def _changeable(table: Table, columns: tuple[Column, ...]) -> Column | None:
    """Return a column that an update may set to NULL, or write again as it is."""
    keys = [key.columns for key in table.uniques] + [key.columns for key in table.foreign_keys]
    keys += [table.primary_key.columns] if table.primary_key else []
    held = {name for key in keys for name in key}
    free = [column for column in columns if column.name not in held]
    return next((column for column in free if column.nullable), free[0] if free else None)


def _chosen(table: Table, turn: int, number: int) -> str:
    """Return the condition for one row, the same whether a table or a view is asked."""
    own = row_text(table)
    return (
        f"WHERE {own} = (SELECT {own} FROM {table.ref} v "
        f"ORDER BY md5({own} || '{turn}') COLLATE \"C\" OFFSET {number} LIMIT 1)"
    )


def carry_out(session: Session, writes: tuple[Write, ...]) -> tuple[Failure | None, ...]:
    """Run the writes, each in a transaction of its own; a table may refuse some."""
    return tuple(session.run(write.sql) for write in writes)


def tried(session: Session, writes: tuple[Write, ...], tables: tuple[Table, ...]) -> Outcome:
    """Run the writes, look, and take them back."""
    done(session, "BEGIN")
    try:
        errors = []
        for write in writes:
            done(session, "SAVEPOINT written")
            failure = session.run(write.sql)
            errors.append(failure)
            if failure is not None:
                done(session, "ROLLBACK TO written")
        after = states(session, tables)
    finally:
        session.run("ROLLBACK")
    return Outcome(errors=tuple(errors), after=after)
