"""By which columns rows are followed, and what becomes of them in the target."""

from collections.abc import Mapping
from dataclasses import dataclass

from cmis_audit.model.catalog import Catalog, Column, Sequence, Table
from cmis_audit.model.cluster import ComparisonRow
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.sqltext import literal
from cmis_audit.plan.lattice import Types, join

_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_NEW_UUID = "gen_random_uuid()"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlan:
    concepts: tuple[str, ...]
    """The comparison's rows that make the target's primary key; none for a fresh one."""
    default: str | None
    shared: frozenset[TableRef]
    """Members whose rows keep their key as the target's."""
    split: frozenset[TableRef]
    """Members whose single key column must not share a column with others."""

    @property
    def fresh(self) -> bool:
        return not self.concepts


def row_key(table: Table) -> tuple[str, ...]:
    """Return the columns that tell a table's rows apart: primary key, else a unique not null.

    Only of built-in types: others bring an order and an equality that the plan would have to name.
    """
    usable = {c.name for c in table.columns if not c.nullable and "." not in c.type}
    if table.primary_key and usable.issuperset(table.primary_key.columns):
        return table.primary_key.columns
    for unique in table.uniques:
        if usable.issuperset(unique.columns) and not unique.deferrable:
            return unique.columns
    return ()


def generator(table: Table, column: str, catalog: Catalog) -> str | None:
    """Return the expression that makes new values of a key column, if there is one."""
    found = next(each for each in table.columns if each.name == column)
    if found.type == "uuid" and found.default and "uuid" in found.default:
        return found.default
    if found.type in _INTEGERS and found.default and found.default.startswith("nextval("):
        return found.default
    if found.identity:
        sequence = _owned(catalog, table, found)
        if sequence:
            return f"nextval({literal(str(sequence.ref))}::regclass)"
    return None


def _owned(catalog: Catalog, table: Table, column: Column) -> Sequence | None:
    owner = f"{table.ref}.{quote_ident(column.name)}"
    return next((each for each in catalog.sequences if each.owned_by == owner), None)


def key_plan(
    tables: tuple[Table, ...],
    rows: tuple[ComparisonRow, ...],
    catalog: Catalog,
    timezone: str,
    unfit: frozenset[TableRef] = frozenset(),
) -> KeyPlan:
    """Choose the target's key; the canonical table comes first, and the unfit do not share it."""
    types = Types.of(catalog)
    place = {(cell.table, cell.column): row.concept for row in rows for cell in row.cells}
    keys = {table.ref: row_key(table) for table in tables}
    surrogate = frozenset(table.ref for table in tables if _surrogate(table, keys[table.ref]))
    canonical = tables[0]
    own = keys[canonical.ref]
    default = generator(canonical, own[0], catalog) if len(own) == 1 else None
    concepts = tuple(place[canonical.ref, name] for name in own)
    type_of = {(t.ref, c.name): c.type for t in tables for c in t.columns}
    shared = {canonical.ref} if own else set()
    for table in tables[1:]:
        key = keys[table.ref]
        aligned = bool(own) and {place[table.ref, name] for name in key} == set(concepts)
        if aligned and not {canonical.ref, table.ref} & surrogate and table.ref not in unfit:
            here = {place[table.ref, name]: type_of[table.ref, name] for name in key}
            pairs = [
                (type_of[canonical.ref, mine], here[concept])
                for mine, concept in zip(own, concepts, strict=True)
            ]
            if all(join(pair, types, timezone) for pair in pairs):
                shared.add(table.ref)
    everybody = len(shared) == len(tables)
    if own and (everybody or default or default_uuid(canonical, own)):
        split = frozenset(t.ref for t in tables if t.ref not in shared)
        return KeyPlan(
            concepts=concepts,
            default=default or default_uuid(canonical, own),
            shared=frozenset(shared),
            split=split,
        )
    lone = frozenset(ref for ref, key in keys.items() if len(key) == 1)
    return KeyPlan(concepts=(), default=None, shared=frozenset(), split=lone)


def default_uuid(table: Table, key: tuple[str, ...]) -> str | None:
    """Return what makes new uuids where the key is one, though the table has no default."""
    types = {column.name: column.type for column in table.columns}
    return _NEW_UUID if len(key) == 1 and types[key[0]] == "uuid" else None


def _surrogate(table: Table, key: tuple[str, ...]) -> bool:
    """Tell whether equal keys of two such tables mean nothing: a single counted number."""
    if len(key) != 1:
        return False
    column = next(each for each in table.columns if each.name == key[0])
    refers = any(key == each.columns for each in table.foreign_keys)
    return column.type in _INTEGERS and not refers


def sequence_columns(table: Table, catalog: Catalog) -> Mapping[str, str]:
    """Return column → expression of columns that a sequence fills."""
    found = {}
    for column in table.columns:
        made = generator(table, column.name, catalog)
        if made and made.startswith("nextval("):
            found[column.name] = made
    return found
