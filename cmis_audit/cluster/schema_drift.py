"""A table and what repeats it in another schema: what is not the same."""

from cmis_audit.model.catalog import Column, Table
from cmis_audit.model.match import Match
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.schema_copy import ColumnDrift, TablePair


def table_pair(
    source: Table, copy: Table, match: Match | None, cluster: str | None, *, strict: bool = False
) -> TablePair:
    """Return the pair; columns are those that the match aligned, or else those of equal names.

    Nullability counts only if `strict`.
    """
    partners = _partners(source, copy, match)
    columns = {column.name: column for column in copy.columns}
    taken = set(partners.values())
    source_keys, copy_keys = _keys(source), _keys(copy)
    changed = []
    for column in source.columns:
        if column.name in partners:
            other = columns[partners[column.name]]
            types = _type(column, source.ref, strict=strict), _type(other, copy.ref, strict=strict)
            if column.name != other.name or types[0] != types[1]:
                changed.append(
                    ColumnDrift(
                        source=column.name,
                        copy=other.name,
                        source_type=types[0],
                        copy_type=types[1],
                    )
                )
    return TablePair(
        source=source.ref,
        copy=copy.ref,
        cluster=cluster,
        only_in_source=tuple(one.name for one in source.columns if one.name not in partners),
        only_in_copy=tuple(one.name for one in copy.columns if one.name not in taken),
        changed=tuple(changed),
        keys_only_in_source=tuple(key for key in source_keys if key not in copy_keys),
        keys_only_in_copy=tuple(key for key in copy_keys if key not in source_keys),
    )


def _partners(source: Table, copy: Table, match: Match | None) -> dict[str, str]:
    """Return the columns of the source with their partner in the copy."""
    theirs = {column.name for column in copy.columns}
    partners = {column.name: column.name for column in source.columns if column.name in theirs}
    if match:
        for one in match.columns:
            mine, other = one.left, one.right
            if match.left != source.ref:
                mine, other = other, mine
            if mine not in partners and other not in partners.values():
                partners[mine] = other
    return partners


def _type(column: Column, table: TableRef, *, strict: bool) -> str:
    """Return the type, one of the table's own schema without it."""
    bare = column.type.removeprefix(f"{quote_ident(table.schema)}.")
    return f"{bare} not null" if strict and not column.nullable else bare


def _keys(table: Table) -> dict[str, None]:
    """Return the keys in words, in order: primary, unique, foreign."""
    found = []
    if table.primary_key:
        found.append(f"primary key ({_listed(table.primary_key.columns)})")
    found += sorted(f"unique ({_listed(key.columns)})" for key in table.uniques)
    found += sorted(
        f"foreign key ({_listed(key.columns)}) to "
        + (
            quote_ident(key.target.name)
            if key.target.schema == table.ref.schema
            else f"{key.target}"
        )
        for key in table.foreign_keys
    )
    return dict.fromkeys(found)


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(map(quote_ident, columns))
