"""The methods of Laravel's Blueprint that make columns, and what may be said of these."""

from collections.abc import Iterator
from typing import Final

from cmis_audit.guard import said
from cmis_audit.guard.php import Call, Word, literal
from cmis_audit.guard.said import Field, MadeByCodeError

_TYPES: Final = {
    **dict.fromkeys(("id", "bigIncrements"), "bigserial"),
    **dict.fromkeys(("increments", "integerIncrements", "mediumIncrements"), "serial"),
    **dict.fromkeys(("smallIncrements", "tinyIncrements"), "smallserial"),
    **dict.fromkeys(("bigInteger", "unsignedBigInteger", "foreignId", "foreignIdFor"), "bigint"),
    **dict.fromkeys(("integer", "unsignedInteger", "mediumInteger", "year"), "integer"),
    "unsignedMediumInteger": "integer",
    **dict.fromkeys(("smallInteger", "unsignedSmallInteger", "tinyInteger"), "smallint"),
    "unsignedTinyInteger": "smallint",
    **dict.fromkeys(("text", "tinyText", "mediumText", "longText"), "text"),
    **dict.fromkeys(("uuid", "foreignUuid"), "uuid"),
    **dict.fromkeys(("ulid", "foreignUlid"), "char(26)"),
    **dict.fromkeys(("float", "double"), "double precision"),
    **dict.fromkeys(("enum", "set"), "varchar(255)"),
    "boolean": "boolean",
    "date": "date",
    "json": "json",
    "jsonb": "jsonb",
    "binary": "bytea",
    "ipAddress": "inet",
    "macAddress": "macaddr",
    "geometry": "geometry",
    "geography": "geography",
    "point": "geometry",
    "tsvector": "tsvector",
}
_TIMES: Final = {
    **dict.fromkeys(("timestamp", "dateTime"), "timestamp({}) without time zone"),
    **dict.fromkeys(("timestampTz", "dateTimeTz"), "timestamp({}) with time zone"),
    "time": "time({}) without time zone",
    "timeTz": "time({}) with time zone",
    "softDeletes": "timestamp({}) without time zone",
    "softDeletesTz": "timestamp({}) with time zone",
    "softDeletesDatetime": "timestamp({}) without time zone",
}
_NAMES: Final = {
    "id": "id",
    "uuid": "uuid",
    "ulid": "ulid",
    "ipAddress": "ip_address",
    "macAddress": "mac_address",
    "softDeletes": "deleted_at",
    "softDeletesTz": "deleted_at",
    "softDeletesDatetime": "deleted_at",
}
_KEYS: Final = frozenset(name for name in _TYPES if name == "id" or name.endswith("ncrements"))
_PAIRS: Final = ("timestamps", "timestampsTz", "nullableTimestamps", "nullableTimestampsTz")
_MORPHS: Final = {
    **dict.fromkeys(("morphs", "nullableMorphs", "numericMorphs"), "bigint"),
    "nullableNumericMorphs": "bigint",
    **dict.fromkeys(("uuidMorphs", "nullableUuidMorphs"), "uuid"),
    **dict.fromkeys(("ulidMorphs", "nullableUlidMorphs"), "char(26)"),
}


def columns(call: Call) -> Iterator[Field]:
    """Yield the columns that a method makes; none where it makes none. Raises ValueError."""
    if call.name in _PAIRS:
        zone = "with" if "Tz" in call.name else "without"
        for name in ("created_at", "updated_at"):
            yield Field(name, f"timestamp(0) {zone} time zone")
    elif call.name in _MORPHS:
        name = str(literal(call.arguments[0]))
        for suffix, kind in (("type", "varchar(255)"), ("id", _MORPHS[call.name])):
            field = Field(f"{name}_{suffix}", kind)
            field.nullable = call.name.startswith("nullable")
            yield field
    elif call.name == "rememberToken":
        yield Field("remember_token", "varchar(100)")
    elif call.name == "addColumn":
        kind, name = (str(literal(one)) for one in call.arguments[:2])
        yield _plain(Call(kind, call.arguments[1:], call.line), name)
    elif call.name in _TYPES or call.name in _TIMES or call.name in _SIZED:
        yield _plain(call, _name(call))


def _name(call: Call) -> str:
    if call.name == "foreignIdFor":
        return _key_of_model(call)
    if not call.arguments:
        if call.name in _NAMES:
            return _NAMES[call.name]
        raise MadeByCodeError("no name")
    name = literal(call.arguments[0])
    if not isinstance(name, str):
        raise MadeByCodeError("no name")
    return name


def _key_of_model(call: Call) -> str:
    """Return `team_member_id` for `TeamMember::class`, or the name given after it."""
    if len(call.arguments) > 1:
        return str(literal(call.arguments[1]))
    model = call.arguments[0][0].text.rpartition("\\")[2] if call.arguments else ""
    if not model.isidentifier():
        raise MadeByCodeError("no model")
    snake = "".join("_" + c.lower() if c.isupper() else c for c in model).strip("_")
    return f"{snake}_id"


_SIZED: Final = {"string": "varchar", "char": "char", "decimal": "numeric", "vector": "vector"}
_SIZED_DEFAULT: Final = {"string": (255,), "char": (255,), "decimal": (8, 2), "vector": ()}


def _plain(call: Call, name: str) -> Field:
    if call.name in _SIZED:
        given = [literal(one) for one in call.arguments[1:3]]
        sizes = [one for one in given if isinstance(one, int)] if None not in given else []
        default = _SIZED_DEFAULT[call.name]
        sizes += default[len(sizes) :]
        shown = ",".join(map(str, sizes))
        field = Field(name, _SIZED[call.name] + (f"({shown})" if shown else ""))
    elif call.name in _TIMES:
        precision = literal(call.arguments[1]) if len(call.arguments) > 1 else 0
        written = _TIMES[call.name].format(precision)
        field = Field(name, written.replace("(None)", ""))
    elif call.name in _TYPES:
        field = Field(name, _TYPES[call.name])
    else:
        raise MadeByCodeError("no type")
    field.nullable = call.name.startswith("softDeletes")
    field.primary = call.name in _KEYS
    return field


def describe(field: Field, chain: list[Call]) -> None:
    """Enter what is said of a column after it: `->nullable()->constrained('users')`."""
    for place, call in enumerate(chain):
        if call.name == "nullable":
            field.nullable = _flag(call)
        elif call.name in ("primary", "unique"):
            setattr(field, call.name, True)
        elif call.name == "default":
            field.default = _default(call)
        elif call.name == "useCurrent":
            field.default = "CURRENT_TIMESTAMP"
        elif call.name in ("storedAs", "virtualAs"):
            field.generated = str(literal(call.arguments[0]))
        elif call.name == "comment":
            field.comment = str(literal(call.arguments[0]))
        elif call.name == "constrained":
            field.references = _constrained(field, call)
        elif call.name == "references":
            there = str(literal(call.arguments[0]))
            on = [one for one in chain[place:] if one.name == "on"]
            if on:
                field.references = said.table_name(str(literal(on[0].arguments[0]))), there


def _flag(call: Call) -> bool:
    return not call.arguments or literal(call.arguments[0]) is not False


def _default(call: Call) -> str | None:
    words: list[Word] = call.arguments[0]
    if len(words) > 3 and words[0].text.endswith("DB") and words[2].text == "raw":
        return f"({literal(words[4:-1])})"
    try:
        return said.value(literal(words))
    except ValueError:
        return None


def _constrained(field: Field, call: Call) -> tuple[str, str | None]:
    if call.arguments and (table := literal(call.arguments[0])) is not None:
        there = literal(call.arguments[1]) if len(call.arguments) > 1 else "id"
        return said.table_name(str(table)), str(there or "id")
    base = field.name.removesuffix("_id").removesuffix("_uuid")
    return said.table_name(_plural(base)), "id"


def _plural(word: str) -> str:
    """Return the plural of a regular English noun, as Laravel forms it."""
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "i", "o", "u"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
