"""The type that holds every value of several types, and the way there and back.

A type is never narrowed, and nothing is joined that would change what a value means: json against
text, an array against its element, a double against a decimal stay apart.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.sqltext import literal

_TYPE = re.compile(
    r"(?P<base>.+?)(?:\((?P<modifier>[\d,-]+)\))?"
    r"(?P<zone> with(?:out)? time zone)?(?P<array>\[\])*\Z"
)
_TEXTS = frozenset({"text", "character varying", "character"})
_INTEGERS = ("smallint", "integer", "bigint")
_RANGES = {
    "daterange": "date",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
}
_NO_SHIFT = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z", "Zulu"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """From one type to the joined one and back; `{}` stands for the value."""

    forward: str = "{}"
    back: str = "{}"
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    type: str
    casts: tuple[Cast, ...]
    """In the order of the types that were joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """What a catalog says of types by name."""

    enums: frozenset[str]
    bases: Mapping[str, str]
    """Domain → base type."""

    @classmethod
    def of(cls, catalog: Catalog) -> "Types":
        return cls(
            enums=frozenset(str(enum.ref) for enum in catalog.enums),
            bases={str(domain.ref): domain.base_type for domain in catalog.domains},
        )

    def base(self, name: str) -> str:
        """Return the type below all domains."""
        while name in self.bases:
            name = self.bases[name]
        return name


def join(names: Sequence[str], types: Types, timezone: str) -> Joined | None:
    """Return the least type that holds the values of all, or None where there is none."""
    if len(set(names)) == 1:
        return Joined(type=names[0], casts=tuple(Cast() for _ in names))
    bases = [types.base(name) for name in names]
    found = _target(bases, types)
    if found is None:
        return None
    casts = tuple(_cast(name, found, timezone) for name in names)
    return Joined(type=found, casts=casts)


def bound_type(name: str) -> str | None:
    """Return the type of a range's bounds."""
    return _RANGES.get(name)


def _target(names: Sequence[str], types: Types) -> str | None:
    if len(set(names)) == 1:
        return names[0]
    if all(name.endswith("[]") for name in names):
        inner = _target([name.removesuffix("[]") for name in names], types)
        return inner + "[]" if inner and _family(inner, types) in {"text", "integer"} else None
    families = {_family(name, types) for name in names}
    if families <= {"text"}:
        return _widest_text(names)
    if families <= {"text", "uuid", "enum", "integer"} and "text" in families:
        return "text"
    if families == {"enum"}:
        return "text"
    if families == {"integer"}:
        return max(names, key=_INTEGERS.index)
    if families <= {"integer", "numeric"}:
        return "numeric"
    if families == {"float"}:
        return "double precision"
    if families <= {"date", "timestamp", "timestamptz"}:
        return _widest_time(names, zoned="timestamptz" in families)
    return None


def _family(name: str, types: Types) -> str | None:
    parsed = _TYPE.match(name)
    if parsed is None or parsed["array"]:
        return None
    base = parsed["base"]
    if base in _TEXTS:
        return "text"
    if base in _INTEGERS:
        return "integer"
    if base == "timestamp":
        return "timestamptz" if parsed["zone"] == " with time zone" else "timestamp"
    if base in {"real", "double precision"}:
        return "float"
    if name in types.enums:
        return "enum"
    return base if base in {"numeric", "date", "uuid"} else None


def _widest_text(names: Sequence[str]) -> str:
    parsed = [_TYPE.match(name) for name in names]
    if any(each is None or each["base"] != "character varying" for each in parsed):
        return "text"
    lengths = [each["modifier"] for each in parsed if each]
    if not all(lengths):
        return "character varying"
    return f"character varying({max(int(length) for length in lengths)})"


def _widest_time(names: Sequence[str], *, zoned: bool) -> str:
    precisions = [
        parsed["modifier"]
        for parsed in map(_TYPE.match, names)
        if parsed and parsed["base"] == "timestamp"
    ]
    widest = f"({max(map(int, precisions))})" if all(precisions) else ""
    return f"timestamp{widest} with{'' if zoned else 'out'} time zone"


def _cast(name: str, target: str, timezone: str) -> Cast:
    if name == target:
        return Cast()
    zoned = target.startswith("timestamp") and target.endswith(" with time zone")
    if not zoned or name.endswith(" with time zone"):
        exact = not (name == "date" and target.startswith("timestamp"))
        return Cast(forward=f"CAST({{}} AS {target})", back=f"CAST({{}} AS {name})", exact=exact)
    zone = literal(timezone)
    moment = "{}" if name.startswith("timestamp") else "CAST({} AS timestamp without time zone)"
    return Cast(
        forward=f"({moment} AT TIME ZONE {zone})",
        back=f"CAST(({{}} AT TIME ZONE {zone}) AS {name})",
        exact=timezone in _NO_SHIFT and name != "date",
    )
