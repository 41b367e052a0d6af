"""Values made to hurt, type by type, in the text form that the server reads."""

import hashlib
import json
import re
import uuid
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache

from cmis_audit.model.catalog import Catalog

_TYPE = re.compile(
    r"(?P<base>.+?)(?:\((?P<modifier>[\d,-]+)\))?"
    r"(?P<zone> with(?:out)? time zone)?(?P<array>(?:\[\])*)\Z"
)
_LONG = "long " * 600
_SENTENCE = (
    "A note of some length about what was done for the customer and when it will be done again. "
)

_TEXTS = (
    *("", " ", "a", "Zoë ☃ 𝒳 \u202eright to left", 'O\'Brien \\ "quoted"', "tab\tand\nline"),
    *("007", "12.50", "1e5", "-0", "NaN", "null", "2024-03-31 02:30:00", "act_1029", "1,5", _LONG),
    *("8c6f1d0a-2f57-4d1e-9d0b-2b9c3b0f7a11", "user@example.org", "https://example.org/a?b=c%20d"),
    *("{}", '{"a": 1}', "#aabbcc", "EUR", "en", "de-DE", "+49 30 123456", "A1", "abc", "abc_def"),
)
_DATES = ("2024-02-29", "1970-01-01", "1999-12-31", "2024-03-31", "2038-01-20", "infinity")
# The hours that clocks skip and repeat, to the microsecond.
_LOCAL = (
    *("2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-11-03 01:30:00.123456"),
    *("1970-01-01 00:00:00", "2023-12-31 23:59:59.999999", "2024-02-29 12:00:00", "infinity"),
)
_ZONED = (
    *("2024-03-31 01:30:00+00", "2024-10-27 00:30:00+00", "2024-10-27 01:30:00+00"),
    *("2024-11-03 01:30:00.123456-04", "2024-11-03 01:30:00.123456-05", "1970-01-01 00:00:00+00"),
    *("2023-12-31 23:59:59.999999+00", "2024-02-29 23:30:00-05", "-infinity"),
)
_JSON = (
    *("{}", "[]", '"text"', "12.50", '{"a": "1.5", "b": null, "ü": [1, "2", {"c": true}]}'),
    *('{"value": 10, "unit": "%", "nested": {"x": "007"}}', '[{"k": "v"}, 1e3]', "null"),
)
_NUMBERS = ("0", "1", "-1", "0.01", "12.5", "99", "100", "2147483648", "-0.5", "NaN")
_FLOATS = ("0", "-0", "1.5", "1e-7", "NaN", "Infinity", "100")

_POOLS: Mapping[str, tuple[str, ...]] = {
    "text": _TEXTS,
    "character varying": _TEXTS,
    "character": _TEXTS,
    "name": ("a", "Mixed Name", ""),
    "citext": _TEXTS,
    "smallint": ("0", "1", "-1", "32767", "5", "100"),
    "integer": ("0", "1", "-1", "2147483647", "-2147483648", "5", "100", "2024"),
    "bigint": ("0", "1", "-1", "9223372036854775807", "5", "100", "2024"),
    "numeric": _NUMBERS,
    "real": _FLOATS,
    "double precision": _FLOATS,
    "money": ("0", "12.34", "-1"),
    "boolean": ("true", "false"),
    "date": _DATES,
    "timestamp without time zone": _LOCAL,
    "timestamp with time zone": _ZONED,
    "time without time zone": ("00:00:00", "23:59:59.999999", "24:00:00", "02:30:00"),
    "time with time zone": ("00:00:00+00", "23:59:59.999999-12", "02:30:00+01"),
    "interval": ("0", "1 mon", "30 days", "-00:00:01", "1 year 2 mons 3 days 04:05:06.789"),
    "json": (*_JSON, '{"a": 1, "a": 2}', ' { "spaced" : 1 } '),
    "jsonb": _JSON,
    "bytea": ("\\x", "\\x00ff", "\\x6578616d706c65"),
    "inet": ("192.168.0.1", "10.0.0.0/8", "2001:db8::1"),
    "cidr": ("10.0.0.0/8", "2001:db8::/32"),
    "macaddr": ("08:00:2b:01:02:03",),
    "macaddr8": ("08:00:2b:01:02:03:04:05",),
    "xml": ("<a/>", "<a>ü</a>"),
    "tsvector": ("", "'a':1 'b':2"),
    "tsquery": ("'a' & 'b'",),
    "point": ("(0,0)", "(1.5,-2)"),
    "hstore": ("", '"a"=>"1", "b"=>NULL'),
    "ltree": ("a.b", "a"),
    "oid": ("0", "1"),
    "int4range": ("empty", "[1,5)", "(,)", "[3,)"),
    "int8range": ("empty", "[1,5)", "(,)"),
    "numrange": ("empty", "[0.5,1.5)", "(,)"),
    "daterange": ("empty", "[2024-01-01,2024-02-01)", "(,)", "[2024-03-31,)"),
    "tsrange": ("empty", '["2024-03-31 02:30:00","2024-04-01 00:00:00")', "(,)"),
    "tstzrange": ("empty", '["2024-03-31 01:30:00+00","2024-04-01 00:00:00+00")', "(,)"),
}
# For types that are not known: one of these may be taken.
_GUESSES = ("", "0", "a", "(0,0)", "[1,2]", "{}", "<a/>", "POINT(1 2)", "a.b", "1.5")
_DAY_MS = 86_400_000


class Values:
    """The values of one catalog's types."""

    def __init__(self, catalog: Catalog, *, plain: bool = False) -> None:
        """With `plain` the values are such as most rows hold: for measuring, not for hurting."""
        self._pools = {**_POOLS, **_plain_pools()} if plain else _POOLS
        self._enums = {str(each.ref): each.labels for each in catalog.enums}
        self._domains = {str(each.ref): each for each in catalog.domains}
        self._composites = {str(each.ref): each.attributes for each in catalog.composite_types}

    def pool(self, written: str) -> tuple[str, ...]:
        """Return values of a type, as format_type() writes it; none for one that is not known."""
        base, modifier, dimensions = self._parts(written)
        if dimensions:
            element = self.pool(written[: written.index("[")])
            short = [value for value in element if len(value) < 100][:3]
            listed = ",".join(_element(value) for value in short)
            return ("{}", "{" + listed + "}", "{NULL}") if short else ("{}",)
        if base in self._enums:
            return self._enums[base]
        if base in self._domains:
            return self.pool(self._domains[base].base_type)
        if base in self._composites:
            return tuple(self._row(base, number) for number in range(3))
        bare = base.rpartition(".")[2].strip('"')
        if bare in self._pools:
            return tuple(dict.fromkeys(_fitted(self._pools[bare], base, modifier)))
        return (*_GUESSES, _vector(modifier))

    def distinct(self, written: str, number: int, salt: str = "") -> tuple[str, ...]:
        """Return values of the type that no other number gives, each of another look.

        They are the same in every table, so that keys of tables collide. With a salt texts and
        uuids are the table's own. Nothing for a type of few values.
        """
        base, modifier, dimensions = self._parts(written)
        while base in self._domains and not dimensions:
            base, modifier, dimensions = self._parts(self._domains[base].base_type)
        if dimensions:
            return ()
        bare = base.rpartition(".")[2].strip('"')
        if bare in ("text", "character varying", "character", "citext", "name"):
            return _fitted(_names(number + _shift(salt)), base, modifier)
        if bare == "uuid":
            return (_uuid(salt, number),)
        if bare in ("smallint", "integer", "bigint", "numeric", "oid"):
            return (str(number + 1), str(1000 + number))
        if bare in ("real", "double precision"):
            return (str(number + 1),)
        if bare == "date":
            return (str(_instant(number * _DAY_MS))[:10],)
        if bare.startswith("timestamp"):
            return (str(_instant(number * 5_400_000)),)
        if bare == "bytea":
            return (f"\\x{number:08x}",)
        if bare == "inet":
            return (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",)
        return ()

    def domain_checks(self, written: str) -> tuple[str, ...]:
        """Return what the domains in a type demand."""
        base, _, _ = self._parts(written)
        if base not in self._domains:
            return ()
        domain = self._domains[base]
        own = tuple(check.definition for check in domain.checks)
        return own + self.domain_checks(domain.base_type)

    def needs_probe(self, written: str) -> bool:
        """Return whether a type may refuse what its base would take."""
        base, _, _ = self._parts(written)
        bare = base.rpartition(".")[2].strip('"')
        known = bare in self._pools or base in self._enums or base in self._composites
        return base in self._domains or not known

    @staticmethod
    @lru_cache(maxsize=1024)
    def _parts(written: str) -> tuple[str, str, int]:
        match = _TYPE.match(written)
        if match is None:
            return written, "", 0
        base = match["base"] + (match["zone"] or "")
        return base, match["modifier"] or "", len(match["array"]) // 2

    def _row(self, base: str, number: int) -> str:
        fields = []
        for attribute in self._composites[base]:
            pool = [value for value in self.pool(attribute.type) if len(value) < 100]
            fields.append(_element(pool[number % len(pool)]) if pool and number else "")
        return "(" + ",".join(fields) + ")"


@cache
def _plain_pools() -> Mapping[str, tuple[str, ...]]:
    hours = [str(_instant(number * 20 * 3_600_000)) for number in range(800)]
    texts = tuple(_SENTENCE[: 8 + number * 7 % 90].strip() for number in range(40))
    whole = tuple(str(number * 37 % 1000) for number in range(300))
    plain = {
        **dict.fromkeys(("text", "character varying", "character", "citext"), texts),
        **dict.fromkeys(("smallint", "integer", "bigint", "real", "double precision"), whole),
        "numeric": tuple(f"{number * 37 % 1000}.{number % 100:02d}" for number in range(300)),
        "uuid": tuple(_uuid("plain", number) for number in range(200)),
        "date": tuple(hour[:10] for hour in hours),
        "timestamp without time zone": tuple(hour[:19] for hour in hours),
        "timestamp with time zone": tuple(hours),
        "daterange": tuple(f"[{a[:10]},{b[:10]})" for a, b in zip(hours, hours[90:], strict=False)),
    }
    plain |= dict.fromkeys(
        ("json", "jsonb"),
        tuple(json.dumps({"n": number, "note": texts[number % 40]}) for number in range(100)),
    )
    return plain


def _shift(salt: str) -> int:
    return 1000 * (1 + zlib.crc32(salt.encode()) % 90) if salt else 0


def _element(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _vector(modifier: str) -> str:
    return "[" + ",".join(["0.5"] * int(modifier or 3)) + "]" if modifier.isdigit() else "[1,2,3]"


def _fitted(pool: tuple[str, ...], base: str, modifier: str) -> tuple[str, ...]:
    """Return what a type of that length or precision holds."""
    if not modifier:
        return pool
    if base in ("character varying", "character"):
        return tuple(value[: int(modifier)] for value in pool)
    if base == "numeric":
        precision, _, scale = modifier.partition(",")
        limit = 10.0 ** (int(precision) - int(scale or 0))
        kept = [value for value in pool if value == "NaN" or abs(float(value)) < limit]
        return tuple(kept) or ("0",)
    return pool


def _names(number: int) -> tuple[str, ...]:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    letters = chr(97 + number % 26) + chr(97 + number // 26 % 26) + chr(97 + number // 676 % 26)
    return (
        *(f"key-{number}", str(number + 1), f"ключ {number}", f"k_{number}", f"K{number:05d}"),
        *(f"user{number}@example.org", f"https://example.org/{number}", f"www{number}.example.org"),
        *(_uuid("", number), digest, digest[:32], digest[:40], f"#{number:06x}", letters),
        *(letters.upper(), letters[:2].upper(), f"+49{number:09d}", f"/path/{number}"),
    )


@lru_cache(maxsize=65536)
def _uuid(salt: str, number: int) -> str:
    digest = hashlib.md5(f"{salt}/{number}".encode(), usedforsecurity=False).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def _instant(milliseconds: int) -> str:
    from datetime import UTC, datetime, timedelta

    start = datetime(2023, 12, 30, 22, 30, tzinfo=UTC)
    return str(start + timedelta(milliseconds=milliseconds))
