"""Where the tables stand in a snapshot or SQL file: the line of each."""

import json
import re
from collections.abc import Iterator

from cmis_audit.model.names import TableRef
from cmis_audit.model.place import Place, TablePlace
from cmis_audit.sqlfile.statements import MetaCommand, Script
from cmis_audit.sqlfile.tokens import Cursor, UnreadableError, tokens_of

_REF = re.compile(
    r'"ref":\s*\{\s*"schema":\s*("(?:[^"\\]|\\.)*"),\s*"name":\s*("(?:[^"\\]|\\.)*")\s*\}'
)
_CREATE = re.compile(
    r"CREATE\s+(?:UNLOGGED\s+|FOREIGN\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?", re.IGNORECASE
)


def places_in_snapshot(text: str, file: str) -> tuple[TablePlace, ...]:
    """Return the line of each relation: tables come before all that may share their name."""
    return _sorted(_first(_in_snapshot(text)), file)


def places_in_sql(text: str, file: str) -> tuple[TablePlace, ...]:
    """Return the line of each CREATE TABLE; a bare name stands in `public`."""
    return _sorted(_first(_in_sql(text)), file)


def _in_snapshot(text: str) -> Iterator[tuple[TableRef, int]]:
    line, position = 1, 0
    for found in _REF.finditer(text):
        line += text.count("\n", position, found.start())
        position = found.start()
        yield TableRef(schema=json.loads(found[1]), name=json.loads(found[2])), line


def _in_sql(text: str) -> Iterator[tuple[TableRef, int]]:
    for piece in Script(text).pieces():
        if isinstance(piece, MetaCommand):
            continue
        found = _CREATE.match(piece.text)
        if found is None:
            continue
        head = piece.text[found.end() :].partition("(")[0]
        try:
            parts = Cursor(head, tokens_of(head)).names()
        except UnreadableError:
            continue
        schema = parts[-2] if len(parts) > 1 else "public"
        yield TableRef(schema=schema, name=parts[-1]), piece.line


def _first(places: Iterator[tuple[TableRef, int]]) -> dict[TableRef, int]:
    found: dict[TableRef, int] = {}
    for ref, line in places:
        found.setdefault(ref, line)
    return found


def _sorted(lines: dict[TableRef, int], file: str) -> tuple[TablePlace, ...]:
    return tuple(
        TablePlace(table=ref, place=Place(file=file, line=line))
        for ref, line in sorted(lines.items())
    )
