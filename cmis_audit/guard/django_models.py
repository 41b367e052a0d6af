"""Which tables and columns Django gives to models."""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

from cmis_audit.guard import said
from cmis_audit.guard.alembic_tables import Operations
from cmis_audit.guard.alembic_types import last_name
from cmis_audit.guard.django_fields import Declared
from cmis_audit.guard.said import Field, MadeByCodeError
from cmis_audit.guard.state import State
from cmis_audit.model.catalog import Table
from cmis_audit.model.names import quote_ident

_LONGEST_NAME: Final = 63
_USERS: Final = "auth.user"
"""What `settings.AUTH_USER_MODEL` means where nobody says otherwise."""
_DJANGOS_OWN: Final = {
    ("admin", "logentry"): "django_admin_log",
    ("contenttypes", "contenttype"): "django_content_type",
    ("sessions", "session"): "django_session",
    ("sites", "site"): "django_site",
}
"""Tables of Django's own apps that are not called by these."""
Name = tuple[str, ...]
"""Of a table, perhaps with its schema."""


class Models:
    """The models of a project: what a migration says of one, later migrations build on.

    What stands in no migration that was given is taken from the tables that are there.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._tables: dict[tuple[str, str], Name] = {}
        self._named: set[tuple[str, str]] = set()
        """Models whose table was named by hand: it does not follow the model's name."""
        self._app = ""
        self.literals = Operations()

    def begin(self, path: str) -> bool:
        """Begin another file, whose names for literals are its own; tell if its app is known."""
        self._app = app_of(path)
        self.literals = Operations()
        return bool(self._app)

    def literal(self, node: ast.expr) -> Any:
        return self.literals.literal(node)

    # --- tables

    def table(self, model: str) -> Name:
        """Return the table of `Model` or `app.Model`."""
        key = self._key(model)
        return self._tables.get(key) or default_table(*key)

    def name_table(self, model: str, given: object) -> Name:
        """Keep the table that a migration gives a model; its usual one where it gives none."""
        key = self._key(model)
        self._named.discard(key)
        self._tables[key] = default_table(*key)
        if isinstance(given, str) and given:
            self._named.add(key)
            self._tables[key] = names_of(given)
        return self._tables[key]

    def rename(self, old: str, new: str) -> tuple[Name, Name]:
        """Give a model another name; return its table before and after."""
        before, key = self.table(old), self._key(old)
        self._tables.pop(key, None)
        if key in self._named:
            self._named.discard(key)
            self._named.add(self._key(new))
            self._tables[self._key(new)] = before
            return before, before
        return before, self.name_table(new, None)

    def there(self, table: Name) -> Table | None:
        """Return a table as it stands now."""
        ref = self._state.known(table)
        return self._state.tables[ref] if ref else None

    def columns(self, table: Name) -> dict[str, str]:
        found = self.there(table)
        return {one.name: one.type for one in found.columns} if found else {}

    def column_of(self, table: Name, field: str) -> str:
        """Return the column that a field of a table has: that of a reference ends in `_id`."""
        there = self.columns(table)
        return f"{field}_id" if field not in there and f"{field}_id" in there else field

    def pointing_at(self, table: Name, column: str) -> list[tuple[Name, str]]:
        """Return the columns of other tables that refer to one: Django gives them its type."""
        target = self._state.known(table)
        return [
            ((ref.schema, ref.name), key.columns[0])
            for ref in sorted(self._state.tables)
            for key in self._state.tables[ref].foreign_keys
            if key.target == target and key.target_columns == (column,)
        ]

    def joins(self, model: str, table: Name) -> list[tuple[Name, str]]:
        """Return the tables that join a model's with others, each with its field's name.

        They are told by how Django makes them: a key, and a column for either side.
        """
        name = model.rpartition(".")[2].lower()
        prefix, sides = f"{table[-1]}_", {f"{name}_id", f"from_{name}_id", f"to_{name}_id"}
        found = []
        for one in sorted(self._state.tables):
            columns = {column.name for column in self._state.tables[one].columns}
            if (
                one.name.startswith(prefix)
                and len(columns) == 3
                and "id" in columns
                and not sides.isdisjoint(columns)
            ):
                found.append(((*table[:-1], one.name), one.name.removeprefix(prefix)))
        return found

    def _key(self, model: str) -> tuple[str, str]:
        app, _, name = model.rpartition(".")
        return (app or self._app).lower(), name.lower()

    # --- fields

    def declared(self, node: ast.expr) -> Declared:
        return Declared(node, self.literal)

    def field(self, name: str, declared: Declared) -> Field:
        """Return the column of a field."""
        target = None
        if declared.is_reference:
            table, column, type_ = self._target(declared)
            if column and declared.given("db_constraint") is not False:
                target = written(table), column
        else:
            type_ = declared.type()
        field = Field(declared.column(name), type_)
        field.references = target
        field.primary = declared.flag("primary_key")
        field.unique = not field.primary and (
            declared.flag("unique") or declared.kind == "OneToOneField"
        )
        field.nullable = declared.flag("null") or declared.kind == "NullBooleanField"
        field.default = declared.default()
        comment = declared.given("db_comment")
        field.comment = str(comment) if comment else None
        return field

    def _target(self, declared: Declared) -> tuple[Name, str | None, str]:
        """Return what a reference points at, table and column as far as known, and its type."""
        table = self.table(declared.target() or _USERS)
        there = self.there(table)
        key = there.primary_key.columns[0] if there and there.primary_key else None
        wanted = declared.given("to_field") or key
        for one in there.columns if there else ():
            if one.name == wanted:
                return table, one.name, one.type
        return table, None, "bigint"

    def between(self, model: str, name: str, declared: Declared) -> tuple[Name, list[Field]] | None:
        """Return the table that joins two models, which Django makes; None where a model does."""
        if declared.given("through"):
            return None
        own = self.table(model)
        given = declared.given("db_table")
        table = names_of(str(given)) if given else joined(own, name)
        target = declared.target() or _USERS
        target = model if target == "self" else target
        left, right = (one.rpartition(".")[2].lower() for one in (model, target))
        names = (left, right) if left != right else (f"from_{left}", f"to_{right}")
        key = Field("id", "bigint")
        key.primary, key.nullable = True, False
        sides = zip(names, (own, self.table(target)), strict=True)
        return table, [key, *(self._side(one, of) for one, of in sides)]

    def _side(self, name: str, table: Name) -> Field:
        there = self.there(table)
        key = there.primary_key.columns[0] if there and there.primary_key else ""
        field = Field(f"{name}_id", self.columns(table).get(key, "bigint"))
        field.nullable = False
        field.references = (written(table), key) if key else None
        return field

    def uniques(self, options: dict[str, ast.expr], columns: dict[str, str]) -> Iterator[str]:
        """Yield what is unique together, where its fields are written out."""
        groups: list[list[object]] = []
        if "unique_together" in options:
            groups += groups_of(self.literal(options["unique_together"]))
        constraints = options.get("constraints")
        for node in constraints.elts if isinstance(constraints, ast.List) else ():
            groups.append([*self.unique_fields(node)])
        for group in groups:
            if group and all(one in columns for one in group):
                yield said.constraint("UNIQUE", [columns[str(one)] for one in group])

    def unique_fields(self, node: ast.expr) -> list[str]:
        """Return the fields of `UniqueConstraint(fields=[...])`; none of another constraint."""
        if not isinstance(node, ast.Call) or last_name(node.func) != "UniqueConstraint":
            return []
        named = {one.arg: one.value for one in node.keywords if one.arg}
        if "condition" in named or "fields" not in named:
            return []
        return [str(one) for one in self.literal(named["fields"])]


def groups_of(together: object) -> list[list[object]]:
    """Return the groups of `unique_together`, which may be one alone or several."""
    if not isinstance(together, list) or not together:
        return []
    return [together] if isinstance(together[0], str) else together


def entries_of(node: ast.expr | None) -> dict[str, ast.expr]:
    """Return a dictionary as it is written: its values need be no literals."""
    if node is None:
        return {}
    if not isinstance(node, ast.Dict):
        raise MadeByCodeError("options are made by code")
    return {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def app_of(path: str) -> str:
    """Return the app whose migration lies at a path: the folder above `migrations`."""
    parts = PurePosixPath(path).parts[:-1]
    if "migrations" in parts[1:]:
        return parts[len(parts) - 2 - parts[::-1].index("migrations")]
    return parts[-1] if parts else ""


def default_table(app: str, model: str) -> Name:
    """Return the table that Django gives a model; a name that is too long is shortened."""
    if (app, model) in _DJANGOS_OWN:
        return (_DJANGOS_OWN[app, model],)
    return (_shortened(f"{app}_{model.lower()}"),)


def joined(table: Name, field: str) -> Name:
    """Return the table between two models."""
    return (*table[:-1], _shortened(f"{table[-1]}_{field}"))


def names_of(given: str) -> Name:
    """Return the names in `db_table`; `shop"."orders` names a schema."""
    return tuple(given.strip('"').split('"."'))


def written(table: Name) -> str:
    """Return a table's name as SQL."""
    return ".".join(map(quote_ident, table))


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:4]
    return name[: _LONGEST_NAME - 4] + digest
