"""The tables of one catalog that another has not, or has otherwise."""

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.guard import Change, Touched


def touched_between(base: Catalog, head: Catalog) -> tuple[Touched, ...]:
    """Return the tables that came, and those whose columns are not what they were; sorted."""
    before = {table.ref: _columns(table) for table in base.tables}
    found = []
    for table in head.tables:
        if table.ref not in before:
            found.append(Touched(table=table.ref, change=Change.CREATED))
        elif before[table.ref] != _columns(table):
            found.append(Touched(table=table.ref, change=Change.CHANGED, origin=table.ref))
    return tuple(found)


def _columns(table: Table) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, column.type) for column in table.columns)
