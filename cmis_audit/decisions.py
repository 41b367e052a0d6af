"""What a team has decided, read strictly from a settings file: `[[waivers]]` and `[[tables]]`."""

import datetime
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from cmis_audit.errors import SettingsError, did_you_mean

if TYPE_CHECKING:
    from cmis_audit.model.decisions import Registered
    from cmis_audit.model.waiver import Waiver

_WAIVER_KEYS = ("id", "tables", "schemas", "rule", "reason", "until")
_TABLE_KEYS = ("name", "owner", "purpose", "canonical-for")

_T = TypeVar("_T")


def waivers_of(value: object) -> "tuple[Waiver, ...]":
    """Return the waivers. Raises SettingsError, which says which of them is wrong and how."""
    return _entries(value, "waivers", _WAIVER_KEYS, _waiver)


def register_of(value: object) -> "tuple[Registered, ...]":
    """Return the table register. Raises SettingsError as `waivers_of` does."""
    found = _entries(value, "tables", _TABLE_KEYS, _registered)
    names = [one.name for one in found]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise SettingsError(f"[[tables]] number {place + 1}: {name} is registered already")
    return found


def _entries(
    value: object, heading: str, known: tuple[str, ...], made: Callable[[dict[str, Any]], _T]
) -> tuple[_T, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise SettingsError(f"must be tables of TOML, each under [[{heading}]]")
    found = []
    for number, entry in enumerate(value, start=1):
        try:
            _check_keys(entry, known)
            found.append(made(entry))
        except SettingsError as error:
            raise SettingsError(f"[[{heading}]] number {number}: {error}") from None
    return tuple(found)


def _check_keys(entry: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in entry:
        if key not in known:
            raise SettingsError(f"unknown key '{key}'{did_you_mean(key, known)}")


def _waiver(entry: dict[str, Any]) -> "Waiver":
    from cmis_audit.model.waiver import Waiver

    reason = _words(entry, "reason")
    if reason is None:
        raise SettingsError("'reason' is missing: say why the team lives with it")
    if sum(key in entry for key in ("id", "tables", "schemas")) != 1:
        raise SettingsError("either 'id' or 'tables' or 'schemas' says what it covers")
    if "rule" in entry and "tables" not in entry:
        raise SettingsError("'rule' goes with 'tables'; the rest says enough")
    tables = tuple(_table(each) for each in _list(entry, "tables"))
    if "tables" in entry and not tables:
        raise SettingsError("'tables' names none")
    schemas = _list(entry, "schemas")
    if "schemas" in entry and len(set(schemas)) < 2:
        raise SettingsError("'schemas' must name a schema and those that repeat it")
    return Waiver(
        reason=reason,
        id=_words(entry, "id"),
        tables=tables,
        schemas=schemas,
        rule=_words(entry, "rule"),
        until=_day(entry),
    )


def _registered(entry: dict[str, Any]) -> "Registered":
    from cmis_audit.model.decisions import Registered

    name = _words(entry, "name")
    if name is None:
        raise SettingsError("'name' is missing")
    stands_for = _list(entry, "canonical-for")
    if name in stands_for:
        raise SettingsError(f"{name} is canonical for itself")
    return Registered(
        name=_table(name),
        owner=_words(entry, "owner"),
        purpose=_words(entry, "purpose"),
        canonical_for=stands_for,
    )


def _words(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"'{key}' must be words, not {value!r}")
    return " ".join(value.split())


def _list(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(o, str) and o.strip() for o in value):
        raise SettingsError(f"'{key}' must be a list of words, not {value!r}")
    return tuple(each.strip() for each in value)


def _table(name: str) -> str:
    if "." not in name:
        raise SettingsError(f"'{name}' is no table: write it with its schema, as schema.table")
    return name


def _day(entry: Mapping[str, Any]) -> str | None:
    value = entry.get("until")
    if value is None:
        return None
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.date.fromisoformat(value)
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise SettingsError(f"'until' must be a day such as 2026-12-31, not {value!r}")
    return value.isoformat()
