"""Where a code tree creates and uses each table."""

import re
from enum import StrEnum

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value

_STAMP = re.compile(r"[VvUuRr]?(\d[\d_.]*)")


class CodeUse(StrEnum):
    CREATES = "creates"
    ALTERS = "alters"
    DROPS = "drops"
    MODEL = "model"
    """A class that an object mapper maps to the table."""
    QUERY = "query"
    """Anything else that names it: SQL in a string, a query builder."""


class CodeReference(Value, frozen=True, kw_only=True, order=True):
    """One place that names a table."""

    table: TableRef
    use: CodeUse
    root: int = 0
    """Which of the directories searched, from 0."""
    file: str
    """Relative to the directory searched, with `/` between its parts."""
    line: int
    """From 1."""
    framework: str = ""
    """`laravel`, `django`, `sqlalchemy`, `alembic`, `rails`, `prisma`, `typeorm`; empty for SQL."""
    name: str = ""
    """Of a model, its class; of a table created under another name, that name."""
    comment: str = ""
    """What the author wrote above the statement, on one line."""
    migration: bool = False
    """Whether the file is one of the steps that made the schema what it is."""
    candidates: int = 1
    """How many tables the name may mean: more than one where it is bare and in several schemas."""

    @property
    def stamp(self) -> str:
        """Return the digits that a migration's file name begins with, or nothing."""
        found = _STAMP.match(self.file.rpartition("/")[2]) if self.migration else None
        return re.sub(r"\D", "", found[1]) if found else ""


class CodeSurvey(Value, frozen=True, kw_only=True):
    """What a search of code trees found; sorted."""

    roots: tuple[str, ...]
    files: int
    """How many were read."""
    references: tuple[CodeReference, ...]
    skipped: tuple[Skipped, ...] = ()

    def path(self, reference: CodeReference) -> str:
        """Return the file of a reference as seen from where the search was started."""
        root = self.roots[reference.root].rstrip("/")
        return reference.file if root in ("", ".") else f"{root}/{reference.file}"
