"""Types as they are written in SQL, in the words of PostgreSQL's format_type()."""

from cmis_audit.model.names import quote_ident
from cmis_audit.sqlfile.tokens import Cursor, UnreadableError

_NAMES = {
    **dict.fromkeys(("int", "int4", "integer"), "integer"),
    **dict.fromkeys(("int8", "bigint"), "bigint"),
    **dict.fromkeys(("int2", "smallint"), "smallint"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(("decimal", "dec", "numeric"), "numeric"),
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "bpchar": "character",
    "char": "character",
    "character": "character",
    "nchar": "character",
    "varbit": "bit varying",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
}
SERIALS = {
    **dict.fromkeys(("serial", "serial4"), "integer"),
    **dict.fromkeys(("bigserial", "serial8"), "bigint"),
    **dict.fromkeys(("smallserial", "serial2"), "smallint"),
}
_BUILT_IN = """
bigint bit boolean box bytea character cidr circle cstring date daterange datemultirange
inet int4multirange int4range int8multirange int8range integer interval json jsonb jsonpath
line lseg macaddr macaddr8 money name numeric nummultirange numrange oid path pg_lsn point
polygon real regclass regconfig regdictionary regnamespace regoper regoperator regproc
regprocedure regrole regtype smallint text tid time timestamp tsmultirange tsquery tsrange
tstzmultirange tstzrange tsvector txid_snapshot pg_snapshot uuid xid xid8 xml
"""
BUILT_IN = frozenset(_BUILT_IN.split())
_FIELDS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
_MAXIMUM_FLOAT4_BITS = 24


def read_type(cursor: Cursor) -> tuple[str, bool]:
    """Return the type at the cursor, and whether it is a serial.

    A name that is not built in comes as it was written, for the caller to find its schema.
    """
    name = _named(cursor)
    serial = name in SERIALS
    name = SERIALS.get(name, name)
    if cursor.accept("ARRAY"):
        name += "[]"
        if cursor.sees("["):
            cursor.skip()
    elif cursor.sees("["):
        name += "[]"
        while cursor.sees("["):
            cursor.skip()
    return name, serial


def _named(cursor: Cursor) -> str:
    if cursor.accept("DOUBLE", "PRECISION"):
        return "double precision"
    if cursor.accept("NATIONAL"):
        if not cursor.sees_any("CHARACTER", "CHAR"):
            raise UnreadableError(f"a type is expected before {cursor.shown()}")
        return _characters(cursor)
    if cursor.sees_any("CHARACTER", "CHAR", "NCHAR", "VARCHAR"):
        return _characters(cursor)
    if cursor.accept("BIT"):
        varying = cursor.accept("VARYING")
        modifier = _modifier(cursor)
        return f"bit varying{modifier}" if varying else f"bit{modifier or '(1)'}"
    for word in ("TIMESTAMP", "TIME"):
        if cursor.accept(word):
            modifier = _modifier(cursor)
            zone = "with" if cursor.accept("WITH", "TIME", "ZONE") else "without"
            if zone == "without":
                cursor.accept("WITHOUT", "TIME", "ZONE")
            return f"{word.lower()}{modifier} {zone} time zone"
    if cursor.accept("INTERVAL"):
        return _interval(cursor)
    if cursor.accept("FLOAT"):
        bits = _modifier(cursor).strip("()")
        small = bits.isdigit() and int(bits) <= _MAXIMUM_FLOAT4_BITS
        return "real" if small else "double precision"
    return _simple(cursor)


def _characters(cursor: Cursor) -> str:
    varying = cursor.take().text == "VARCHAR" or cursor.accept("VARYING")
    modifier = _modifier(cursor)
    return f"character varying{modifier}" if varying else f"character{modifier or '(1)'}"


def _interval(cursor: Cursor) -> str:
    fields = ""
    if cursor.sees_any(*_FIELDS):
        fields = " " + cursor.take().text.lower()
        if cursor.accept("TO"):
            fields += " to " + cursor.take().text.lower()
    return f"interval{fields}{_modifier(cursor)}"


def _simple(cursor: Cursor) -> str:
    parts = cursor.names()
    if parts[0] == "pg_catalog" and len(parts) == 2:
        parts = parts[1:]
    if len(parts) > 1:
        return ".".join(map(quote_ident, parts[-2:])) + _modifier(cursor)
    modifier = _modifier(cursor)
    name = _NAMES.get(parts[0], parts[0])
    if name.endswith(" with time zone") and modifier:
        return name.replace(" ", f"{modifier} ", 1)
    if name == "numeric" and modifier and "," not in modifier:
        modifier = f"{modifier[:-1]},0)"
    known = name in BUILT_IN or name in _NAMES.values() or name in SERIALS
    return (name if known else quote_ident(name)) + modifier


def _modifier(cursor: Cursor) -> str:
    if not cursor.sees("("):
        return ""
    return "(" + ",".join(part.text() for part in cursor.inside().split()) + ")"
