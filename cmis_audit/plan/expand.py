"""Phase 1: the target beside the old tables, the books, and the notes of what is written."""

from collections.abc import Iterator

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import (
    BOOK_COMMENT,
    Hazard,
    HazardNote,
    Lock,
    Phase,
    PlanOptions,
    Step,
    TargetColumn,
)
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan import books, compat, filling, rows, security
from cmis_audit.plan.constraints import index_statements
from cmis_audit.plan.design import Design, Long, MemberDesign
from cmis_audit.plan.sqltext import dollar, template
from cmis_audit.plan.structure import catalog_md5


def expand(design: Design, catalog: Catalog, options: PlanOptions) -> Step:
    body = "\n\n".join(
        (
            template("book.sql", book=design.schema),
            f"COMMENT ON SCHEMA {design.schema} IS {literal(BOOK_COMMENT)};",
            template("dependents.sql", book=design.schema),
            template("foreign_keys.sql", book=design.schema),
            template("rollback.sql", book=design.schema),
            template("contract.sql", book=design.schema),
            *((template("partitions.sql", book=design.schema),) if design.long else ()),
            "\n".join(_rows(design)),
            _checks(design),
            "\n".join(_target(design)),
            "\n".join(_books(design, catalog)),
        )
    )
    locks = tuple(Lock(table=member.label, mode="SHARE ROW EXCLUSIVE") for member in design.members)
    notes = tuple(
        HazardNote(
            hazard=Hazard.BLOCKS_WRITES,
            subject=member.label,
            detail="for the moment in which its trigger is made; later each write notes its key",
        )
        for member in design.members
    )
    return design.files(options).step(
        file="01-expand.sql",
        phase=Phase.EXPAND,
        title=f"Make {design.target} beside the tables that it is to replace",
        body=body,
        undoing="06-rollback-expand.sql",
        locks=locks,
        hazards=notes,
    )


def _rows(design: Design) -> Iterator[str]:
    """Yield what tells the books of the plan's tables."""
    for member in design.members:
        ref = member.table.ref
        rejects = literal(f"{design.schema}.rejects_{member.number}") if member.rejects else "NULL"
        yield (
            f"INSERT INTO {design.schema}.members VALUES ({member.number}, {member.label_sql}, "
            f"{literal(ref.schema)}, {literal(ref.name)}, {literal(str(member.moved_to))}, "
            f"{rejects});"
        )
        for columns, target_columns in _keys(design, member):
            yield (
                f"INSERT INTO {design.schema}.member_keys VALUES ({member.number}, "
                f"{_array(columns)}, {literal(str(design.target))}, {_array(target_columns)});"
            )


def _keys(
    design: Design, member: MemberDesign
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield each key of the member, and the columns of the target that are a key there."""
    whole = {frozenset(unique.columns) for unique in design.uniques if unique.everywhere}
    table = member.table
    keys = (*((table.primary_key,) if table.primary_key else ()), *table.uniques)
    for columns in dict.fromkeys(key.columns for key in keys):
        targets = tuple(member.of(name).target for name in columns)
        if frozenset(targets) in whole:
            yield columns, targets


def _array(names: tuple[str, ...]) -> str:
    return "ARRAY[" + ", ".join(literal(name) for name in names) + "]"


def _checks(design: Design) -> str:
    expected = catalog_md5(tuple(member.table for member in design.members))
    return (
        f"INSERT INTO {design.schema}.state (phase, expected) "
        f"VALUES ('expand', {literal(expected)});\n"
        f"SELECT {design.schema}.same_structure();\n"
        f"SELECT {design.schema}.refuse_unknown();"
    )


def _target(design: Design) -> Iterator[str]:
    owner = design.members[0].table.owner
    unlogged = "UNLOGGED " if all(m.table.unlogged for m in design.members) else ""
    lines = [_column(design, column) for column in design.columns]
    primary = design.uniques[0]
    lines.append(f"CONSTRAINT {quote_ident(primary.name)} PRIMARY KEY ({quoted(primary.columns)})")
    for unique in design.uniques[1:]:
        if unique.everywhere:
            lines.append(f"CONSTRAINT {quote_ident(unique.name)} UNIQUE ({quoted(unique.columns)})")
    lines += [f"CONSTRAINT {quote_ident(name)} CHECK ({sql})" for name, sql in design.checks]
    lines += [f"CONSTRAINT {quote_ident(name)} {sql}" for name, sql in design.exclusions]
    listed = ",\n    ".join(lines)
    if design.long:
        yield from _definitions(design.long)
    partitioned = (
        f" PARTITION BY RANGE ({quote_ident(design.long.measured)})" if design.long else ""
    )
    yield f"CREATE {unlogged}TABLE {design.target} (\n    {listed}\n){partitioned};"
    if design.long:
        yield from _partitions(design, design.long)
    for unique in design.uniques[1:]:
        if not unique.everywhere:
            labels = ", ".join(
                each.label_sql for each in design.members if each.number in unique.declared
            )
            nulls = " NULLS NOT DISTINCT" if unique.nulls_not_distinct else ""
            yield (
                f"CREATE UNIQUE INDEX {quote_ident(unique.name)} ON {design.target} "
                f"({quoted(unique.columns)}){nulls}\n"
                f"WHERE {design.source_sql} IN ({labels});"
            )
    yield from index_statements(design, unique=True)
    for column in design.columns:
        said = column.comment or column.purpose
        if said:
            yield (
                f"COMMENT ON COLUMN {design.target}.{quote_ident(column.name)} IS {literal(said)};"
            )
    comment = design.members[0].table.comment
    if comment is not None:
        yield f"COMMENT ON TABLE {design.target} IS {literal(comment)};"
    if design.long:
        reference = quote_ident(design.long.definition)
        yield (
            f"ALTER TABLE {design.target} ADD FOREIGN KEY ({reference}) "
            f"REFERENCES {design.long.definitions};"
        )
    if owner:
        yield f"ALTER TABLE {design.target} OWNER TO {quote_ident(owner)};"
        if design.long:
            yield f"ALTER TABLE {design.long.definitions} OWNER TO {quote_ident(owner)};"


def _definitions(long: Long) -> Iterator[str]:
    """Yield the table of metrics; number 0 is for values that have no name."""
    key = quote_ident(long.definition)
    yield (
        f"CREATE TABLE {long.definitions} (\n"
        f"    {key} bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\n"
        "    name text UNIQUE,\n    unit text,\n    description text\n);"
    )
    yield (
        f"INSERT INTO {long.definitions} ({key}, description) VALUES "
        "(0, 'a row without a named value');"
    )


def _partitions(design: Design, long: Long) -> Iterator[str]:
    """Yield the default partition, and those that the present rows and the near future need."""
    default = f"{quote_ident(design.target.schema)}.{quote_ident(_partition(design, 'default'))}"
    yield f"CREATE TABLE {default} PARTITION OF {design.target} DEFAULT;"
    spans = "\n    UNION ALL ".join(
        f"SELECT min({m.measured}), max({m.measured}) FROM {m.table.ref} s "
        f"WHERE isfinite({m.measured})"
        for m in design.members
    )
    prefix = literal(_partition(design, ""))
    body = f"""\
DECLARE
    first_day timestamptz;
    last_day timestamptz;
BEGIN
    SELECT min(low), max(high) INTO first_day, last_day FROM (
    {spans}) s (low, high);
    PERFORM {design.schema}.make_partitions(
        {literal(str(design.target))}, {prefix}, {literal(long.interval)},
        coalesce(first_day, now()), greatest(coalesce(last_day, now()), now()));
END"""
    yield f"DO {dollar(body)};"


def _partition(design: Design, ending: str) -> str:
    room = 40
    return f"{design.target.name.encode()[:room].decode(errors='ignore')}_{ending}"


def _column(design: Design, column: TargetColumn) -> str:
    text = f"{quote_ident(column.name)} {column.type}"
    if column.collation:
        text += f" COLLATE {column.collation}"
    if not column.nullable:
        text += " NOT NULL"
    if design.fresh_key and column.name in design.primary_key:
        return text + " GENERATED BY DEFAULT AS IDENTITY"
    if column.default is not None:
        text += f" DEFAULT {column.default}"
    return text


def _books(design: Design, catalog: Catalog) -> Iterator[str]:
    for member in design.members:
        yield from books.tables(design, member)
        met = books.met_table(design, member)
        if met:
            yield met
    for member in design.members:
        yield filling.load(design, member)
        yield filling.unload(design, member)
        yield filling.backfill(design, member)
        yield from books.log_trigger(design, member)
        yield (
            f"CREATE VIEW {design.schema}.was_{member.number} AS\n"
            f"{rows.reverse_select(design, member)};"
        )
        yield compat.write_function(design, member)
    yield filling.catch_up(design)
    yield _closed(design)
    yield from _rights(design)
    yield from security.statements(design)
    yield from security.rights(design)


def _closed(design: Design) -> str:
    """Return what takes away the rights that default privileges give on new tables."""
    book = design.schema
    new = [str(design.target), *([str(design.long.definitions)] if design.long else [])]
    listed = ", ".join(f"{literal(name)}::regclass" for name in new)
    return (
        f"SELECT {book}.keep_to_owner(c.oid) FROM pg_class c\n"
        f"WHERE c.relkind IN ('r', 'v', 'p') AND (c.relnamespace = {literal(book)}::regnamespace\n"
        f"    OR c.oid = ANY (ARRAY[{listed}])\n"
        "    OR c.oid IN (SELECT i.inhrelid FROM pg_inherits i "
        f"WHERE i.inhparent = {literal(str(design.target))}::regclass));"
    )


def _rights(design: Design) -> Iterator[str]:
    """Yield what the owners of the views need to reach the target."""
    owner = design.members[0].table.owner
    owners = dict.fromkeys(m.table.owner for m in design.members if m.table.owner)
    for each in owners:
        yield f"GRANT USAGE ON SCHEMA {design.schema} TO {quote_ident(each)};"
        if each != owner:
            yield (
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON {design.target} TO {quote_ident(each)};"
            )
    for member in design.members:
        if owner and not design.row_security:
            yield (
                f"ALTER FUNCTION {design.schema}.write_{member.number}() "
                f"OWNER TO {quote_ident(owner)};"
            )
        if member.rejects:
            for each in owners:
                yield (
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON "
                    f"{design.schema}.rejects_{member.number} TO {quote_ident(each)};"
                )
