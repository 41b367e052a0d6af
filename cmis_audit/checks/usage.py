"""Tables that nobody uses, as far as the server has counted: one finding a table.

Where most tables are idle it is the database that is: one for development, without rows, or one
just restored. Then nothing is said of single tables, and that nothing is said is told.
"""

from collections.abc import Iterator

from cmis_audit.checks.on_table import finding_on, stored_tables
from cmis_audit.model.catalog import Skipped, Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule

_MOST = 0.5  # of the tables; of more, being idle says nothing of any one


def unused_table(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table that was neither read nor written, one that is empty aside."""
    if not _counted(facts) or _idle(facts):
        return
    for table in stored_tables(facts):
        if _is_unused(table):
            rows = table.statistics.rows_estimate if table.statistics else None
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} was neither read nor written",
                "no scan and no write since statistics were last reset; "
                + (f"about {rows} rows" if rows else "it was never analysed"),
            )


def unjudged_use(facts: Facts) -> Iterator[Skipped]:
    what = "tables that nothing reads or writes"
    if any(stored_tables(facts)) and not _counted(facts):
        why = "the server has counted no row written to any table, or the role may not see it"
        yield Skipped(what=what, why=why)
    elif why := _idle(facts):
        yield Skipped(what=what, why=why)


def _counted(facts: Facts) -> bool:
    """Tell whether rows were written at all: before that a database was built, and not used."""
    known = (table.statistics for table in stored_tables(facts))
    return any(each.writes for each in known if each)


def empty_table(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table that holds no row and into which none was written."""
    if _idle(facts):
        return
    for table in stored_tables(facts):
        if _is_empty(table):
            counted = table.statistics is not None and table.statistics.writes is not None
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
    if why := _idle(facts):
        yield Skipped(what="empty tables", why=why)
    elif unknown:
        yield Skipped(
            what="empty tables", why=f"{unknown} of {len(tables)} tables were never analysed"
        )


def _idle(facts: Facts) -> str:
    """Return why single tables are not judged, if most are idle."""
    tables = list(stored_tables(facts))
    idle = sum(_is_empty(table) or _is_unused(table) for table in tables)
    if idle <= _MOST * len(tables):
        return ""
    return f"{idle} of {len(tables)} tables are empty or unused: so is the database itself"


def _is_empty(table: Table) -> bool:
    known = table.statistics
    return known is not None and known.rows_estimate == 0 and not known.writes


def _is_unused(table: Table) -> bool:
    """Tell whether nothing used a table, one that is known to be empty aside.

    Building an index counts as a scan. A table that holds rows, none of them written since the
    counting began, had its indexes before.
    """
    known = table.statistics
    if known is None or known.scans is None or known.writes != 0 or known.rows_estimate == 0:
        return False
    return known.scans <= (0 if known.rows_estimate else _built(table))


def _built(table: Table) -> int:
    keys = len(table.uniques) + len(table.exclusions) + (table.primary_key is not None)
    return (keys + len(table.indexes)) * max(table.partitions, 1)
