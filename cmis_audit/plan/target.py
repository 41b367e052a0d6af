"""The target table of a cluster, and how each member fills it."""

from dataclasses import replace

from cmis_audit.model.catalog import Catalog, Column, Table
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import ColumnSource, PlanOptions, TargetColumn
from cmis_audit.plan.columns import Home, Homes, all_cells, upper_back
from cmis_audit.plan.design import Design, Mapped, MemberDesign
from cmis_audit.plan.keys import KeyPlan, key_plan, row_key
from cmis_audit.plan.movable import member_tables
from cmis_audit.plan.naming import Names, first_free
from cmis_audit.plan.uniques import uniques

MERGED = "_unified"
MOVED = "_before"


def design(catalog: Catalog, cluster: Cluster, names: Names, options: PlanOptions) -> Design:
    """Return the design of a merge. Raises CannotPlanError."""
    tables = member_tables(catalog, cluster)
    keys, found = _keys_and_homes(catalog, cluster, tables, options)
    canonical = tables[0]
    schema = options.target_schema or canonical.ref.schema
    target = TableRef(schema=schema, name=names.free(schema, canonical.ref.name, MERGED))
    members = tuple(
        member_design(number, table, found, keys, names)
        for number, table in enumerate(tables, start=1)
    )
    taken = {home.name for home in found}
    source = first_free("source_table", "", taken)
    key_name = first_free(f"{canonical.ref.name}_key", "", taken)
    primary = tuple(home.name for home in found if home.key) or (key_name,)
    kept = uniques(members, target, names, primary, fresh=keys.fresh)
    merging = {number for unique in kept if len(unique.declared) > 1 for number in unique.declared}
    members = tuple(
        replace(
            member,
            rejects=member.number in merging or not all(each.exact for each in member.mapped),
        )
        for member in members
    )
    also = first_free("also_in", "", {*taken, source}) if merging else None
    return Design(
        cluster=cluster,
        book=names.free_book(cluster.id),
        target=target,
        final_name=canonical.ref.name,
        columns=(
            *own_columns(found, members, primary, keys, fresh=keys.fresh),
            *added_columns(members[0].label_sql, source, also),
        ),
        primary_key=primary,
        key_default=keys.default,
        fresh_key=keys.fresh,
        source=source,
        also=also,
        members=members,
        uniques=kept,
    )


def _keys_and_homes(
    catalog: Catalog, cluster: Cluster, tables: tuple[Table, ...], options: PlanOptions
) -> tuple[KeyPlan, tuple[Home, ...]]:
    """Return the key and a home for each column.

    A table whose key column cannot share the target's, because a foreign key of it points
    elsewhere, does not share the key; then all is looked at again without it.
    """
    unfit: frozenset[TableRef] = frozenset()
    while True:
        keys = key_plan(tables, cluster.comparison, catalog, options.timezone, unfit)
        found = Homes(tables, cluster.comparison, keys, catalog, options.timezone).find()
        apart = {
            table.ref
            for home in found
            if home.key and all(table.ref != tables[0].ref for table, _ in home.cells)
            for table, _ in home.cells
        }
        if not apart:
            return keys, found
        unfit |= apart


def member_design(
    number: int,
    table: Table,
    found: tuple[Home, ...],
    keys: KeyPlan,
    names: Names,
) -> MemberDesign:
    """Return how a table fills the homes that were found for its columns."""
    places = {column.name: home for ref, column, home in all_cells(found) if ref == table.ref}
    return MemberDesign(
        number=number,
        table=table,
        moved_to=TableRef(
            schema=table.ref.schema, name=names.free(table.ref.schema, table.ref.name, MOVED)
        ),
        key=row_key(table),
        mapped=tuple(
            _mapped(table, column, places[column.name])
            for column in table.columns
            if column.name in places
        ),
        generated_key=table.ref not in keys.shared,
        rejects=False,
    )


def _mapped(table: Table, column: Column, home: Home) -> Mapped:
    cast = home.casts[table.ref]
    upper = home.pairs.get(table.ref)
    if upper is None:
        forward = cast.forward.replace("{}", f"s.{quote_ident(column.name)}")
    else:
        forward = cast.forward
    back = upper_back(column.type) if upper is not None and column == upper else cast.back
    return Mapped(column=column, target=home.name, forward=forward, back=back, exact=cast.exact)


def own_columns(
    found: tuple[Home, ...],
    members: tuple[MemberDesign, ...],
    primary: tuple[str, ...],
    keys: KeyPlan,
    *,
    fresh: bool,
) -> tuple[TargetColumn, ...]:
    """Return the columns for what the members hold, after a key of the target's own if `fresh`."""
    columns = tuple(_column(home, members, keys) for home in found)
    if not fresh:
        return columns
    key = TargetColumn(
        name=primary[0],
        type="bigint",
        nullable=False,
        purpose="the key: the members' own keys cannot hold for all",
        identity=True,
    )
    return (key, *columns)


def added_columns(label: str, source: str, also: str | None) -> tuple[TargetColumn, ...]:
    """Return the columns that say where a row came from."""
    origin = TargetColumn(
        name=source,
        type="text",
        nullable=False,
        default=label,
        purpose="which table the row came from",
    )
    if also is None:
        return (origin,)
    shared = TargetColumn(
        name=also,
        type="text[]",
        nullable=True,
        purpose="further tables that held the same row",
    )
    return origin, shared


def _column(home: Home, members: tuple[MemberDesign, ...], keys: KeyPlan) -> TargetColumn:
    own = {table.ref: column for table, column in home.cells}
    sources = tuple(
        ColumnSource(
            member=member.table.ref,
            column=mapped.column.name,
            type=mapped.column.type,
            forward=mapped.forward,
            back=mapped.back_of("t."),
            exact=mapped.exact,
        )
        for member in members
        for mapped in member.mapped
        if mapped.target == home.name
    )
    everywhere = len(own) == len(members)
    fitting = [
        (own[member.table.ref], member.number)
        for member in members
        if member.table.ref in own and own[member.table.ref].type == home.type
    ]
    # Other tables' counters are for their own rows only.
    default = next(
        (c.default for c, n in fitting if c.default and (n == 1 or "nextval(" not in c.default)),
        None,
    )
    if home.key:
        default = keys.default
    first = home.cells[0][1]
    return TargetColumn(
        name=home.name,
        type=home.type,
        nullable=not home.key
        and not (everywhere and not home.pairs and not any(each.nullable for each in own.values())),
        default=default,
        comment=next((each.comment for each in own.values() if each.comment), None),
        collation=first.collation,
        sources=sources,
    )
