"""What a reader of a framework's migration hands on: SQL, or what it could not read."""

from collections.abc import Iterable
from typing import NamedTuple

from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal, quoted


class MadeByCodeError(ValueError):
    """What stands there is no literal: only running the program would tell its value."""


class Sql(NamedTuple):
    line: int
    text: str


class Missed(NamedTuple):
    line: int
    what: str
    why: str


Said = Sql | Missed

BY_CODE = "it is made by code, which is never executed"


def table_name(name: str, schema: str | None = None) -> str:
    """Return a table's name as SQL; a schema may stand before it, with a dot."""
    if schema:
        return f"{quote_ident(schema)}.{quote_ident(name)}"
    return ".".join(map(quote_ident, name.split(".")))


class Field:
    """A column as a framework declares it."""

    def __init__(self, name: str, type_: str) -> None:
        self.name = name
        self.type = type_
        self.nullable = True
        self.default: str | None = None
        self.generated: str | None = None
        self.primary = False
        self.unique = False
        self.references: tuple[str, str | None] | None = None
        """A table as SQL, and its column."""
        self.comment: str | None = None

    def sql(self) -> str:
        """Return the column as it stands in CREATE TABLE."""
        parts = [quote_ident(self.name), self.type]
        if self.generated is not None:
            parts.append(f"GENERATED ALWAYS AS ({self.generated}) STORED")
        if self.default is not None:
            parts.append(f"DEFAULT {self.default}")
        if not self.nullable:
            parts.append("NOT NULL")
        if self.primary:
            parts.append("PRIMARY KEY")
        if self.unique:
            parts.append("UNIQUE")
        if self.references is not None:
            table, column = self.references
            parts.append(f"REFERENCES {table}" + (f" ({quote_ident(column)})" if column else ""))
        return " ".join(parts)


def create_table(
    name: str,
    elements: Iterable[Field | str],
    *,
    unless_there: bool = False,
    temporary: bool = False,
) -> str:
    """Return CREATE TABLE, and the comments of the columns after it."""
    elements = list(elements)
    inner = ",\n".join(one.sql() if isinstance(one, Field) else one for one in elements)
    kind = "TEMPORARY TABLE" if temporary else "TABLE"
    unless = "IF NOT EXISTS " if unless_there else ""
    fields = [one for one in elements if isinstance(one, Field)]
    return f"CREATE {kind} {unless}{name} (\n{inner}\n);" + comments(name, fields)


def add_columns(name: str, fields: Iterable[Field]) -> str:
    """Return ALTER TABLE with a column each, and their comments after it."""
    fields = list(fields)
    if not fields:
        return ""
    added = ", ".join(f"ADD COLUMN {one.sql()}" for one in fields)
    return f"ALTER TABLE {name} {added};" + comments(name, fields)


def comments(name: str, fields: Iterable[Field]) -> str:
    return "".join(
        f"\nCOMMENT ON COLUMN {name}.{quote_ident(one.name)} IS {literal(one.comment)};"
        for one in fields
        if one.comment
    )


def constraint(kind: str, columns: Iterable[str], name: str | None = None) -> str:
    """Return a constraint on columns: `CONSTRAINT x UNIQUE (a, b)`."""
    named = f"CONSTRAINT {quote_ident(name)} " if name else ""
    return f"{named}{kind} ({quoted(columns)})"


def foreign_key(
    columns: Iterable[str], table: str, there: Iterable[str] = (), name: str | None = None
) -> str:
    """Return a foreign key; the table is SQL already."""
    target = quoted(there)
    return (
        constraint("FOREIGN KEY", columns, name)
        + f" REFERENCES {table}"
        + (f" ({target})" if target else "")
    )


def value(of: object) -> str | None:
    """Return a default as SQL; None for one that is no plain value."""
    if isinstance(of, bool):
        return str(of).lower()
    if isinstance(of, int | float):
        return str(of)
    return literal(of) if isinstance(of, str) else None
