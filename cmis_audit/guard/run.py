"""Migrations of every language, done to a catalog."""

from collections.abc import Iterable, Iterator

from cmis_audit.guard.alembic import read_alembic
from cmis_audit.guard.django import Django, is_django
from cmis_audit.guard.files import Language, MigrationFile
from cmis_audit.guard.forward import forward
from cmis_audit.guard.laravel import read_laravel
from cmis_audit.guard.rails import read_rails
from cmis_audit.guard.said import Missed, Said, Sql
from cmis_audit.guard.script import Migration
from cmis_audit.guard.state import State
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.guard import Touched, Unread
from cmis_audit.model.place import Place
from cmis_audit.model.value import Value

_READERS = {
    Language.PYTHON: read_alembic,
    Language.PHP: read_laravel,
    Language.RUBY: read_rails,
}


class After(Value, frozen=True, kw_only=True):
    """What migrations leave behind."""

    catalog: Catalog
    touched: tuple[Touched, ...]
    files: tuple[str, ...]
    unread: tuple[Unread, ...]
    notes: tuple[Skipped, ...]


def run_migrations(files: Iterable[MigrationFile], base: Catalog) -> After:
    """Return the catalog as the files would leave it; none of them is executed."""
    state = State(base)
    migration = Migration(state)
    django = Django(state)
    for file in files:
        if file.language is Language.SQL:
            migration.run(forward(file.text), file.path)
        else:
            nothing = True
            for one in _said(file, django):
                nothing = False
                if isinstance(one, Sql):
                    migration.run(one.text, file.path, one.line, spread=False)
                else:
                    place = Place(file=file.path, line=one.line)
                    migration.miss(place, one.what, one.why)
            if nothing:
                state.notes.append(Skipped(what=file.path, why="holds nothing that changes tables"))
        state.path = ("public",)
    return After(
        catalog=state.catalog(),
        touched=state.touched(),
        files=tuple(file.path for file in files),
        unread=tuple(migration.unread),
        notes=tuple(sorted(set(state.notes))),
    )


def _said(file: MigrationFile, django: Django) -> Iterator[Said]:
    """Yield what the reader of the file's language says of it."""
    try:
        if file.language is Language.PYTHON and is_django(file.text):
            yield from django.read(file.text, file.path)
        else:
            yield from _READERS[file.language](file.text)
    except RecursionError:
        yield Missed(1, "the rest of the file", "it is nested too deeply")
