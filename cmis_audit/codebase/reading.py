"""One file of code → what it says of tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cmis_audit.codebase import (
    django,
    entities,
    laravel,
    phrases,
    prisma,
    rails,
    sqlalchemy,
)
from cmis_audit.codebase.comments import Comments
from cmis_audit.codebase.languages import SQL, Language
from cmis_audit.codebase.mention import Mention
from cmis_audit.codebase.sql import is_sql, may_hold_sql, sql_mentions
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

_MIGRATION: Final = re.compile(
    r"(?:^|/)(?:migrations?|migrate|versions|changelogs?|flyway)/|(?:^|/)[VUR]\d[\w.]*__[^/]*\Z"
)
_BACK: Final = re.compile(
    r"\bfunction\s+down\s*\(|\bdef\s+(?:downgrade|down)\b|\b(?:exports\.|async\s+|function\s+)down\b"
)
_FORTH: Final = re.compile(
    r"\bfunction\s+up\s*\(|\bdef\s+(?:upgrade|up|change)\b|\b(?:exports\.|async\s+|function\s+)up\b"
)
_BACK_FILE: Final = re.compile(r"(?:^|[/._-])down\.sql\Z|(?:^|/)U\d[\w.]*__[^/]*\Z")
_BACK_PART: Final = re.compile(r"^--\s*\+(?:goose|migrate)\s+[Dd]own\b", re.MULTILINE)
_PATH: Final = re.compile(
    r"\bsearch_path['\"]?\s*(?:=>?|:|\bto\b)\s*(?P<said>[^\n;]{1,200})", re.IGNORECASE
)
_TELLING: Final = frozenset({CodeUse.CREATES, CodeUse.ALTERS, CodeUse.DROPS, CodeUse.MODEL})
_MOST: Final = 5000
"""Mentions of one file that are kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one file says: a mention, its line and its comment."""

    mention: Mention
    line: int
    comment: str


def is_migration(path: str) -> bool:
    """Tell whether a file is a step in the making of a schema, by where it lies."""
    return _MIGRATION.search(path) is not None


def read(content: str, language: Language, path: str) -> list[Found]:
    """Return what a file says of tables, in its order."""
    migration = is_migration(path)
    if language is SQL and _BACK_FILE.search(path):
        return []
    text = Text(_forth(content) if language is SQL else content, language)
    undone = _undone(text) if migration else (0, 0)
    mentions = sorted(
        (one for one in _mentions(text, path) if not undone[0] <= one.offset < undone[1]),
        key=lambda one: one.offset,
    )[:_MOST]
    telling = [one.offset for one in mentions if one.use in _TELLING]
    if not mentions:
        return []
    first = telling[0] if migration and telling else None
    comments = Comments(text) if telling else None
    return [
        Found(
            one,
            text.line(one.offset),
            comments.of(one.offset, first) if comments and one.use in _TELLING else "",
        )
        for one in mentions
    ]


def _mentions(text: Text, path: str) -> Iterator[Mention]:
    if text.language is SQL:
        yield from sql_mentions(text.whole)
        return
    match text.language.name:
        case "php":
            yield from laravel.mentions(text)
        case "python":
            yield from django.mentions(text, path)
            yield from sqlalchemy.mentions(text)
        case "ruby":
            yield from rails.mentions(text)
        case "prisma":
            yield from prisma.mentions(text)
        case "javascript" | "braces":
            yield from entities.mentions(text)
        case _:
            pass
    yield from phrases.mentions(text)
    for start, string in text.spoken() if may_hold_sql(text.whole) else ():
        if is_sql(string):
            yield from sql_mentions(string, start)


def _forth(sql: str) -> str:
    """Return SQL without the part that says how to go back."""
    back = _BACK_PART.search(sql)
    return sql[: back.start()] if back else sql


def search_paths(content: str) -> set[tuple[str, ...]]:
    """Return the lists of schemas in which bare names are looked up, as a file sets them."""
    found = set()
    for one in _PATH.finditer(content):
        quoted = re.findall(r"['\"]([^'\"]*)['\"]?", one["said"])
        said = quoted[-1] if quoted else one["said"]
        found.add(tuple(re.findall(r"\w[\w-]*", said)))
    return found


def _undone(text: Text) -> tuple[int, int]:
    """Return where a migration says how to go back: that is no use of a table."""
    back = _BACK.search(text.bare)
    if not back:
        return 0, 0
    forth = _FORTH.search(text.bare, back.end())
    return back.start(), forth.start() if forth else len(text.whole)
