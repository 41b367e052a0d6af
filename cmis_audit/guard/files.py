"""Which files hold migrations, and in which order they apply."""

import os
import re
from enum import StrEnum
from pathlib import Path, PurePosixPath

from cmis_audit.errors import SourceError
from cmis_audit.guard.django import is_django
from cmis_audit.guard.django_models import app_of
from cmis_audit.model.value import Value
from cmis_audit.sqlfile.text import read_sql_text

MOST_FILES = 5000
FILE_BYTES = 8 << 20


class Language(StrEnum):
    SQL = "sql"
    PYTHON = "python"
    PHP = "php"
    RUBY = "ruby"


_LANGUAGES = {
    ".sql": Language.SQL,
    ".py": Language.PYTHON,
    ".php": Language.PHP,
    ".rb": Language.RUBY,
}
_NUMBER = re.compile(r"(\d+)")
_UNDO = re.compile(r"(?:\A[Uu][\d._]+__.*|(?:.*[._-])?(?:down|undo|rollback))\.sql\Z")
_REPEATABLE = re.compile(r"\AR__.*\.sql\Z")
_REVISION = re.compile(r"^revision\b[^=\n]*=\s*(['\"])([^'\"\n]+)\1", re.MULTILINE)
_DOWN_REVISION = re.compile(r"^down_revision\b[^=\n]*=([^\n]*)$", re.MULTILINE)
_DEPENDENCIES = re.compile(
    r"^[ \t]+dependencies\s*(?::[^=\n]*)?=\s*\[(.*?)\]", re.MULTILINE | re.DOTALL
)
_DEPENDENCY = re.compile(r"\(\s*['\"](\w+)['\"]\s*,\s*['\"](\w+)['\"]\s*,?\s*\)")
_FIRST = "__first__"
_QUOTED = re.compile(r"['\"]([^'\"]+)['\"]")


class MigrationFile(Value, frozen=True, kw_only=True):
    path: str
    """As it was given, with `/` between its parts."""
    language: Language
    text: str


def migration_files(paths: tuple[Path, ...]) -> tuple[MigrationFile, ...]:
    """Return the migrations in the order of their versions, those of folders included.

    Files that take migrations back are left out. Raises SourceError.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_in_folder(path)))
        elif path.suffix.lower() in _LANGUAGES:
            found[path] = None
        else:
            raise SourceError(
                f"{path}: a migration to read ends in {', '.join(_LANGUAGES)}; compare two "
                "databases instead (--base SOURCE --head SOURCE)"
            )
    if len(found) > MOST_FILES:
        raise SourceError(f"there are {len(found):,} migrations, more than {MOST_FILES:,}")
    chosen = [path for path in sorted(found, key=_version) if not _UNDO.match(path.name)]
    return _by_revision([_read(path) for path in chosen])


def _in_folder(folder: Path) -> list[Path]:
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name != "__pycache__"
        )
        found += [
            Path(root, name)
            for name in sorted(names)
            if Path(name).suffix.lower() in _LANGUAGES and name != "__init__.py"
        ]
        if len(found) > MOST_FILES:
            break
    if not found:
        raise SourceError(f"{folder} holds no migration ({', '.join(_LANGUAGES)})")
    return found


def _version(path: Path) -> tuple[object, ...]:
    """Return what sorts V2 before V10, and what Flyway repeats after all versions."""
    parts = _NUMBER.split(str(path.name))
    key = [int(part) if part.isdigit() else part for part in parts]
    folder = [int(part) if part.isdigit() else part for part in _NUMBER.split(str(path.parent))]
    return bool(_REPEATABLE.match(path.name)), folder, key


def _by_revision(files: list[MigrationFile]) -> tuple[MigrationFile, ...]:
    """Return the files with Alembic's and Django's behind those that they come after."""
    own: dict[str, MigrationFile] = {}
    for file in files:
        for name in _own_names(file):
            if not name.endswith(_FIRST) or name not in own:
                own[name] = file
    placed: dict[str, MigrationFile] = {}

    def place(file: MigrationFile) -> None:
        waiting = [file]
        while waiting:
            one = waiting[-1]
            earlier = [own[name] for name in _names_before(one) if name in own]
            earlier = [each for each in earlier if each.path not in placed and each not in waiting]
            if earlier:
                waiting.append(earlier[0])
            else:
                placed[one.path] = waiting.pop()

    for file in files:
        if file.path not in placed:
            place(file)
    return tuple(placed.values())


def _own_names(file: MigrationFile) -> list[str]:
    """Return the names by which other migrations say that they come after this one."""
    if file.language is not Language.PYTHON:
        return []
    if is_django(file.text):
        stem, app = PurePosixPath(file.path).stem, app_of(file.path)
        return [f"{app}.{name}" for name in (stem, _FIRST, "__latest__")]
    found = _REVISION.search(file.text)
    return [found[2]] if found else []


def _names_before(file: MigrationFile) -> list[str]:
    if file.language is not Language.PYTHON:
        return []
    if is_django(file.text):
        found = _DEPENDENCIES.search(file.text)
        written = found[1] if found else ""
        named = [f"{app}.{name}" for app, name in _DEPENDENCY.findall(written)]
        return [*named, f"auth.{_FIRST}"] if "swappable_dependency(" in written else named
    before = _DOWN_REVISION.search(file.text)
    return list(_QUOTED.findall(before[1])) if before else []


def _read(path: Path) -> MigrationFile:
    return MigrationFile(
        path=path.as_posix(),
        language=_LANGUAGES[path.suffix.lower()],
        text=read_sql_text(path, FILE_BYTES).text,
    )
