"""What the members are made of, as the number that the files compare before they do anything.

The same lines as `sql/book.sql` makes of the server's own catalog; a test holds the two together.
"""

import hashlib
from collections.abc import Iterator

from cmis_audit.model.catalog import Table, TableKind

_IDENTITY = {"always": "a", "by default": "d", None: ""}
_COMMAND = {"all": "*", "select": "r", "insert": "a", "update": "w", "delete": "d"}


def catalog_md5(tables: tuple[Table, ...]) -> str:
    lines = sorted(line for table in tables for line in _lines(table))
    return hashlib.md5("\n".join(lines).encode(), usedforsecurity=False).hexdigest()


def _lines(table: Table) -> Iterator[str]:
    name = f"{table.ref.schema}.{table.ref.name}"
    kind = "p" if table.kind == TableKind.PARTITIONED else "r"
    yield _line("table", name, kind, table.row_security, table.force_row_security)
    for column in table.columns:
        expression = column.generated if column.generated is not None else column.default
        yield _line(
            "column",
            name,
            column.name,
            column.type,
            not column.nullable,
            _IDENTITY[column.identity],
            column.generated is not None,
            expression or "",
        )
    for kind, constraints in (
        ("p", (table.primary_key,) if table.primary_key else ()),
        ("u", table.uniques),
        ("f", table.foreign_keys),
    ):
        for constraint in constraints:
            yield _line("constraint", name, constraint.name, kind, "")
    for check in table.checks:
        yield _line("constraint", name, check.name, "c", check.definition)
    for exclusion in table.exclusions:
        yield _line("constraint", name, exclusion.name, "x", exclusion.definition)
    for index in table.indexes:
        yield _line("index", name, index.name)
    for trigger in table.triggers:
        yield _line("trigger", name, trigger.name, trigger.enabled, trigger.definition)
    for policy in table.policies:
        yield _line(
            "policy",
            name,
            policy.name,
            _COMMAND[policy.command],
            policy.permissive,
            policy.using or "",
            policy.check or "",
        )


def _line(*parts: str | bool) -> str:
    return "|".join(("t" if part else "f") if isinstance(part, bool) else part for part in parts)
