"""Code trees → where they create and use the tables of a catalog."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from cmis_audit.codebase.languages import SQL
from cmis_audit.codebase.names import Names, folded
from cmis_audit.codebase.reading import read, search_paths
from cmis_audit.codebase.resolving import Heard, references
from cmis_audit.codebase.walk import File, Limits, Remarks, files
from cmis_audit.errors import UsageError
from cmis_audit.model.catalog import Skipped
from cmis_audit.model.code import CodeReference, CodeSurvey
from cmis_audit.model.names import TableRef

_MAKING: Final = frozenset(
    b"create_table createtable createmodel rename rename_table renametable renamemodel"
    b" altermodeltable create_join_table".split()
)
_MODELS: Final = {
    "php": frozenset(b"model authenticatable pivot eloquent models".split()),
    "python": frozenset(b"sqlmodel models".split()),
    "ruby": frozenset(b"applicationrecord activerecord".split()),
    "javascript": frozenset((b"entity",)),
    "braces": frozenset((b"entity",)),
    "prisma": frozenset((b"model",)),
}
_NONE: Final[frozenset[bytes]] = frozenset()
_CREATE: Final = b"create"
_CREATED: Final = frozenset((b"table", b"schema"))
_SEARCH_PATH: Final = b"search_path"
_SAMPLE: Final = 8000
"""Bytes among which a binary file has a NUL."""
_MOST: Final = 2000
"""Places of one table that are kept."""


def survey(
    roots: Sequence[Path],
    tables: Iterable[TableRef],
    limits: Limits | None = None,
    notify: Callable[[str], None] | None = None,
) -> CodeSurvey:
    """Return where code trees create and use tables. Raises UsageError for what is no directory.

    Files are read and never executed. Each is passed over at a glance unless it holds a word of a
    table's name, or of what makes or maps tables.
    """
    limits = limits or Limits()
    places = distinct(roots)
    refs = tuple(tables)
    names = Names(refs)
    words = names.words()
    remarks = Remarks()
    heard: list[Heard] = []
    paths: set[tuple[str, ...]] = set()
    number = 0
    for file, data in _contents(places, limits, remarks):
        number += 1
        if notify and number % 5000 == 0:
            notify(f"reading code: {number:,} files")
        spoken = set(folded(data).split())
        if _SEARCH_PATH in spoken:
            paths |= search_paths(data.decode("utf-8", "replace"))
        if not _may_speak(spoken, words, file.language.name):
            continue
        found = read(data.decode("utf-8", "replace"), file.language, file.path)
        if found:
            heard.append(Heard(file.root, file.path, found))
    known = {tuple(one for one in path if one in names.schemas()) for path in paths} - {()}
    names = Names(refs, known.pop()) if len(known) == 1 else names
    found_all = references(heard, names)
    kept, more = _bounded(found_all)
    return CodeSurvey(
        roots=tuple(str(root) for root in places),
        files=number,
        references=tuple(kept),
        skipped=tuple(sorted({*remarks.skipped(), *_doubtful(kept), *more})),
    )


def distinct(roots: Sequence[Path]) -> list[Path]:
    """Return the directories, each once and none that lies within another. Raises UsageError."""
    resolved: dict[Path, Path] = {}
    for root in roots:
        if not root.is_dir():
            what = "is not a directory" if root.exists() else "there is no such directory"
            raise UsageError(f"--code {root}: {what}; give the top of a code tree")
        resolved.setdefault(root.resolve(), root)
    return [root for place, root in resolved.items() if resolved.keys().isdisjoint(place.parents)]


def _may_speak(spoken: set[bytes], words: frozenset[bytes], language: str) -> bool:
    return (
        not words.isdisjoint(spoken)
        or not _MAKING.isdisjoint(spoken)
        or not _MODELS.get(language, _NONE).isdisjoint(spoken)
        or (_CREATE in spoken and not _CREATED.isdisjoint(spoken))
    )


def _contents(
    roots: Sequence[Path], limits: Limits, remarks: Remarks
) -> Iterator[tuple[File, bytes]]:
    """Yield the files with what is in them, within the limits."""
    left, number = limits.total_bytes, 0
    for file in files(roots, limits, remarks):
        if number >= limits.files or left <= 0:
            remarks.add(
                f"not read: more than {limits.files:,} files or {limits.total_bytes:,} bytes"
            )
            return
        try:
            data = _read(file.place, limits.file_bytes)
        except OSError as error:
            remarks.add(f"cannot be read: {(error.strerror or 'unknown').lower()}", file.path)
            continue
        if data is None:
            remarks.add("neither a file nor a directory", file.path)
        elif len(data) > limits.file_bytes:
            remarks.add(f"larger than {limits.file_bytes:,} bytes", file.path)
        elif b"\0" in data[:_SAMPLE]:
            remarks.add("binary", file.path)
        elif file.language is not SQL and _is_wide(data, limits.line_letters):
            remarks.add(f"a line of more than {limits.line_letters:,} letters", file.path)
        else:
            left -= len(data)
            number += 1
            yield file, data


def _read(place: str, most: int) -> bytes | None:
    """Return what is in a file, a byte more than `most` where it is larger; None if it is none.

    Neither waits for a pipe nor follows a link that took the place of the file.
    """
    handle = os.open(
        place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    )
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return None
        # one byte more than there should be: what is larger, or grows meanwhile, shows
        return os.read(handle, min(status.st_size, most) + 1)
    finally:
        os.close(handle)


def _is_wide(data: bytes, letters: int) -> bool:
    if len(data) <= letters:
        return False
    start = 0
    while len(data) - start > letters:
        end = data.rfind(b"\n", start, start + letters + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _bounded(found: list[CodeReference]) -> tuple[list[CodeReference], list[Skipped]]:
    kept: list[CodeReference] = []
    left_out: dict[TableRef, int] = {}
    numbers: dict[TableRef, int] = {}
    for one in found:
        numbers[one.table] = numbers.get(one.table, 0) + 1
        if numbers[one.table] <= _MOST:
            kept.append(one)
        else:
            left_out[one.table] = left_out.get(one.table, 0) + 1
    return kept, [
        Skipped(what=f"code: {table}", why=f"{number:,} more places name it")
        for table, number in left_out.items()
    ]


def _doubtful(found: Sequence[CodeReference]) -> Iterator[Skipped]:
    """Yield the bare names that may mean several tables."""
    several: dict[str, set[str]] = {}
    for one in found:
        if one.candidates > 1:
            several.setdefault(one.table.name, set()).add(one.table.schema)
    for name, schemas in several.items():
        yield Skipped(
            what=f"code: {name}",
            why=f"without a schema it may mean that of {', '.join(sorted(schemas))}: "
            "listed for each, counted for none",
        )
