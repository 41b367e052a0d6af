"""The 24 tables that are documented by name, read from `database/named_tables.txt`."""

import re
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "database" / "named_tables.txt"
_COLUMN = re.compile(r"(?P<name>\w+) (?P<type>[^!]+)(?P<not_null>!?)\Z")
_FOREIGN_KEY = re.compile(r"foreign key: (.+) -> (\S+) \((.+)\)\Z")


def named_tables() -> list[dict[str, Any]]:
    """Return table, columns (name, type, null or not null), keys, uniques and foreign keys."""
    found: list[dict[str, Any]] = []
    for line in _FILE.read_text("utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if not line.startswith(" "):
            found.append({"table": text, "columns": [], "unique": [], "foreign_keys": []})
        elif text.startswith("primary key: "):
            found[-1]["primary_key"] = _words(text.removeprefix("primary key: "))
        elif text.startswith("unique: "):
            found[-1]["unique"].append(_words(text.removeprefix("unique: ")))
        elif key := _FOREIGN_KEY.match(text):
            found[-1]["foreign_keys"].append([_words(key[1]), key[2], _words(key[3])])
        elif column := _COLUMN.match(text):
            null = "not null" if column["not_null"] else "null"
            found[-1]["columns"].append([column["name"], column["type"], null])
        else:
            raise AssertionError(f"{_FILE.name}: {line}")
    return found


def _words(text: str) -> list[str]:
    return text.split(", ")
