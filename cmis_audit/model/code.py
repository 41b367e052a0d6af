"""Where a code tree creates and uses each table."""

from enum import StrEnum

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value


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
    file: str
    """Relative to the directory searched, with `/` between its parts."""
    line: int
    """From 1."""
    framework: str = ""
    """`laravel`, `django`, `sqlalchemy`, `alembic`, `rails`, `prisma`, `typeorm`; empty for SQL."""
    name: str = ""
    """Of a model, its class."""
    comment: str = ""
    """What the author wrote above the statement, on one line."""


class CodeSurvey(Value, frozen=True, kw_only=True):
    """What a search of code trees found; sorted."""

    roots: tuple[str, ...]
    files: int
    """How many were read."""
    references: tuple[CodeReference, ...]
    skipped: tuple[Skipped, ...] = ()
