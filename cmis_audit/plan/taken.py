"""Keys that a new row may not have under an old name, though no index of the target says so."""

from collections.abc import Iterator

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan.design import Design, MemberDesign


def taken_keys(design: Design, member: MemberDesign) -> str:
    """Return what refuses a key that another row has: no index of a long table can."""
    text = ""
    for name, columns in _keys(member.table):
        same = " AND ".join(
            f"t.{quote_ident(member.of(each).target)} = {member.of(each).forward}"
            for each in columns
        )
        text += (
            f"IF EXISTS (SELECT FROM {design.target} t, (SELECT NEW.*) s\n"
            f"    WHERE {design.rows_of(member)} AND {same}) THEN\n{_duplicate(member, name)}"
        )
    return text


def beside_rejects(design: Design, member: MemberDesign, *, moving: bool = False) -> str:
    """Return what refuses a key that a row has which was set aside: it is shown as well.

    `moving` asks it of rows alone whose key changes.
    """
    if not member.rejects:
        return ""
    text = ""
    for name, columns in _keys(member.table):
        same = " AND ".join(f"t.{quote_ident(each)} = NEW.{quote_ident(each)}" for each in columns)
        moved = f"ROW({quoted(columns, 'NEW.')}) IS DISTINCT FROM ROW({quoted(columns, 'OLD.')})"
        text += (
            f"IF {moved + chr(10) + '    AND ' if moving else ''}"
            f"EXISTS (SELECT FROM {design.schema}.rejects_{member.number} t\n"
            f"    WHERE {same}) THEN\n{_duplicate(member, name)}"
        )
    return text


def _keys(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield name and columns of all that no two rows of a table may share."""
    for key in (*((table.primary_key,) if table.primary_key else ()), *table.uniques):
        yield key.name, key.columns
    names = {column.name for column in table.columns}
    for index in table.indexes:
        if index.unique and index.predicate is None and set(index.keys) <= names:
            yield index.name, index.keys


def _duplicate(member: MemberDesign, name: str) -> str:
    message = literal(f"duplicate key value violates {name} of {member.table.ref}")
    return f"    RAISE unique_violation USING MESSAGE = {message};\nEND IF;\n"
