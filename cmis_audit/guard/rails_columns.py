"""The columns that Rails' migrations declare."""

from typing import Final

from cmis_audit.guard import said
from cmis_audit.guard.ruby import Arguments, literal
from cmis_audit.guard.said import Field

_SAME_NAME: Final = """
text integer bigint date boolean json jsonb uuid inet cidr macaddr hstore citext tsvector xml point
line box path polygon circle interval money int4range int8range numrange tsrange tstzrange daterange
oid geometry geography
"""
_TYPES: Final = {
    **{name: name for name in _SAME_NAME.split()},
    "string": "character varying",
    "float": "double precision",
    "decimal": "numeric",
    "numeric": "numeric",
    "datetime": "timestamp without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "binary": "bytea",
    "blob": "bytea",
    "bit": "bit",
    "bit_varying": "bit varying",
    "primary_key": "bigserial",
    "serial": "serial",
    "bigserial": "bigserial",
    "st_point": "geometry",
    "virtual": "text",
}
_WIDE: Final = 4  # bytes of an integer
_SMALL: Final = 2


def is_type(name: str) -> bool:
    return name in _TYPES


def column(name: str, kind: str, given: Arguments) -> Field:
    """Return a column of one of Rails' types, or of a type of somebody's own."""
    if kind == "virtual":
        kind = str(given.option("type", "text"))
    field = Field(name, _sized(kind, given))
    if given.option("array"):
        field.type += "[]"
    field.nullable = not given.denies("null")
    field.primary = kind == "primary_key" or given.option("primary_key") is True
    if "default" in given.named:
        try:
            field.default = said.value(given.option("default"))
        except ValueError:
            field.default = None  # a lambda: a function of the server's
    comment = given.named.get("comment")
    if comment:
        field.comment = str(literal(comment))
    return field


def _sized(kind: str, given: Arguments) -> str:
    limit = given.option("limit")
    precision, scale = given.option("precision"), given.option("scale")
    name = _TYPES.get(kind)
    if name is None:
        return kind
    if kind == "integer" and isinstance(limit, int):
        return "bigint" if limit > _WIDE else "smallint" if limit <= _SMALL else "integer"
    if kind in ("string", "bit", "bit_varying") and isinstance(limit, int):
        return f"{name}({limit})"
    if name == "numeric" and isinstance(precision, int):
        return (
            f"numeric({precision},{scale})" if isinstance(scale, int) else f"numeric({precision})"
        )
    if kind in ("datetime", "timestamp", "timestamptz"):
        digits = precision if "precision" in given.named else 6
        if isinstance(digits, int):
            return name.replace("timestamp", f"timestamp({digits})", 1)
    return name


def reference(name: str, given: Arguments) -> list[Field]:
    """Return the columns of `t.references`: the key, and the type of what may be many things."""
    field = Field(f"{name}_id", _sized(str(given.option("type", "bigint")), given))
    field.nullable = not given.denies("null")
    if "polymorphic" in given.named:
        kind = Field(f"{name}_type", "character varying")
        kind.nullable = field.nullable
        return [kind, field]
    if "foreign_key" in given.named and given.named["foreign_key"][0].text != "false":
        table = _plural(name)
        options = given.named["foreign_key"]
        if options[0].text == "{":
            inside = Arguments(options[1:-1])
            table = str(inside.option("to_table", table))
        field.references = said.table_name(table), None
    return [field]


def timestamps(given: Arguments) -> list[Field]:
    digits = given.option("precision", 6)
    shown = f"({digits})" if digits is not None else ""
    found = [Field(name, f"timestamp{shown}") for name in ("created_at", "updated_at")]
    for field in found:
        field.nullable = given.option("null") is True
    return found


def _plural(word: str) -> str:
    """Return the plural of a regular English noun, as Rails forms it."""
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "i", "o", "u"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
