"""Eloquent: one class a target table, the scope that keeps to a tenant's rows, and a test of it."""

from collections.abc import Iterator

from cmis_audit.model.plan import WrittenFile
from cmis_audit.render.frameworks import isolation
from cmis_audit.render.frameworks.literals import camel
from cmis_audit.render.frameworks.models import Model, ModelColumn, Relation, settings_of
from cmis_audit.render.frameworks.templates import filled
from cmis_audit.render.frameworks.words import VERBS

_CASTS = {
    "bigint": "integer",
    "integer": "integer",
    "smallint": "integer",
    "boolean": "boolean",
    "real": "float",
    "double precision": "float",
    "date": "date",
    "json": "array",
    "jsonb": "array",
    "timestamp with time zone": "datetime",
    "timestamp without time zone": "datetime",
}
_INTEGERS = ("bigint", "integer", "smallint")
_STAMPS = ("created_at", "updated_at")
_CUT = (".", " as ", "->", "\\")
"""What Eloquent, or PDO beneath it, does not leave as it is in a name."""


def files(models: tuple[Model, ...]) -> Iterator[WrittenFile]:
    for model in models:
        yield WrittenFile(
            path=f"laravel/app/Models/{model.name}.php",
            to="app/Models/",
            what="model",
            text=filled("eloquent-model.php.j2", **_model(model)),
        )
    if any(model.scope for model in models):
        yield WrittenFile(
            path="laravel/app/Models/TenantScope.php",
            to="app/Models/",
            what="model",
            text=filled("eloquent-tenant-scope.php.j2", settings=settings_of(models)),
        )
        tried = isolation.tried(models)
        yield WrittenFile(
            path="laravel/tests/Feature/TenantIsolationTest.php",
            to="tests/Feature/",
            what="test",
            text=filled(
                "laravel-isolation.php.j2",
                scoped=[model for model in models if model.scope],
                tried=tried,
                roles={model.name: isolation.role(model) for model in tried},
                bodies={model.name: isolation.body(model) for model in tried},
            ),
        )


def _model(model: Model) -> dict[str, object]:
    columns = {each.column.name: each for each in model.columns}
    keys = model.target.primary_key
    first = columns[keys[0]]
    stamped = all(_is_time(columns.get(name)) for name in _STAMPS)
    set_elsewhere = {
        *(each.column.name for each in model.columns if each.key and _filled_in(each)),
        *model.origin,
        *(_STAMPS if stamped else ()),
        *((model.scope.column,) if model.scope else ()),
    }
    return {
        "model": model,
        "table": f"{model.target.ref.schema}.{model.target.ref.name}",
        "cut": any(
            mark in name
            for name in (model.target.ref.schema, model.target.ref.name, *columns)
            for mark in _CUT
        ),
        "keys": keys,
        "key_type": "int" if first.kind.name in _INTEGERS else "string",
        "incrementing": len(keys) == 1 and _filled_in(first),
        "stamped": stamped,
        "timed": any(_cast(each) == "datetime" for each in model.columns),
        "fillable": [name for name in columns if name not in set_elsewhere],
        "casts": [(name, cast) for name, each in columns.items() if (cast := _cast(each))],
        "relations": [_relation(each) for each in model.relations if len(each.columns) == 1],
        "composite": [each for each in model.relations if len(each.columns) > 1],
    }


def _filled_in(column: ModelColumn) -> bool:
    """Tell whether the server gives the value where the application gives none."""
    return column.column.identity or column.column.default is not None


def _is_time(column: ModelColumn | None) -> bool:
    return column is not None and _cast(column) == "datetime"


def _cast(column: ModelColumn) -> str | None:
    """Return Eloquent's cast; None where the text that the server writes is as good."""
    kind = column.kind
    if kind.dimensions:
        return None
    if kind.name == "numeric" and len(kind.arguments) == 2 and kind.arguments[1] >= 0:
        return f"decimal:{kind.arguments[1]}"
    return _CASTS.get(kind.name)


def _relation(relation: Relation) -> dict[str, object]:
    name = camel(relation.name, "Row")
    words = relation.name.split("_")
    if len(words) > 1 and words[0] in VERBS:
        name = f"Row{name}"
    return {
        "method": name[0].lower() + name[1:],
        "kind": "hasMany" if relation.many else "belongsTo",
        "result": "HasMany" if relation.many else "BelongsTo",
        "other": relation.other,
        "arguments": (relation.other_columns[0], relation.columns[0])
        if relation.many
        else (relation.columns[0], relation.other_columns[0]),
    }
