"""What ALTER would do instead of a second table."""

from cmis_audit.model.catalog import Column, ForeignKey, Table
from cmis_audit.model.match import Match
from cmis_audit.model.names import quote_ident


def lacking(table: Table, twin: Table, pair: Match | None) -> tuple[str, ...]:
    """Return the statement that gives the twin the columns that only the table has.

    It adds them so that the rows of the twin stay valid: without NOT NULL where there is no
    default. A key of one column is left out: the twin has its own.
    """
    known = {column.name for column in twin.columns}
    if pair is not None:
        mine = (one.left if pair.left == table.ref else one.right for one in pair.columns)
        known |= set(mine)
    key = table.primary_key
    if key and len(key.columns) == 1 and twin.primary_key:
        known |= set(key.columns)
    added = [column for column in table.columns if column.name not in known]
    if not added:
        return ()
    references = {one.columns[0]: one for one in table.foreign_keys if len(one.columns) == 1}
    lines = [f"    ADD COLUMN {_definition(one, references.get(one.name))}" for one in added]
    return (f"ALTER TABLE {twin.ref}\n" + ",\n".join(lines) + ";",)


def _definition(column: Column, reference: ForeignKey | None) -> str:
    parts = [quote_ident(column.name), column.type]
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS {column.generated} STORED")
    elif column.default is not None and not column.default.startswith("nextval("):
        parts.append(f"DEFAULT {column.default}")
        if not column.nullable:
            parts.append("NOT NULL")
    if reference is not None:
        there = ", ".join(map(quote_ident, reference.target_columns))
        parts.append(f"REFERENCES {reference.target} ({there})")
    return " ".join(parts)
