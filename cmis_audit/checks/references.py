"""Columns that refer to another table by their name alone: one finding a column."""

from collections.abc import Iterator

from cmis_audit.checks.column_types import Types
from cmis_audit.checks.on_table import finding_on, stored_tables, words_of
from cmis_audit.model.catalog import Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule


def reference_without_foreign_key(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each column that is named after a table's key and has its type.

    Copies, what was put away, and tables that keep what once was are left alone: they must be able
    to outlive the row that they speak of.
    """
    types = Types(facts.catalog)
    tables = {table.ref: table for table in stored_tables(facts)}
    passed = words_of(rule, "satellites")
    outliving = {
        traits.ref for traits in facts.traits if traits.satellite in passed or traits.put_away
    }
    for one in facts.references:
        table, target = tables.get(one.table), tables.get(one.target)
        if table is None or target is None or one.table in outliving or one.target in outliving:
            continue
        key, own = _key_type(target), _type_of(table, one.column)
        if key and own and types.base(key) == types.base(own):
            yield finding_on(
                rule,
                one.table,
                f"{one.table} refers to {one.target} by `{one.column}` without a foreign key",
                f"the column has the name and the type ({own}) of the key of {one.target}",
                part=one.column,
            )


def _key_type(table: Table) -> str | None:
    columns = table.primary_key.columns if table.primary_key else ()
    return _type_of(table, columns[0]) if len(columns) == 1 else None


def _type_of(table: Table, name: str) -> str | None:
    return next((column.type for column in table.columns if column.name == name), None)
