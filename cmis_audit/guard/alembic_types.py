"""SQLAlchemy's types as PostgreSQL's."""

import ast
from collections.abc import Callable

from cmis_audit.guard.said import MadeByCodeError

_PLAIN = {
    **dict.fromkeys(("Text", "UnicodeText", "TEXT", "CLOB"), "text"),
    **dict.fromkeys(("Integer", "INTEGER", "INT"), "integer"),
    **dict.fromkeys(("BigInteger", "BIGINT"), "bigint"),
    **dict.fromkeys(("SmallInteger", "SMALLINT"), "smallint"),
    **dict.fromkeys(("Boolean", "BOOLEAN"), "boolean"),
    **dict.fromkeys(("Date", "DATE"), "date"),
    **dict.fromkeys(("Double", "DOUBLE", "DOUBLE_PRECISION"), "double precision"),
    **dict.fromkeys(("Interval", "INTERVAL"), "interval"),
    **dict.fromkeys(("LargeBinary", "BYTEA", "BLOB", "BINARY", "VARBINARY"), "bytea"),
    **dict.fromkeys(("UUID", "Uuid"), "uuid"),
    "JSON": "json",
    "REAL": "real",
}
_SIZED = {
    **dict.fromkeys(("String", "Unicode", "VARCHAR", "NVARCHAR"), "character varying"),
    **dict.fromkeys(("CHAR", "NCHAR"), "character"),
    **dict.fromkeys(("Numeric", "NUMERIC", "DECIMAL"), "numeric"),
    **dict.fromkeys(("Float", "FLOAT"), "float"),
    "BIT": "bit",
    "VECTOR": "vector",
    "Vector": "vector",
}
_TIMES = {
    **dict.fromkeys(("DateTime", "TIMESTAMP", "DATETIME"), "timestamp"),
    **dict.fromkeys(("Time", "TIME"), "time"),
}
_SIZES = ("length", "precision", "scale", "dim")

Literal = Callable[[ast.expr], object]
"""The value of an expression; raises ValueError where it has none before the program runs."""


def type_name(node: ast.expr, literal: Literal) -> tuple[str, str | None]:
    """Return a type as SQL, and the name of the enum that comes with it, if one does.

    A type of somebody's own is called by its class. Raises ValueError.
    """
    call = node if isinstance(node, ast.Call) else None
    name = last_name(call.func if call else node)
    arguments = call.args if call else []
    named = {one.arg: one.value for one in call.keywords if one.arg} if call else {}
    if name == "ARRAY":
        inner, enum = type_name(arguments[0] if arguments else named["item_type"], literal)
        return f"{inner.removesuffix('[]')}[]", enum
    if name in ("Enum", "ENUM"):
        if "name" not in named:
            return "character varying", None
        enum = str(literal(named["name"]))
        schema = literal(named["schema"]) if "schema" in named else None
        full = f'"{schema}"."{enum}"' if schema else f'"{enum}"'
        return full, full
    if name in _TIMES:
        zoned = literal(named["timezone"]) if "timezone" in named else False
        zoned = zoned or bool(arguments and literal(arguments[0]) is True)
        return f"{_TIMES[name]} {'with' if zoned else 'without'} time zone", None
    if name in _SIZED:
        sizes = [literal(one) for one in arguments]
        sizes += [literal(named[size]) for size in _SIZES if size in named]
        shown = ",".join(str(size) for size in sizes if isinstance(size, int))
        return _SIZED[name] + (f"({shown})" if shown else ""), None
    if name == "with_variant" and call and isinstance(call.func, ast.Attribute):
        return type_name(call.func.value, literal)
    if not name:
        raise MadeByCodeError("its type is made by code")
    return _PLAIN.get(name, name.lower()), None


def last_name(node: ast.expr) -> str:
    """Return `Column` of `sa.Column`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
