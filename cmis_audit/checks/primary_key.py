"""Tables whose rows nothing tells apart: one finding a table."""

from collections.abc import Iterator

from cmis_audit.checks.on_table import finding_on, stored_tables
from cmis_audit.model.catalog import Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule


def no_primary_key(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table without a primary key.

    A unique key or index over columns that are never null does as well; one that is partial, or on
    an expression, does not.
    """
    for table in stored_tables(facts):
        if table.primary_key is None and not _has_key(table):
            unique = any(table.uniques) or any(index.unique for index in table.indexes)
            why = "what is unique in it is null, partial or an expression" if unique else ""
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} has no primary key",
                why or "no column or set of columns is unique",
            )


def _has_key(table: Table) -> bool:
    filled = {column.name for column in table.columns if not column.nullable}
    keys = [key.columns for key in table.uniques if not key.deferrable]
    keys += [
        index.keys
        for index in table.indexes
        if index.unique and index.valid and index.predicate is None
    ]
    return any(key and filled.issuperset(key) for key in keys)
