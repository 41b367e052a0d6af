"""The files of a code tree that are worth reading, in one order whatever the disk gives."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cmis_audit.codebase.ignoring import Ignoring
from cmis_audit.codebase.languages import Language, language_of
from cmis_audit.model.catalog import Skipped

_OF_TOOLS: Final = """
.git .hg .svn .tox .nox .mypy_cache .pytest_cache .ruff_cache .idea .vscode .cache .gradle
.terraform .yarn
"""
_INSTALLED: Final = ".venv venv node_modules bower_components vendor site-packages"
_MADE: Final = "__pycache__ .next .nuxt .svelte-kit dist build target coverage storybook-static"
NOT_ENTERED: Final = frozenset(_OF_TOOLS.split() + _INSTALLED.split() + _MADE.split())
"""Directories that hold nobody's own code."""
_NAMED: Final = 3
"""Files that a remark names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    files: int = 300_000
    """That are read."""
    entries: int = 3_000_000
    """That are looked at, directories too."""
    depth: int = 64
    file_bytes: int = 1_000_000
    total_bytes: int = 4_000_000_000
    line_letters: int = 10_000
    """Of a line in a file that is not SQL: a longer one was written by a program."""


@dataclass(frozen=True, slots=True)
class File:
    root: int
    path: str
    """Relative to its root, with `/`."""
    place: str
    language: Language


@dataclass(slots=True)
class Remarks:
    """What was passed over, by reason."""

    _of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, reason: str, path: str = "") -> None:
        self._numbers[reason] += 1
        if path and len(self._of[reason]) < _NAMED:
            self._of[reason].append(path)

    def skipped(self) -> tuple[Skipped, ...]:
        return tuple(
            sorted(Skipped(what=self._what(reason), why=reason) for reason in self._numbers)
        )

    def _what(self, reason: str) -> str:
        number, named = self._numbers[reason], self._of.get(reason, [])
        if not named:
            return f"code: {number:,} {'file' if number == 1 else 'files'}"
        more = f" and {number - len(named):,} more" if number > len(named) else ""
        return f"code: {', '.join(named)}{more}"


def files(roots: Sequence[Path], limits: Limits, remarks: Remarks) -> Iterator[File]:
    """Yield the files to be read: root by root, by name within a directory.

    Links are not followed, so that nothing outside is read and no circle is walked.
    """
    seen = 0
    for number, root in enumerate(roots):
        pending = [("", str(root), Ignoring.above(root), 0)]
        while pending:
            path, place, ignoring, depth = pending.pop()
            entries = _entries(place, path, remarks)
            ignoring = ignoring.within(place, path, {entry.name for entry in entries})
            below = []
            for entry in entries:
                seen += 1
                if seen > limits.entries:
                    remarks.add(f"not looked at: more than {limits.entries:,} entries", path)
                    return
                inner = f"{path}/{entry.name}" if path else entry.name
                if entry.is_symlink():
                    remarks.add("links are not followed", inner)
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name in NOT_ENTERED or ignoring.ignores(f"{inner}/"):
                        remarks.add(_LEFT_OUT, inner)
                    elif depth >= limits.depth:
                        remarks.add(f"deeper than {limits.depth} directories", inner)
                    else:
                        below.append((inner, entry.path, ignoring, depth + 1))
                elif not entry.is_file(follow_symlinks=False):
                    remarks.add("neither a file nor a directory", inner)
                else:
                    language = language_of(entry.name)
                    if language is None:
                        remarks.add("by their names no code that is known")
                    elif ignoring.ignores(inner):
                        remarks.add("ignored by .gitignore or .ignore", inner)
                    else:
                        yield File(number, inner, entry.path, language)
            pending.extend(reversed(below))


_LEFT_OUT: Final = "directories of tools, of what is installed or made, or ignored"


def _entries(place: str, path: str, remarks: Remarks) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        remarks.add(f"cannot be read: {(error.strerror or 'unknown').lower()}", path or place)
        return []
