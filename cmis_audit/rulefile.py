"""A file of rules with the place that messages name, and TOML read strictly from it."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from cmis_audit.errors import RuleError, did_you_mean

_TOML_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_UNKNOWN = re.compile(r"unknown field `(.+?)`")
_KEY_OF_PATH = re.compile(r"`\$[^`]*\.(\w+)")
_MISSING = re.compile(r"missing required field `(.+?)`")

_T = TypeVar("_T", bound=msgspec.Struct)


class RuleFile(msgspec.Struct, frozen=True):
    """A text with the path that messages name."""

    path: str
    text: str
    first_line: int = 1
    """Of `text`, within the file."""

    def error(self, line: int, message: str) -> RuleError:
        return RuleError(f"{self.path}:{line + self.first_line - 1}: {message}")

    def line_of(self, key: str) -> int:
        """Return the line that sets a key or opens a table of that name; the first if none does."""
        name = rf"""["']?{re.escape(key)}["']?"""
        found = re.search(
            rf"(?m)^[ \t]*(?:{name}\s*[=.]|\[+[^\]\n]*\b{name}\s*\]|.*[{{,]\s*{name}\s*=)",
            self.text,
        )
        return self.text.count("\n", 0, found.start()) + 1 if found else 1


def toml_of(file: RuleFile) -> dict[str, Any]:
    """Return the file as TOML; raises RuleError with the line."""
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _TOML_LINE.search(message)
        line = int(place[1]) if place else file.text.count("\n") + 1
        reason = _TOML_LINE.sub("", message).replace(" (at end of document)", " at the end")
        raise file.error(line, f"not TOML: {reason}") from error
    except RecursionError:
        raise file.error(1, "not TOML: it is nested too deeply") from None


def converted(
    data: Mapping[str, Any], kind: type[_T], file: RuleFile, also_known: tuple[str, ...] = ()
) -> _T:
    """Return the data as a value of the type; any key it does not know is an error."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message = str(error)
    if unknown := _UNKNOWN.search(message):
        known = {*kind.__struct_fields__, *also_known}
        hint = did_you_mean(unknown[1], known)
        raise file.error(file.line_of(unknown[1]), f"unknown key '{unknown[1]}'{hint}")
    if missing := _MISSING.search(message):
        raise file.error(1, f"'{missing[1]}' is missing")
    place = _KEY_OF_PATH.search(message)
    key = place[1] if place else ""
    reason = message.split(" - at ", maxsplit=1)[0]
    raise file.error(file.line_of(key), f"'{key}': {reason[:1].lower()}{reason[1:]}")
