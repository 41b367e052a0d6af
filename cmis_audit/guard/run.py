"""Migrations of every language, done to a catalog."""

from collections.abc import Iterable

from cmis_audit.guard.files import MigrationFile
from cmis_audit.guard.script import Migration
from cmis_audit.guard.state import State
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.guard import Touched, Unread
from cmis_audit.model.value import Value


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
    for file in files:
        migration.run(file.text, file.path)
        state.path = ("public",)
    return After(
        catalog=state.catalog(),
        touched=state.touched(),
        files=tuple(file.path for file in files),
        unread=tuple(migration.unread),
        notes=tuple(sorted(set(state.notes))),
    )
