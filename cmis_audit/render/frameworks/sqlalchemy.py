"""SQLAlchemy 2: a module with one class a target table, and who sees which of its rows."""

from collections.abc import Iterator

from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import WrittenFile
from cmis_audit.render.frameworks import isolation
from cmis_audit.render.frameworks.literals import python_string
from cmis_audit.render.frameworks.models import Model, ModelColumn, settings_of
from cmis_audit.render.frameworks.templates import filled
from cmis_audit.render.frameworks.types import TypeName

MODULE = "unified_models"

_OWN_NAMES = """
inet cidr macaddr macaddr8 tsvector tsquery int4range int8range numrange daterange tsrange tstzrange
int4multirange int8multirange nummultirange datemultirange tsmultirange tstzmultirange
"""
_TYPES = {
    "bigint": ("int", "sa.BigInteger()"),
    "integer": ("int", "sa.Integer()"),
    "smallint": ("int", "sa.SmallInteger()"),
    "text": ("str", "sa.Text()"),
    "boolean": ("bool", "sa.Boolean()"),
    "real": ("float", "sa.REAL()"),
    "double precision": ("float", "sa.Double()"),
    "date": ("dt.date", "sa.Date()"),
    "uuid": ("uuid.UUID", "sa.Uuid()"),
    "bytea": ("bytes", "sa.LargeBinary()"),
    "json": ("typing.Any", "pg.JSON()"),
    "jsonb": ("typing.Any", "pg.JSONB()"),
    "interval": ("dt.timedelta", "pg.INTERVAL()"),
    **{name: ("typing.Any", f"pg.{name.upper()}()") for name in _OWN_NAMES.split()},
}
_TIMES = {
    "timestamp with time zone": ("dt.datetime", "pg.TIMESTAMP", True),
    "timestamp without time zone": ("dt.datetime", "pg.TIMESTAMP", False),
    "time with time zone": ("dt.time", "pg.TIME", True),
    "time without time zone": ("dt.time", "pg.TIME", False),
}


def files(models: tuple[Model, ...]) -> Iterator[WrittenFile]:
    """Yield the module of the models, if there are any, and the test of their tenants."""
    if not models:
        return
    yield WrittenFile(
        path=f"alembic/models/{MODULE}.py",
        to="the package of your models",
        what="model",
        text=filled(
            "sqlalchemy-models.py.j2",
            models=[_model(model, models) for model in models],
            outside=list(_outside(models)),
            settings=settings_of(models),
            raw=any("Raw(" in _type(c.kind)[1] for model in models for c in model.columns),
        ),
    )
    yield from _isolation(models)


def _isolation(models: tuple[Model, ...]) -> Iterator[WrittenFile]:
    if not any(model.scope for model in models):
        return
    name = "test_tenant_isolation.py"
    tried = isolation.tried(models)
    yield WrittenFile(
        path=f"alembic/tests/{name}",
        to="tests/",
        what="test",
        text=filled(
            "sqlalchemy-isolation.py.j2",
            name=name,
            module=MODULE,
            tried=tried,
            roles={model.name: isolation.role(model) for model in tried},
            bodies={model.name: isolation.body(model) for model in tried},
        ),
    )


def _model(model: Model, models: tuple[Model, ...]) -> dict[str, object]:
    by_name = {each.name: each for each in models}
    return {
        "name": model.name,
        "cluster": model.cluster,
        "target": model.target,
        "scope": model.scope,
        "tenant": model.attribute(model.scope.column) if model.scope else None,
        "columns": [_column(column) for column in model.columns],
        "keys": list(_keys(model)),
        "relations": [
            {
                "name": each.name,
                "back": each.back,
                "annotation": f'list["{each.other}"]' if each.many else f'"{each.other} | None"',
                "foreign": _foreign(model, by_name[each.other], each.columns, each.other_columns)
                if not each.many
                else _foreign(by_name[each.other], model, each.other_columns, each.columns),
                "remote": [
                    f"{each.other}.{by_name[each.other].attribute(c)}" for c in each.other_columns
                ],
                "itself": each.other == model.name,
                "overlapping": each.overlapping,
            }
            for each in model.relations
        ],
    }


def _foreign(
    child: Model, parent: Model, columns: tuple[str, ...], parent_columns: tuple[str, ...]
) -> dict[str, list[str]]:
    return {
        "keys": [f"{child.name}.{child.attribute(name)}" for name in columns],
        "pairs": [
            f"{child.name}.{child.attribute(a)} == {parent.name}.{parent.attribute(b)}"
            for a, b in zip(columns, parent_columns, strict=True)
        ],
    }


def _column(column: ModelColumn) -> str:
    """Return the line that declares a column."""
    annotation, kind = _type(column.kind)
    given = column.column
    arguments = [kind]
    if given.name != column.attribute:
        arguments.insert(0, python_string(given.name))
    if column.key:
        arguments.append("primary_key=True")
    if given.identity:
        arguments.append("sa.Identity()")
    elif given.default is not None:
        arguments.append("server_default=sa.FetchedValue()")
    elif column.key:
        arguments.append("autoincrement=False")
    if given.comment or given.purpose:
        arguments.append(f"comment={python_string(given.comment or given.purpose)}")
    if given.identity:
        # Positional arguments come first.
        arguments.sort(key=lambda text: "=" in text.partition("(")[0])
    optional = " | None" if given.nullable else ""
    said = ", ".join(arguments)
    return f"{column.attribute}: orm.Mapped[{annotation}{optional}] = orm.mapped_column({said})"


def _type(kind: TypeName) -> tuple[str, str]:
    """Return the annotation and the type of SQLAlchemy's."""
    annotation, made = _scalar(kind)
    if kind.dimensions:
        dimensions = f", dimensions={kind.dimensions}" if kind.dimensions > 1 else ""
        for _ in range(kind.dimensions):
            annotation = f"list[{annotation}]"
        return annotation, f"pg.ARRAY({made}{dimensions})"
    return annotation, made


def _scalar(kind: TypeName) -> tuple[str, str]:
    size = kind.arguments
    if kind.enum is not None:
        ref = kind.enum.ref
        labels = ", ".join(python_string(label) for label in kind.enum.labels)
        name, schema = python_string(ref.name), python_string(ref.schema)
        return "str", f"pg.ENUM({labels}, name={name}, schema={schema}, create_type=False)"
    if kind.name in _TIMES:
        annotation, made, zone = _TIMES[kind.name]
        precision = f", precision={size[0]}" if size else ""
        return annotation, f"{made}(timezone={zone}{precision})"
    if kind.name == "numeric":
        return "decimal.Decimal", f"sa.Numeric({', '.join(map(str, size))})"
    if kind.name in ("character varying", "character"):
        made = "String" if kind.name == "character varying" else "CHAR"
        return "str", f"sa.{made}({size[0] if size else ''})"
    if kind.name in _TYPES:
        return _TYPES[kind.name]
    shown = kind.name + (f"({','.join(map(str, size))})" if size else "")
    return "typing.Any", f"Raw({python_string(shown)})"


def _keys(model: Model) -> Iterator[tuple[str, str, str]]:
    """Yield columns and parent columns of each foreign key, and why it is left out if it is."""
    for key in model.references:
        goal = (key.parent.schema, key.parent.name)
        columns = "[" + ", ".join(python_string(name) for name in key.columns) + "]"
        parents = [".".join((*goal, name)) for name in key.parent_columns]
        dotted = any("." in name for name in (goal[1], *key.parent_columns))
        yield columns, "[" + ", ".join(map(python_string, parents)) + "]", "." if dotted else ""


def _outside(models: tuple[Model, ...]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Yield the tables without a model here that foreign keys point at, with those columns."""
    own = {model.target.ref for model in models}
    found: dict[TableRef, dict[str, str]] = {}
    for model in models:
        kinds = {each.column.name: _type(each.kind)[1] for each in model.columns}
        for key in model.references:
            if key.parent not in own:
                for name, parent in zip(key.columns, key.parent_columns, strict=True):
                    found.setdefault(key.parent, {}).setdefault(parent, kinds[name])
    for ref, columns in sorted(found.items()):
        listed = [(python_string(name), kind) for name, kind in columns.items()]
        yield python_string(ref.schema), python_string(ref.name), listed
