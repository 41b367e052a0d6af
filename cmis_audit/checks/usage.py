"""Tables that nobody uses, as far as the server has counted: one finding a table."""

from collections.abc import Iterator

from cmis_audit.checks.on_table import finding_on, stored_tables
from cmis_audit.model.catalog import Skipped, TableStatistics
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule


def unused_table(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table that was neither read nor written, one that is empty aside.

    Only where the server has counted something at all: after a restore, a crash or a reset of the
    statistics every table looks unused.
    """
    if not _counted(facts):
        return
    for table in stored_tables(facts):
        known = table.statistics
        if known and known.scans == 0 and known.writes == 0 and known.rows_estimate != 0:
            rows = known.rows_estimate
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} was neither read nor written",
                "no scan and no write since statistics were last reset; "
                + (f"about {rows} rows" if rows else "it was never analysed"),
            )


def unjudged_use(facts: Facts) -> Iterator[Skipped]:
    if any(stored_tables(facts)) and not _counted(facts):
        yield Skipped(
            what="tables that nothing reads or writes",
            why="the server has counted no use of any table, or the role may not see it",
        )


def _counted(facts: Facts) -> bool:
    return any(_use(table.statistics) for table in stored_tables(facts))


def _use(known: TableStatistics | None) -> int:
    return (known.scans or 0) + (known.writes or 0) if known else 0


def empty_table(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table that holds no row and into which none was written."""
    for table in stored_tables(facts):
        known = table.statistics
        if known and known.rows_estimate == 0 and not known.writes:
            counted = known.writes is not None
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} is empty",
                "its estimate is 0 rows"
                + ("; none was written since statistics were last reset" if counted else ""),
            )


def unjudged_emptiness(facts: Facts) -> Iterator[Skipped]:
    tables = list(stored_tables(facts))
    unknown = sum(
        1 for each in tables if not each.statistics or each.statistics.rows_estimate is None
    )
    if unknown:
        yield Skipped(
            what="empty tables",
            why=f"{unknown} of {len(tables)} tables were never analysed",
        )
