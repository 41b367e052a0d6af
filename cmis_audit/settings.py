"""What the user asked for, as one frozen value: flags > environment > file > defaults.

The environment is `CMIS_AUDIT_*` (`CMIS_AUDIT_FAIL_UNDER=70`). The file is `cmis-audit.toml` in the
working directory, else the table `[tool.cmis-audit]` of its `pyproject.toml`, else none; keys are
the long options without dashes in front (`fail-under = 70`). How to connect is not among them:
that is libpq's to know.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmis_audit.decisions import register_of, waivers_of
from cmis_audit.errors import SettingsError, did_you_mean
from cmis_audit.textfile import TooLargeError, text_of

if TYPE_CHECKING:
    from cmis_audit.model.decisions import Registered
    from cmis_audit.model.waiver import Waiver

PREFIX = "CMIS_AUDIT_"
OWN_FILE = "cmis-audit.toml"
PYPROJECT = "pyproject.toml"

SEVERITIES = ("critical", "high", "medium", "low")
"""As in `model.rule.Severity`, the worst first; a test compares them."""

_DURATION = re.compile(r"(\d+)\s*(ms|s|min|h)?\Z")
_MILLISECONDS = {None: 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
_LONGEST_MS = 2**31 - 1
_MOST_ROWS = 100_000  # a server would sort them in files, and for a minute
_BOOLEANS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A plain dataclass: `--version` and `--help` load it, and msgspec would cost them time."""

    pack: tuple[str, ...] = ("cmis", "governance")
    """The first gives the score and what gates look at; the others are told beside it."""
    rules: Path | None = None
    """A team's own rules."""
    output: str = "cmis-audit-out"
    """A directory, or `-` for standard output."""
    format: tuple[str, ...] = ("markdown", "json")
    fail_under: float | None = None
    fail_on: str | None = None
    """The least severity of a finding that fails the gate."""
    exit_zero: bool = False
    """Gates do not fail."""
    code: tuple[Path, ...] = ()
    """Directories of code in which the tables are looked for."""
    sample: int = 0
    """Rows to read of each table of a likely pair; 0 reads none."""
    schema: tuple[str, ...] = ()
    exclude_schema: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    exclude_table: tuple[str, ...] = ()
    statement_timeout: int = 60_000
    """Milliseconds, like all timeouts here; 0 waits for ever."""
    lock_timeout: int = 2_000
    load_timeout: int = 120_000
    """For loading an SQL file."""
    quiet: bool = False
    verbose: bool = False
    color: bool = True
    history: Path | None = None
    """Where earlier audits are kept."""
    baseline: Path | None = None
    """An audit: gates look only at what is new or worse."""
    waivers: tuple["Waiver", ...] = ()
    tables: tuple["Registered", ...] = ()
    """The table register."""
    read_from: Path | None = None
    """The file that said something, if one did; nobody sets it."""
    waiver_lines: tuple[int, ...] = ()
    """Where each of the waivers stands in that file; nobody sets it."""
    table_lines: tuple[int, ...] = ()


def load_settings(
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    folder: Path,
    config: Path | None = None,
) -> Settings:
    """Return the settings; a flag that is None or empty was not given.

    `folder` is where a file is looked for, `config` names one that must be there. Raises
    SettingsError, which names the file, variable or option.
    """
    values: dict[str, Any] = {}
    path, table, text = _file_table(folder, config)
    for key, value in table.items():
        name = _known(key, path)
        values[name] = _value(name, value, f"{path}: {key}")
        if name in _PLACES and values[name] != "-":
            values[name] = type(values[name])(path.parent / values[name])
        if name == "code":
            values[name] = tuple(path.parent / each for each in values[name])
    for variable, text in sorted(environment.items()):
        setting = _setting_of(variable)
        if setting and text:
            values[setting] = _value(setting, text, variable)
    for option, given in flags.items():
        if given is not None and given != ():
            values[option] = _value(option, given, "--" + _key(option))
    return Settings(
        **values,
        read_from=path if table else None,
        waiver_lines=_entry_lines(path, text, "waivers", table),
        table_lines=_entry_lines(path, text, "tables", table),
    )


def _entry_lines(path: Path, text: str, key: str, table: dict[str, Any]) -> tuple[int, ...]:
    if key not in table:
        return ()
    from cmis_audit.tomlplaces import entry_lines

    above = ("tool", "cmis-audit") if path.name == PYPROJECT else ()
    lines = entry_lines(text, (*above, key))
    return lines if len(lines) == len(table[key]) else ()


def _file_table(folder: Path, config: Path | None) -> tuple[Path, dict[str, Any], str]:
    """Return the file that was found, its keys and its text; none if there is no file."""
    own, pyproject = folder / OWN_FILE, folder / PYPROJECT
    if config is not None:
        return config, *_table_of(config)
    if own.is_file():
        return own, *_table_of(own)
    if pyproject.is_file():
        return pyproject, *_table_of(pyproject)
    return own, {}, ""


def _table_of(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = text_of(path)
        data = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except TooLargeError as error:
        raise SettingsError(f"{path}: {error}, no settings file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    except RecursionError:
        raise SettingsError(f"{path}: is nested too deeply") from None
    if path.name == PYPROJECT:
        tool = data.get("tool", {})
        data = tool.get("cmis-audit", {}) if isinstance(tool, dict) else {}
        if not isinstance(data, dict):
            raise SettingsError(f"{path}: 'tool.cmis-audit' must be a table")
    return data, text


def _known(key: str, path: Path) -> str:
    if key in _KEYS:
        return _KEYS[key]
    raise SettingsError(f"{path}: unknown key '{key}'{did_you_mean(key, _KEYS)}")


def _setting_of(variable: str) -> str | None:
    """Return the setting of a variable; another program's is none, a misspelt one is an error."""
    if not variable.startswith(PREFIX):
        return None
    name = variable.removeprefix(PREFIX).lower()
    if name in _PARSERS:
        return name
    near = difflib.get_close_matches(name, _PARSERS, n=1, cutoff=0.75)
    if near:
        meant = PREFIX + near[0].upper()
        raise SettingsError(f"environment: unknown variable {variable}; did you mean {meant}?")
    return None


def _value(name: str, value: object, origin: str) -> object:
    try:
        return _PARSERS[name](value)
    except ValueError as error:
        raise SettingsError(f"{origin}: {error}, not {value!r}") from None
    except SettingsError as error:
        raise SettingsError(f"{origin}: {error}") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a word")
    return value


def _path(value: object) -> Path:
    return value if isinstance(value, Path) else Path(_text(value))


def _words(value: object) -> tuple[str, ...]:
    """Return the words of a list, or of one text with commas between them."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(each, str) for each in parts):
        raise ValueError("must be a list of words")
    words = tuple(each.strip() for each in parts)
    if not all(words):
        raise ValueError("must hold no empty word")
    return words


def _packs(value: object) -> tuple[str, ...]:
    """Return the names of packs, each of which may hold several with commas between them."""
    parts = (value,) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not parts:
        raise ValueError("must name a rule pack, or a list of them")
    names = tuple(name for part in parts for name in _words(part))
    if len(set(names)) < len(names):
        raise ValueError("must name each rule pack once")
    return names


def _paths(value: object) -> tuple[Path, ...]:
    if isinstance(value, tuple) and all(isinstance(each, Path) for each in value):
        return value
    return tuple(map(Path, _words(value)))


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    raise ValueError("must be true or false")


def _score(value: object) -> float:
    number = math.nan
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        with suppress(ValueError):
            number = float(value)
    if not 0 <= number <= 100:
        raise ValueError("must be a number from 0 to 100")
    return number


def _rows(value: object) -> int:
    """Return a number of rows; bounded, for they are somebody's production."""
    number = -1
    if isinstance(value, str | int) and not isinstance(value, bool):
        with suppress(ValueError):
            number = int(value)
    if not 0 <= number <= _MOST_ROWS:
        raise ValueError(f"must be a number of rows from 0 to {_MOST_ROWS}")
    return number


def _severity(value: object) -> str:
    if value not in SEVERITIES:
        raise ValueError(f"must be one of {', '.join(SEVERITIES)}")
    return str(value)


def _duration(value: object) -> int:
    """Return milliseconds, written as PostgreSQL's own timeouts are: `1500`, `500ms`, `30s`."""
    plain = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    found = _DURATION.match(plain.strip()) if isinstance(plain, str) else None
    if not found or int(found[1]) * _MILLISECONDS[found[2]] > _LONGEST_MS:
        raise ValueError("must be milliseconds or a time such as 30s")
    return int(found[1]) * _MILLISECONDS[found[2]]


_PARSERS: dict[str, Callable[[object], object]] = {
    "pack": _packs,
    "rules": _path,
    "output": _text,
    "format": _words,
    "fail_under": _score,
    "fail_on": _severity,
    "exit_zero": _boolean,
    "code": _paths,
    "sample": _rows,
    "schema": _words,
    "exclude_schema": _words,
    "table": _words,
    "exclude_table": _words,
    "statement_timeout": _duration,
    "lock_timeout": _duration,
    "load_timeout": _duration,
    "quiet": _boolean,
    "verbose": _boolean,
    "color": _boolean,
    "history": _path,
    "baseline": _path,
    "waivers": waivers_of,
    "tables": register_of,
}
_PLACES = ("rules", "output", "history", "baseline")
"""Read from a file, they are relative to where it lies."""


def _key(name: str) -> str:
    return name.replace("_", "-")


_KEYS = {_key(name): name for name in _PARSERS}
