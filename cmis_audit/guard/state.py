"""A catalog while migrations change it."""

from collections.abc import Iterable

import msgspec

from cmis_audit.guard.types import BUILT_IN
from cmis_audit.model.catalog import Catalog, Column, Schema, Skipped, Table, View
from cmis_audit.model.guard import Change, Touched
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.place import Place
from cmis_audit.sqlfile.tokens import UnreadableError

_DEFAULT_PATH = ("public",)


class State:
    """Tables by name, and what was done to them since the start."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.tables: dict[TableRef, Table] = {table.ref: table for table in catalog.tables}
        self.views: dict[TableRef, View] = {view.ref: view for view in catalog.views}
        self.schemas = {schema.name for schema in catalog.schemas}
        self.types = {
            item.ref: item.ref
            for group in (catalog.enums, catalog.domains, catalog.composite_types)
            for item in group
        }
        self.path: tuple[str, ...] = _DEFAULT_PATH
        self.passing: set[str] = set()
        """Names of temporary tables: they are gone when the session ends."""
        self.notes: list[Skipped] = []
        self._origins: dict[TableRef, TableRef] = {}
        self._touched: dict[TableRef, tuple[Change, Place]] = {}
        self._extension_types = _extension_types(catalog)

    # --- names

    def home(self, parts: tuple[str, ...]) -> TableRef:
        """Return where something of this name is made."""
        if len(parts) > 3:
            raise UnreadableError(f"{'.'.join(parts)} is no name of a table")
        if len(parts) > 1:
            return TableRef(schema=parts[-2], name=parts[-1])
        there = [schema for schema in self.path if schema in self.schemas]
        return TableRef(schema=(there or [*self.path, "public"])[0], name=parts[0])

    def known(self, parts: tuple[str, ...]) -> TableRef | None:
        """Return the table of this name: of the first schema of the path that has one.

        A bare name that the path does not lead to means the only table of that name.
        """
        if len(parts) > 1:
            ref = self.home(parts)
            return ref if ref in self.tables else None
        for schema in self.path:
            ref = TableRef(schema=schema, name=parts[0])
            if ref in self.tables:
                return ref
        named = [ref for ref in self.tables if ref.name == parts[0]]
        return named[0] if len(named) == 1 else None

    def type_name(self, written: str) -> str:
        """Return a type of somebody's own with its schema, where that is known."""
        base, brackets = written.removesuffix("[]"), written[len(written.removesuffix("[]")) :]
        plain, paren, modifier = base.partition("(")
        if "." in plain or plain.split(" ")[0] in BUILT_IN or " " in plain:
            return written
        name = plain.strip('"')
        refs = [ref for ref in self.types if ref.name == name]
        ordered = sorted(refs, key=lambda ref: (ref.schema not in self.path, ref))
        if ordered:
            return f"{ordered[0]}{paren}{modifier}{brackets}"
        return self._extension_types.get(plain, plain) + paren + modifier + brackets

    # --- changes

    def create(self, table: Table, place: Place) -> None:
        """Take in a table that a migration creates."""
        ref = table.ref
        if ref in self.tables:
            self.notes.append(
                Skipped(what=str(ref), why=f"is there already when {place.file} creates it")
            )
            self._origins.pop(ref, None)
        self.schemas.add(ref.schema)
        self.tables[ref] = table
        # What was dropped under this name before was the same table, built anew.
        rebuilt = ref in self._origins
        self._touched[ref] = (Change.CHANGED if rebuilt else Change.CREATED, place)

    def change(self, ref: TableRef, place: Place, **fields: object) -> None:
        """Give a table other fields; with other columns it counts as changed."""
        self.adjust(ref, **fields)
        if "columns" in fields and ref not in self._touched:
            self._origins[ref] = ref
            self._touched[ref] = (Change.CHANGED, place)

    def adjust(self, ref: TableRef, **fields: object) -> None:
        """Give a table other fields that do not make it another table."""
        self.tables[ref] = msgspec.structs.replace(self.tables[ref], **fields)

    def drop(self, ref: TableRef) -> None:
        del self.tables[ref]
        touched = self._touched.pop(ref, None)
        if touched is None or touched[0] is not Change.CREATED:
            self._origins.setdefault(ref, ref)

    def rename(self, old: TableRef, new: TableRef, place: Place) -> None:
        """Give a table another name or schema; what points at it follows."""
        if new in self.tables:
            raise UnreadableError(f"{new} is there already")
        table = self.tables.pop(old)
        self.schemas.add(new.schema)
        self.tables[new] = msgspec.structs.replace(table, ref=new)
        change = self._touched.pop(old, (Change.RENAMED, place))
        if change[0] is Change.CREATED:
            self._origins.pop(new, None)
        else:
            self._origins[new] = self._origins.pop(old, old)
            change = (Change.RENAMED, place)
        self._touched[new] = change
        self._retarget(old, new)

    def rename_column(self, ref: TableRef, old: str, new: str, place: Place) -> None:
        """Give a column another name wherever it is named."""
        table = self.tables[ref]
        if all(column.name != old for column in table.columns):
            raise UnreadableError(f"{ref} has no column {quote_ident(old)}")

        def renamed(names: Iterable[str]) -> tuple[str, ...]:
            return tuple(new if name == old else name for name in names)

        replace = msgspec.structs.replace
        key = table.primary_key
        self.change(
            ref,
            place,
            primary_key=key and replace(key, columns=renamed(key.columns)),
            uniques=tuple(replace(one, columns=renamed(one.columns)) for one in table.uniques),
            foreign_keys=tuple(
                replace(one, columns=renamed(one.columns)) for one in table.foreign_keys
            ),
            checks=tuple(replace(one, columns=renamed(one.columns)) for one in table.checks),
            indexes=tuple(
                replace(one, keys=renamed(one.keys), include=renamed(one.include))
                for one in table.indexes
            ),
            statistics=None,
            columns=tuple(
                replace(one, name=new) if one.name == old else one for one in table.columns
            ),
        )

    def _retarget(self, old: TableRef, new: TableRef) -> None:
        replace = msgspec.structs.replace
        for ref, table in self.tables.items():
            if any(key.target == old for key in table.foreign_keys):
                keys = tuple(
                    replace(key, target=new) if key.target == old else key
                    for key in table.foreign_keys
                )
                self.tables[ref] = replace(table, foreign_keys=keys)
        for ref, view in self.views.items():
            if old in view.reads:
                reads = sorted(new if one == old else one for one in view.reads)
                self.views[ref] = replace(view, reads=tuple(reads))

    # --- the end

    def catalog(self) -> Catalog:
        """Return the catalog as it stands now."""
        named = {schema.name for schema in self._catalog.schemas}
        added = [Schema(name=name) for name in self.schemas - named]
        schemas = [one for one in self._catalog.schemas if one.name in self.schemas]
        return msgspec.structs.replace(
            self._catalog,
            schemas=tuple(sorted([*schemas, *added], key=lambda one: one.name)),
            tables=tuple(self.tables[ref] for ref in sorted(self.tables)),
            views=tuple(self.views[ref] for ref in sorted(self.views)),
        )

    def touched(self) -> tuple[Touched, ...]:
        """Return what was created, changed or renamed and is still there; sorted."""
        return tuple(
            Touched(table=ref, change=change, origin=self._origins.get(ref), place=place)
            for ref, (change, place) in sorted(self._touched.items())
        )


def _extension_types(catalog: Catalog) -> dict[str, str]:
    """Return the bare name of every qualified type that a column has: `citext`."""
    found: dict[str, str] = {}
    for table in catalog.tables:
        for column in table.columns:
            schema, dot, name = column.type.removesuffix("[]").partition("(")[0].rpartition(".")
            if dot and schema:
                found.setdefault(name, f"{schema}.{name}")
    return found


def column_named(table: Table, name: str) -> Column:
    """Return a column of the table. Raises UnreadableError if there is none."""
    for column in table.columns:
        if column.name == name:
            return column
    raise UnreadableError(f"{table.ref} has no column {quote_ident(name)}")
