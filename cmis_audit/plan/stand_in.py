"""A table gets another name, and a view stands under its own: what plans that do so share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import BOOK_COMMENT, Hazard, HazardNote, Lock, PlannedMember
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan.keys import row_key
from cmis_audit.plan.sqltext import template
from cmis_audit.plan.structure import catalog_md5


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    number: int
    table: Table
    moved_to: TableRef

    @property
    def label(self) -> str:
        return str(self.table.ref)

    @property
    def planned(self) -> PlannedMember:
        return PlannedMember(
            table=self.table.ref,
            label=self.label,
            moved_to=self.moved_to,
            key=row_key(self.table),
        )


def opened(schema: str, moved: Sequence[Moved]) -> Iterator[str]:
    """Yield what makes the books: their tables and routines, and which tables they are of."""
    yield template("book.sql", book=schema)
    yield f"COMMENT ON SCHEMA {schema} IS {literal(BOOK_COMMENT)};"
    yield template("dependents.sql", book=schema)
    yield template("contract.sql", book=schema)
    for each in moved:
        ref = each.table.ref
        yield (
            f"INSERT INTO {schema}.members VALUES ({each.number}, {literal(each.label)}, "
            f"{literal(ref.schema)}, {literal(ref.name)}, {literal(str(each.moved_to))}, NULL);"
        )


def guarded(schema: str, moved: Sequence[Moved], guard: str) -> str:
    """Return what refuses other tables than those of the plan, or what `guard` finds."""
    expected = catalog_md5(tuple(each.table for each in moved))
    return (
        f"INSERT INTO {schema}.state (phase, expected) VALUES ('expand', {literal(expected)});\n"
        f"SELECT {schema}.same_structure();\nSELECT {schema}.{guard}();"
    )


def locked(moved: Sequence[Moved]) -> str:
    names = ", ".join(each.label for each in moved)
    return f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE;"


def stand_in(schema: str, moved: Moved) -> str:
    """Return what renames the table, and puts a view there that looks and is used like it."""
    table, ref = moved.table, moved.table.ref
    options = " WITH (security_invoker = true)" if table.row_security else ""
    lines = [
        f"ALTER TABLE {ref} RENAME TO {quote_ident(moved.moved_to.name)};",
        f"CREATE VIEW {ref}{options} AS "
        f"SELECT {quoted(column.name for column in table.columns)} FROM {moved.moved_to};",
        *comments(table),
    ]
    if table.owner:
        lines.append(f"ALTER VIEW {ref} OWNER TO {quote_ident(table.owner)};")
    lines.append(
        f"SELECT {schema}.copy_rights({literal(str(moved.moved_to))}::regclass, "
        f"{literal(str(ref))}::regclass);"
    )
    return "\n".join(lines)


def comments(table: Table) -> Iterator[str]:
    """Yield what says of the view under the table's name what was said of the table."""
    for column in table.columns:
        if column.comment is not None:
            name = f"{table.ref}.{quote_ident(column.name)}"
            yield f"COMMENT ON COLUMN {name} IS {literal(column.comment)};"
    if table.comment is not None:
        yield f"COMMENT ON VIEW {table.ref} IS {literal(table.comment)};"


def exclusive(moved: Sequence[Moved]) -> tuple[Lock, ...]:
    return tuple(Lock(table=each.label, mode="ACCESS EXCLUSIVE") for each in moved)


def while_renamed(moved: Sequence[Moved]) -> tuple[HazardNote, ...]:
    return tuple(
        HazardNote(
            hazard=Hazard.ACCESS_EXCLUSIVE_LOCK,
            subject=each.label,
            detail="while its name changes",
        )
        for each in moved
    )
