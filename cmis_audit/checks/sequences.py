"""Sequences that come to their end, or go on after their column has: one finding a sequence.

The last value is not read: a server locks each sequence for that. As many numbers as there are rows
were drawn at least; what was deleted, rolled back or skipped comes on top.
"""

from collections.abc import Iterator

from cmis_audit.checks.column_types import Types
from cmis_audit.checks.on_table import finding_on, number_of, stored_tables
from cmis_audit.model.catalog import Sequence, Skipped, Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.rule import Rule

_ALL = 1.05  # of the numbers; of more, estimates aside, some were given twice: it begins anew
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def sequence_near_end(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each sequence of which the rows have used up most."""
    for sequence, table, column, largest in _owned(facts):
        rows = table.statistics.rows_estimate if table.statistics else None
        end = min(sequence.maximum or largest, largest)
        if rows is None or sequence.increment < 1 or end < 1:
            continue
        used = rows * sequence.increment / end
        if number_of(rule, "share", 0.5) <= used <= _ALL:
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} has used up at least {used:.0%} of the numbers for `{column}`",
                f"about {rows} rows; {sequence.ref} and its column end at {end}",
                part=str(sequence.ref),
            )


def unjudged_sequences(facts: Facts) -> Iterator[Skipped]:
    owned = {(sequence.ref, table.ref): table for sequence, table, _, _ in _owned(facts)}
    unknown = sum(
        1
        for table in owned.values()
        if not table.statistics or table.statistics.rows_estimate is None
    )
    if unknown:
        yield Skipped(
            what="sequences near their end",
            why=f"the tables of {unknown} of {len(owned)} sequences were never analysed",
        )


def sequence_wider_than_column(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each sequence that gives numbers that its column cannot hold."""
    for sequence, table, column, largest in _owned(facts):
        end = sequence.maximum or _LARGEST.get(sequence.type, largest)
        if end > largest:
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} takes `{column}` from a sequence that goes further than the column",
                f"{sequence.ref} goes to {end}, the column to {largest}",
                part=str(sequence.ref),
            )


def _owned(facts: Facts) -> Iterator[tuple[Sequence, Table, str, int]]:
    """Yield each sequence of a column with the largest number that the column holds."""
    types = Types(facts.catalog)
    tables = {table.ref: table for table in stored_tables(facts)}
    parts = {str(ref): ref for ref in tables}
    for sequence in facts.catalog.sequences:
        ref = _table_of(sequence, parts)
        if ref is None or sequence.owned_by is None:
            continue
        written = sequence.owned_by.removeprefix(f"{ref}.")
        for column in tables[ref].columns:
            if quote_ident(column.name) == written:
                largest = _LARGEST.get(types.base(column.type))
                if largest is not None:
                    yield sequence, tables[ref], column.name, largest


def _table_of(sequence: Sequence, parts: dict[str, TableRef]) -> TableRef | None:
    """Return the table of `schema.table.column`; a quoted name may hold a dot."""
    owner = sequence.owned_by or ""
    place = len(owner)
    while (place := owner.rfind(".", 0, place)) > 0:
        if owner[:place] in parts:
            return parts[owner[:place]]
    return None
