"""Alembic's operations, one by one, as SQL."""

import ast
from collections.abc import Callable, Iterator
from typing import Any, Final

from cmis_audit.guard import said
from cmis_audit.guard.alembic_types import last_name, type_name
from cmis_audit.guard.said import Field, MadeByCodeError, Missed, Said, Sql
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal, quoted

_SQL_MAKERS: Final = ("text", "DDL")
_WITHOUT_TABLES: Final = frozenset(
    (
        "bulk_insert",
        "get_bind",
        "get_context",
        "f",
        "inline_literal",
        "drop_index",
        "invoke",
        "create_exclude_constraint",
        "autocommit_block",
        "create_check_constraint",
    )
)
_OF_BATCH: Final = ("table_name", "source_table")


class Operations:
    """What calls of `op` do, with the names that stand for literals."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}
        self.batch: tuple[str, str, str | None] | None = None
        """Variable, table and schema of `with op.batch_alter_table(...) as variable`."""

    # --- literals

    def literal(self, node: ast.expr) -> Any:
        """Return the value that is written there. Raises ValueError."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and node.id in self._values:
            return self._values[node.id]
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self.literal(one) for one in node.elts]
        if isinstance(node, ast.JoinedStr):
            return "".join(str(self.literal(one)) for one in node.values)
        if isinstance(node, ast.FormattedValue) and node.format_spec is None:
            return self.literal(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.literal(node.left), self.literal(node.right)
            if isinstance(left, str) and isinstance(right, str):
                return left + right
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            number = self.literal(node.operand)
            if isinstance(number, int | float):
                return -number
        if (
            isinstance(node, ast.Call)
            and node.args
            and last_name(node.func)
            in (
                *_SQL_MAKERS,
                "f",
                "dedent",
            )
        ):
            return self.literal(node.args[0])
        raise MadeByCodeError("made by code")

    def remember(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            self.forget(target)
            if node.value is not None:
                try:
                    self.bind(target, self.literal(node.value))
                except ValueError:
                    continue

    def bind(self, target: ast.expr, value: object) -> None:
        """Let a name stand for a value, or several for as many."""
        if isinstance(target, ast.Name):
            self._values[target.id] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, list | tuple):
            for one, part in zip(target.elts, value, strict=False):
                self.bind(one, part)

    def forget(self, target: ast.expr) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self._values.pop(node.id, None)

    def bind_arguments(self, function: ast.FunctionDef, call: ast.Call) -> None:
        names = [one.arg for one in function.args.args]
        given = dict(zip(names, call.args, strict=False))
        given |= {one.arg: one.value for one in call.keywords if one.arg}
        for name in names:
            self._values.pop(name, None)
            if name in given:
                try:
                    self._values[name] = self.literal(given[name])
                except ValueError:
                    continue

    # --- operations

    def enter(self, item: ast.withitem) -> Iterator[Said]:
        """Begin a batch of operations on one table, if the block is one."""
        call = item.context_expr
        if not isinstance(call, ast.Call) or last_name(call.func) != "batch_alter_table":
            return
        name = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else ""
        try:
            given = _Given(self, call, ("table_name", "schema"))
            self.batch = name, given.text("table_name"), given.optional("schema")
        except ValueError:
            self.batch = None
            yield Missed(call.lineno, "op.batch_alter_table", said.BY_CODE)

    def call(self, node: ast.Call) -> Iterator[Said]:
        """Yield what one call does; nothing where it is none of Alembic's."""
        if not isinstance(node.func, ast.Attribute):
            return
        owner, name = last_name(node.func.value), node.func.attr
        if name == "execute":
            yield from self._execute(node)
            return
        in_batch = self.batch is not None and owner == self.batch[0]
        if owner != "op" and not in_batch:
            return
        if name in _WITHOUT_TABLES or name == "batch_alter_table":
            return
        do = _OPERATIONS.get(name)
        if do is None:
            yield Missed(node.lineno, f"op.{name}", "this operation is not read")
            return
        try:
            names, make = do
            given = _Given(self, node, names, self.batch if in_batch else None)
            yield from make(given)
        except (ValueError, KeyError, IndexError, AttributeError):
            yield Missed(node.lineno, f"op.{name}", said.BY_CODE)

    def _execute(self, node: ast.Call) -> Iterator[Said]:
        try:
            sql = self.literal(node.args[0])
        except (ValueError, IndexError):
            # An expression of SQLAlchemy's changes rows; a text put together may be anything.
            if not node.args or (
                isinstance(node.args[0], ast.Call)
                and last_name(node.args[0].func) not in (*_SQL_MAKERS, "format", "join", "replace")
            ):
                return
            yield Missed(node.lineno, "execute()", said.BY_CODE)
            return
        if isinstance(sql, str):
            yield Sql(node.lineno, sql)


class _Given:
    """The arguments of one operation."""

    def __init__(
        self,
        operations: Operations,
        call: ast.Call,
        names: tuple[str, ...],
        batch: tuple[str, str, str | None] | None = None,
    ) -> None:
        self.line = call.lineno
        self._literal = operations.literal
        self.named: dict[str, ast.expr] = {
            one.arg: one.value for one in call.keywords if one.arg is not None
        }
        self.starred = any(one.arg is None for one in call.keywords)
        self._batch = batch
        if batch is not None:
            names = tuple(name for name in names if name not in _OF_BATCH)
        self.named |= dict(zip(names, call.args, strict=False))
        self.rest = call.args[len(names) :]
        self.items = call.args

    def value(self, name: str) -> Any:
        return self._literal(self.named[name])

    def text(self, name: str) -> str:
        if name in _OF_BATCH and self._batch is not None:
            return self._batch[1]
        found = self.value(name)
        if not isinstance(found, str):
            raise MadeByCodeError(f"{name} is no text")
        return found

    def optional(self, name: str) -> Any:
        return self.value(name) if name in self.named else None

    def table(self, name: str = "table_name", schema: str = "schema") -> str:
        of_batch = self._batch is not None and name in _OF_BATCH
        there = self._batch[2] if self._batch and of_batch else self.optional(schema)
        return said.table_name(self.text(name), there)

    def words(self, name: str) -> list[str]:
        found = self.value(name)
        return [found] if isinstance(found, str) else [str(one) for one in found]

    def type(self, node: ast.expr) -> tuple[str, str | None]:
        return type_name(node, self._literal)

    def literal(self, node: ast.expr) -> Any:
        return self._literal(node)


def _create_table(given: _Given) -> Iterator[Said]:
    name = given.table()
    elements: list[Field | str] = []
    for node in given.rest:
        try:
            element, enum = _element(given, node)
        except (ValueError, KeyError, IndexError):
            yield Missed(node.lineno, f"a part of {name}", said.BY_CODE)
            continue
        if enum:
            yield Sql(given.line, f"CREATE TYPE {enum} AS ENUM ()")
        if element is not None:
            elements.append(element)
    unless = bool(given.optional("if_not_exists"))
    yield Sql(given.line, said.create_table(name, _keyed(elements), unless_there=unless))
    comment = given.optional("comment")
    if comment:
        yield Sql(given.line, f"COMMENT ON TABLE {name} IS {literal(comment)}")


def _keyed(elements: list[Field | str]) -> list[Field | str]:
    """Return the elements with one key, where several columns say that they are of it."""
    keys = [one for one in elements if isinstance(one, Field) and one.primary]
    if len(keys) < 2:
        return elements
    for one in keys:
        one.primary = False
    return [*elements, said.constraint("PRIMARY KEY", [one.name for one in keys])]


def _element(given: _Given, node: ast.expr) -> tuple[Field | str | None, str | None]:
    if not isinstance(node, ast.Call):
        raise MadeByCodeError("no element")
    kind = last_name(node.func)
    named = {one.arg: one.value for one in node.keywords if one.arg}
    name = given.literal(named["name"]) if "name" in named and kind != "Column" else None
    if kind == "Column":
        return _column(given, node)
    if kind == "PrimaryKeyConstraint":
        return said.constraint("PRIMARY KEY", map(given.literal, node.args), name), None
    if kind == "UniqueConstraint":
        return said.constraint("UNIQUE", map(given.literal, node.args), name), None
    if kind == "ForeignKeyConstraint":
        there = [str(one).rsplit(".", 1) for one in given.literal(node.args[1])]
        columns = [one[1] for one in there]
        table = said.table_name(there[0][0])
        return said.foreign_key(given.literal(node.args[0]), table, columns, name), None
    if kind in ("CheckConstraint", "ExcludeConstraint", "Index", "Computed"):
        return None, None
    raise MadeByCodeError("no element")


def _column(given: _Given, node: ast.Call) -> tuple[Field, str | None]:
    arguments = [*node.args]
    named = {one.arg: one.value for one in node.keywords if one.arg}
    name = given.literal(named["name"]) if "name" in named else given.literal(arguments.pop(0))
    typed = named.get("type_")
    if typed is None:
        typed = arguments.pop(0)
    if isinstance(typed, ast.Call) and last_name(typed.func) == "ForeignKey":
        raise MadeByCodeError("its type is that of the column it points at")
    sql, enum = given.type(typed)
    field = Field(str(name), sql)
    field.primary = bool("primary_key" in named and given.literal(named["primary_key"]))
    field.unique = bool("unique" in named and given.literal(named["unique"]))
    if "nullable" in named:
        field.nullable = bool(given.literal(named["nullable"]))
    if "comment" in named:
        field.comment = given.literal(named["comment"])
    if "server_default" in named:
        try:
            default = given.literal(named["server_default"])
            by_text = isinstance(named["server_default"], ast.Call)
            field.default = f"({default})" if by_text else said.value(default)
        except ValueError:
            field.default = None  # a function of SQLAlchemy's
    for extra in arguments:
        if isinstance(extra, ast.Call) and last_name(extra.func) == "ForeignKey":
            table, _, column = str(given.literal(extra.args[0])).rpartition(".")
            field.references = said.table_name(table), column
        elif isinstance(extra, ast.Call) and last_name(extra.func) == "Computed":
            field.generated = str(given.literal(extra.args[0]))
    return field, enum


def _drop_table(given: _Given) -> Iterator[Said]:
    yield Sql(given.line, f"DROP TABLE {given.table()}")


def _rename_table(given: _Given) -> Iterator[Said]:
    old = given.table("old_table_name")
    new = quote_ident(given.text("new_table_name"))
    yield Sql(given.line, f"ALTER TABLE {old} RENAME TO {new}")


def _add_column(given: _Given) -> Iterator[Said]:
    node = given.named["column"]
    if not isinstance(node, ast.Call):
        raise MadeByCodeError("no column")
    field, enum = _column(given, node)
    if enum:
        yield Sql(given.line, f"CREATE TYPE {enum} AS ENUM ()")
    yield Sql(given.line, said.add_columns(given.table(), [field]))


def _drop_column(given: _Given) -> Iterator[Said]:
    column = quote_ident(given.text("column_name"))
    yield Sql(given.line, f"ALTER TABLE {given.table()} DROP COLUMN {column}")


def _alter_column(given: _Given) -> Iterator[Said]:
    table, column = given.table(), quote_ident(given.text("column_name"))
    if "type_" in given.named:
        sql, _ = given.type(given.named["type_"])
        yield Sql(given.line, f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {sql}")
    if "nullable" in given.named:
        verb = "DROP" if given.value("nullable") else "SET"
        yield Sql(given.line, f"ALTER TABLE {table} ALTER COLUMN {column} {verb} NOT NULL")
    if "new_column_name" in given.named:
        new = quote_ident(given.text("new_column_name"))
        yield Sql(given.line, f"ALTER TABLE {table} RENAME COLUMN {column} TO {new}")


def _create_index(given: _Given) -> Iterator[Said]:
    unique = "UNIQUE " if given.optional("unique") else ""
    columns = quoted(given.words("columns"))
    name = given.optional("index_name")
    shown = f"{quote_ident(name)} " if name else ""
    yield Sql(given.line, f"CREATE {unique}INDEX {shown}ON {given.table()} ({columns})")


def _create_key(kind: str) -> "_Make":
    def make(given: _Given) -> Iterator[Said]:
        added = said.constraint(kind, given.words("columns"), given.optional("constraint_name"))
        yield Sql(given.line, f"ALTER TABLE {given.table()} ADD {added}")

    return make


def _create_foreign_key(given: _Given) -> Iterator[Said]:
    target = given.table("referent_table", "referent_schema")
    name = given.optional("constraint_name")
    key = said.foreign_key(given.words("local_cols"), target, given.words("remote_cols"), name)
    source = given.table("source_table", "source_schema")
    yield Sql(given.line, f"ALTER TABLE {source} ADD {key}")


def _drop_constraint(given: _Given) -> Iterator[Said]:
    name = quote_ident(given.text("constraint_name"))
    yield Sql(given.line, f"ALTER TABLE {given.table()} DROP CONSTRAINT {name}")


def _comment(given: _Given) -> Iterator[Said]:
    comment = literal(given.text("comment"))
    yield Sql(given.line, f"COMMENT ON TABLE {given.table()} IS {comment}")


_Make = Callable[[_Given], Iterator[Said]]
_KEY = ("constraint_name", "table_name", "columns")
_OPERATIONS: Final[dict[str, tuple[tuple[str, ...], _Make]]] = {
    "create_table": (("table_name",), _create_table),
    "drop_table": (("table_name",), _drop_table),
    "rename_table": (("old_table_name", "new_table_name"), _rename_table),
    "add_column": (("table_name", "column"), _add_column),
    "drop_column": (("table_name", "column_name"), _drop_column),
    "alter_column": (("table_name", "column_name"), _alter_column),
    "create_index": (("index_name", "table_name", "columns"), _create_index),
    "create_unique_constraint": (_KEY, _create_key("UNIQUE")),
    "create_primary_key": (_KEY, _create_key("PRIMARY KEY")),
    "create_foreign_key": (
        ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"),
        _create_foreign_key,
    ),
    "drop_constraint": (("constraint_name", "table_name"), _drop_constraint),
    "create_table_comment": (("table_name", "comment"), _comment),
}
