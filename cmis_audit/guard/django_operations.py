"""The operations of Django's migrations, one by one, as SQL."""

import ast
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Final

from cmis_audit.guard import said
from cmis_audit.guard.alembic_types import last_name
from cmis_audit.guard.django_fields import Declared
from cmis_audit.guard.django_models import Models, entries_of, groups_of, joined, written
from cmis_audit.guard.said import Field, MadeByCodeError, Missed, Said, Sql
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import quoted

WITHOUT_TABLES: Final = frozenset(
    (
        "AddIndex", "RemoveIndex", "RenameIndex", "AddIndexConcurrently",
        "RemoveIndexConcurrently", "AlterIndexTogether", "AlterModelOptions",
        "AlterModelManagers", "RemoveConstraint", "ValidateConstraint", "CreateExtension",
        "BloomExtension", "BtreeGinExtension", "BtreeGistExtension", "CITextExtension",
        "CryptoExtension", "HStoreExtension", "TrigramExtension", "UnaccentExtension",
        "VectorExtension", "CreateCollation", "RemoveCollation", "AlterModelTableComment",
    )
)  # fmt: skip
_TO_THE_SERVER: Final = frozenset(("execute", "executescript", "cursor", "create_model"))
"""What a function of rows alone does not call."""


class Given:
    """The arguments of one operation, and what they stand among."""

    def __init__(
        self,
        models: Models,
        functions: Mapping[str, ast.FunctionDef],
        read: Callable[[ast.expr | None, int], Iterator[Said]],
        named: dict[str, ast.expr],
        line: int,
    ) -> None:
        self.models = models
        self.functions = functions
        self.read = read
        """Yields what a list of operations does."""
        self.named = named
        self.line = line

    def text(self, name: str) -> str:
        found = self.models.literal(self.named[name])
        if not isinstance(found, str):
            raise MadeByCodeError(f"{name} is no text")
        return found

    def alter(self, table: tuple[str, ...], what: str) -> Sql:
        return Sql(self.line, f"ALTER TABLE {written(table)} {what}")


def _create_model(given: Given) -> Iterator[Said]:
    models, name = given.models, given.text("name")
    options = entries_of(given.named.get("options"))
    told = {
        key: models.literal(options[key])
        for key in ("db_table", "proxy", "managed", "abstract")
        if key in options
    }
    table = models.name_table(name, told.get("db_table"))
    if told.get("proxy") or told.get("abstract") or told.get("managed") is False:
        return
    columns: dict[str, Field] = {}
    between: list[tuple[str, Declared]] = []
    of_itself: list[str] = []
    for line, field_name, declared in _fields(given):
        if declared is None:
            yield Missed(line, f"a field of {name}", said.BY_CODE)
        elif declared.is_many:
            between.append((field_name, declared))
        elif declared.is_column:
            columns[field_name] = models.field(field_name, declared)
            if declared.is_reference and declared.target() in ("self", name):
                of_itself.append(field_name)
    keys = [one for one in columns.values() if one.primary]
    for field_name, key in product(of_itself, keys[:1]):
        columns[field_name].type = key.type
        columns[field_name].references = written(table), key.name
    uniques = models.uniques(options, {each: one.name for each, one in columns.items()})
    yield Sql(given.line, said.create_table(written(table), [*columns.values(), *uniques]))
    for field_name, declared in between:
        yield from _between(given, name, field_name, declared)


def _fields(given: Given) -> Iterator[tuple[int, str, Declared | None]]:
    """Yield the fields of a model with their lines; None for what is made by code."""
    fields = given.named["fields"]
    if not isinstance(fields, ast.List | ast.Tuple):
        raise MadeByCodeError("the fields are made by code")
    for pair in fields.elts:
        try:
            name, node = pair.elts if isinstance(pair, ast.Tuple) else (pair, pair)
            declared = given.models.declared(node)
            _ = declared.is_column and not declared.is_many and given.models.field("", declared)
            yield pair.lineno, str(given.models.literal(name)), declared
        except (ValueError, KeyError):
            yield pair.lineno, "", None


def _between(given: Given, model: str, name: str, declared: Declared) -> Iterator[Said]:
    made = given.models.between(model, name, declared)
    if made is not None:
        table, fields = made
        unique = said.constraint("UNIQUE", [one.name for one in fields[1:]])
        yield Sql(given.line, said.create_table(written(table), [*fields, unique]))


def _delete_model(given: Given) -> Iterator[Said]:
    table = given.models.table(given.text("name"))
    if given.models.there(table) is not None:
        yield Sql(given.line, f"DROP TABLE {written(table)}")


def _rename_model(given: Given) -> Iterator[Said]:
    models, old, new = given.models, given.text("old_name"), given.text("new_name")
    before, after = models.rename(old, new)
    yield from _renamed(given, old, before, after)
    for table, _ in models.joins(old, after):
        for side in ("", "from_", "to_"):
            column = f"{side}{old.lower()}_id"
            if column in models.columns(table):
                there = quote_ident(f"{side}{new.lower()}_id")
                yield given.alter(table, f"RENAME COLUMN {quote_ident(column)} TO {there}")


def _renamed(
    given: Given, model: str, before: tuple[str, ...], after: tuple[str, ...]
) -> Iterator[Said]:
    """Yield another name for a model's table, and for those between it and others."""
    if before == after:
        return
    between = given.models.joins(model, before)
    yield given.alter(before, f"RENAME TO {quote_ident(after[-1])}")
    for table, field in between:
        yield given.alter(table, f"RENAME TO {quote_ident(joined(after, field)[-1])}")


def _alter_table(given: Given) -> Iterator[Said]:
    name = given.text("name")
    before = given.models.table(name)
    after = given.models.name_table(name, given.models.literal(given.named["table"]))
    yield from _renamed(given, name, before, after)


def _add_field(given: Given) -> Iterator[Said]:
    models, model, name = given.models, given.text("model_name"), given.text("name")
    declared = models.declared(given.named["field"])
    if declared.is_many:
        yield from _between(given, model, name, declared)
    elif declared.is_column:
        table = written(models.table(model))
        yield Sql(given.line, said.add_columns(table, [models.field(name, declared)]))


def _remove_field(given: Given) -> Iterator[Said]:
    models, name = given.models, given.text("name")
    table = models.table(given.text("model_name"))
    column, between = models.column_of(table, name), joined(table, name)
    if column in models.columns(table) or models.there(between) is None:
        yield given.alter(table, f"DROP COLUMN {quote_ident(column)}")
    else:
        yield Sql(given.line, f"DROP TABLE {written(between)}")


def _alter_field(given: Given) -> Iterator[Said]:
    models, name = given.models, given.text("name")
    table, declared = models.table(given.text("model_name")), models.declared(given.named["field"])
    if not declared.is_column:
        return
    before, field = models.column_of(table, name), models.field(name, declared)
    if before != field.name:
        yield given.alter(
            table, f"RENAME COLUMN {quote_ident(before)} TO {quote_ident(field.name)}"
        )
    column = f"ALTER COLUMN {quote_ident(field.name)}"
    verb = "DROP" if field.nullable else "SET"
    yield given.alter(table, f"{column} TYPE {field.type}")
    for other, there in models.pointing_at(table, field.name):
        yield given.alter(other, f"ALTER COLUMN {quote_ident(there)} TYPE {field.type}")
    if not field.primary:
        yield given.alter(table, f"{column} {verb} NOT NULL")
        yield from _altered_unique(given, table, field)


def _altered_unique(given: Given, table: tuple[str, ...], field: Field) -> Iterator[Said]:
    """Yield what makes a column unique, or no longer so."""
    there = given.models.there(table)
    keys = [one for one in there.uniques if one.columns == (field.name,)] if there else []
    if field.unique and not keys:
        yield given.alter(table, f"ADD UNIQUE ({quote_ident(field.name)})")
    for key in () if field.unique else keys:
        yield given.alter(table, f"DROP CONSTRAINT {quote_ident(key.name)}")


def _rename_field(given: Given) -> Iterator[Said]:
    models, old, new = given.models, given.text("old_name"), given.text("new_name")
    table = models.table(given.text("model_name"))
    between = models.there(joined(table, old))
    column = models.column_of(table, old)
    if column not in models.columns(table) and between is not None:
        name = quote_ident(joined(table, new)[-1])
        yield given.alter(joined(table, old), f"RENAME TO {name}")
        return
    after = f"{new}_id" if column == f"{old}_id" else new
    yield given.alter(table, f"RENAME COLUMN {quote_ident(column)} TO {quote_ident(after)}")


def _unique_together(given: Given) -> Iterator[Said]:
    table = given.models.table(given.text("name"))
    for group in groups_of(given.models.literal(given.named["unique_together"])):
        yield from _unique(given, table, list(map(str, group)))


def _add_constraint(given: Given) -> Iterator[Said]:
    table = given.models.table(given.text("model_name"))
    yield from _unique(given, table, given.models.unique_fields(given.named["constraint"]))


def _unique(given: Given, table: tuple[str, ...], fields: list[str]) -> Iterator[Said]:
    columns = [given.models.column_of(table, one) for one in fields]
    if columns:
        yield given.alter(table, f"ADD UNIQUE ({quoted(columns)})")


def _order(given: Given) -> Iterator[Said]:
    if given.models.literal(given.named["order_with_respect_to"]) is not None:
        table = given.models.table(given.text("name"))
        yield given.alter(table, "ADD COLUMN _order integer NOT NULL DEFAULT 0")


def _run_sql(given: Given) -> Iterator[Said]:
    """Yield a text, or a list of texts and of pairs with parameters."""
    sql = given.models.literal(given.named["sql"])
    for one in sql if isinstance(sql, list) else [sql]:
        text = one[0] if isinstance(one, list) and one else one
        if not isinstance(text, str):
            raise MadeByCodeError("no SQL")
        yield Sql(given.line, text)


def _run_python(given: Given) -> Iterator[Said]:
    """Yield nothing of a function that changes rows; what speaks to the server may do anything."""
    node = given.named["code"]
    function = given.functions.get(node.id) if isinstance(node, ast.Name) else None
    if last_name(node) == "noop" or (function is not None and not _speaks(function)):
        return
    yield Missed(given.line, "RunPython", said.BY_CODE)


def _speaks(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in _TO_THE_SERVER
        for node in ast.walk(function)
    )


def _separate(given: Given) -> Iterator[Said]:
    """Yield what the database is to do; of the state nothing but the names of tables matters."""
    state = given.named.get("state_operations")
    if "database_operations" in given.named:
        yield from given.read(given.named["database_operations"], given.line)
    if state is not None:
        for _ in given.read(state, given.line):
            pass


_Make = Callable[[Given], Iterator[Said]]
_FIELD: Final = ("model_name", "name", "field")
OPERATIONS: Final[dict[str, tuple[tuple[str, ...], _Make]]] = {
    "CreateModel": (("name", "fields", "options"), _create_model),
    "DeleteModel": (("name",), _delete_model),
    "RenameModel": (("old_name", "new_name"), _rename_model),
    "AlterModelTable": (("name", "table"), _alter_table),
    "AddField": (_FIELD, _add_field),
    "RemoveField": (_FIELD, _remove_field),
    "AlterField": (_FIELD, _alter_field),
    "RenameField": (("model_name", "old_name", "new_name"), _rename_field),
    "AlterUniqueTogether": (("name", "unique_together"), _unique_together),
    "AddConstraint": (("model_name", "constraint"), _add_constraint),
    "AddConstraintNotValid": (("model_name", "constraint"), _add_constraint),
    "AlterOrderWithRespectTo": (("name", "order_with_respect_to"), _order),
    "RunSQL": (("sql",), _run_sql),
    "RunPython": (("code",), _run_python),
    "SeparateDatabaseAndState": (("database_operations", "state_operations"), _separate),
}
