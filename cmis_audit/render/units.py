"""Numbers and types as people read them."""

import re
from typing import Final

_BYTE_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")
_SHORT_TYPES: Final = (
    ("character varying", "varchar"),
    ("double precision", "float8"),
    (" without time zone", ""),
)
_ZONED: Final = re.compile(r"\b(timestamp|time)(\(\d\))? with time zone")
_CHARACTER: Final = re.compile(r"\bcharacter\b")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 table`, `5 tables`, `12,345 tables`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def human_bytes(size_bytes: int | None) -> str:
    """Return the size in powers of 1024 as pg_size_pretty names them; `unknown` for None."""
    if size_bytes is None:
        return "unknown"
    size = float(size_bytes)
    for unit in _BYTE_UNITS:
        if size < 1024 or unit == _BYTE_UNITS[-1]:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.0f} PB"


def human_rows(rows: int | None) -> str:
    """Return the row estimate; `unknown` for None (never analysed)."""
    if rows is None:
        return "unknown"
    for limit, unit in ((1e9, "billion"), (1e6, "million")):
        if rows >= limit:
            return f"{rows / limit:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{rows:,}"


def percent(part: float, whole: float) -> str:
    """Return the share as `6.2%`; `0%` of nothing."""
    if not whole or not part:
        return "0%"
    share = 100 * part / whole
    return f"{share:.0f}%" if share >= 10 else f"{share:.1f}%"


def share(fraction: float) -> str:
    """Return a fraction from 0 to 1 as whole per cent."""
    return f"{100 * fraction:.0f}%"


def points(value: float) -> str:
    """Return points without needless zeros: `4`, `3.75`."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def signed(value: float) -> str:
    """Return bits or points with their sign, one decimal: `+3.2`, `−1.5`, `0.0`."""
    rounded = round(value, 1)
    if not rounded:
        return "0.0"
    return f"+{rounded:.1f}" if rounded > 0 else f"−{-rounded:.1f}"


def bar(value: float, whole: float, width: int = 20) -> str:
    """Return a bar of full and empty blocks."""
    full = round(width * min(max(value / whole, 0.0), 1.0)) if whole else 0
    return "█" * full + "░" * (width - full)


def short_type(name: str) -> str:
    """Return the everyday name of a type: `varchar(50)` for `character varying(50)`."""
    name = _ZONED.sub(r"\1tz\2", name)
    for long, short in _SHORT_TYPES:
        name = name.replace(long, short)
    return _CHARACTER.sub("char", name)
