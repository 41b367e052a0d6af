"""What is read: a server, a snapshot, an SQL file, the documented database, trees of code.

Each function imports what it needs when it is called: a command loads what it uses.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cmis_audit import resources
from cmis_audit.errors import SourceError
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.overlap import Overlaps, Question
from cmis_audit.model.plan import BOOK_COMMENT, Plan
from cmis_audit.model.report import Report
from cmis_audit.model.table_rows import RowSample, TableRows
from cmis_audit.model.visibility import Visibility

if TYPE_CHECKING:
    from cmis_audit.source.connection import Limits, Target
    from cmis_audit.source.filters import Filters
    from cmis_audit.source.live import LiveSource

Notify = Callable[[str], None]
"""Called with the name of each stage as it begins."""

Compare = Callable[[tuple[Question, ...]], Overlaps]
"""Answers which values tables have in common."""

_T = TypeVar("_T")

SNAPSHOT_SUFFIX = ".json"
FILE_SUFFIXES = (SNAPSHOT_SUFFIX, ".sql")

DEMO_DATABASE = "cmis_marketing"
DEMO_VERSION = 16
INTAKE_VERSION = 18  # the newest syntax that a file may hold


def silently(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is to be read, and how."""

    target: "Target"
    limits: "Limits"
    now: datetime
    """When it is read; a snapshot keeps its own moment."""
    load_timeout_ms: int = 120_000
    filters: "Filters | None" = None
    ask_password: Callable[[], str] | None = None
    """Asked when the server wants a password and there is none."""

    def whole(self) -> "Intake":
        """Return the same without filters."""
        return dataclasses.replace(self, filters=None)


def check_code(roots: Sequence[Path]) -> None:
    """Raise UsageError for what is no directory of code, before anything else is done."""
    if roots:
        from cmis_audit.codebase.search import distinct

        distinct(roots)


def survey_of(
    roots: Sequence[Path], catalog: Catalog, notify: Notify = silently
) -> CodeSurvey | None:
    """Return where code creates and uses the tables of a catalog, None where there is no code."""
    if not roots:
        return None
    from cmis_audit.codebase import survey

    notify("reading code")
    tables = (table.ref for table in without_books(catalog).tables)
    return survey(roots, tables, notify=notify)


def without_books(catalog: Catalog) -> Catalog:
    """Return the catalog without what consolidation plans keep for themselves, which it names."""
    books = {schema.name for schema in catalog.schemas if schema.comment == BOOK_COMMENT}
    if not books:
        return catalog
    why = "what a consolidation plan keeps for itself"
    return msgspec.structs.replace(
        catalog,
        schemas=tuple(each for each in catalog.schemas if each.name not in books),
        tables=tuple(each for each in catalog.tables if each.ref.schema not in books),
        views=tuple(each for each in catalog.views if each.ref.schema not in books),
        functions=tuple(each for each in catalog.functions if each.ref.schema not in books),
        sequences=tuple(each for each in catalog.sequences if each.ref.schema not in books),
        skipped=tuple(
            sorted({*catalog.skipped, *(Skipped(what=f"schema {b}", why=why) for b in books)})
        ),
    )


def catalog_of(intake: Intake, notify: Notify = silently) -> Catalog:
    """Return the catalog of a snapshot, an SQL file or a live server, as filtered."""
    from cmis_audit.source.filters import filtered

    file = file_of(intake)
    if file is None:
        catalog = _asking(intake, lambda source: source.read(), notify)
    elif file.suffix.lower() == SNAPSHOT_SUFFIX:
        from cmis_audit.source.snapshot import read_snapshot

        notify(f"reading {file}")
        catalog = read_snapshot(file)
    else:
        catalog = _catalog_of_sql(file, intake, notify)
    return filtered(catalog, intake.filters) if intake.filters else catalog


def comparison_of_values(intake: Intake, rows: int) -> Compare:
    """Return what compares values on a live server, reading so many rows of each table at most.

    Raises SourceError for a file: it holds no rows.
    """
    if file_of(intake) is not None:
        raise SourceError(
            f"{intake.target.source} is a file and holds no rows to sample; "
            "audit the server, or leave --sample out (--sample 0)"
        )
    return lambda questions: _asking(
        intake, lambda source: source.overlaps(questions, rows), silently
    )


def rows_on_request(intake: Intake, rows: int) -> Callable[[Catalog, Plan], RowSample]:
    """Return what reads so many rows of each table of a plan, and the rows that they point at.

    Raises SourceError for a file: it holds no rows.
    """
    if file_of(intake) is not None:
        raise SourceError(
            f"{intake.target.source} is a file and holds no rows to take along; "
            "rehearse from the server, or leave --sample-rows out"
        )

    def read(catalog: Catalog, plan: Plan) -> RowSample:
        members = tuple(each.table for cluster in plan.clusters for each in cluster.members)
        return _asking(intake, lambda source: source.rows(catalog, members, rows), silently)

    return read


def identity_of(intake: Intake, notify: Notify = silently) -> str | None:
    """Return which server a live source is; None for a file, which does not say."""
    if file_of(intake) is not None:
        return None
    return _asking(intake, lambda source: source.identity(), notify)


def file_of(intake: Intake) -> Path | None:
    """Return the file that SOURCE names, if it names one."""
    from cmis_audit.source.connection import is_conninfo

    source = intake.target.source
    if not source:
        return None
    path = Path(source)
    known = path.suffix.lower() in FILE_SUFFIXES
    if known and path.exists():
        return path
    if is_conninfo(source):
        return None
    if known:
        raise SourceError(f"{source}: there is no such file (a database of that name goes with -d)")
    if path.suffix and path.is_file():
        endings = " or ".join(FILE_SUFFIXES)
        raise SourceError(f"{source}: a file to audit ends in {endings} (-d names a database)")
    return None


def _live(intake: Intake, notify: Notify) -> "LiveSource":
    from cmis_audit.source.live import LiveSource

    return LiveSource(
        intake.target,
        now=intake.now,
        limits=intake.limits,
        progress=lambda done, total, what: notify(f"reading {what}" if done < total else "read"),
    )


def _asking(intake: Intake, read: Callable[["LiveSource"], _T], notify: Notify) -> _T:
    """Read; where the server wants a password and there was none, ask for it and read again."""
    from cmis_audit.source.failures import PasswordWantedError

    notify("connecting")
    try:
        return read(_live(intake, notify))
    except PasswordWantedError:
        if intake.ask_password is None or intake.target.password is not None:
            raise
        target = msgspec.structs.replace(intake.target, password=intake.ask_password())
        return read(_live(dataclasses.replace(intake, target=target), notify))


def _catalog_of_sql(file: Path, intake: Intake, notify: Notify) -> Catalog:
    from cmis_audit.scratch import intake as scratch
    from cmis_audit.scratch.embedded import embedded_server
    from cmis_audit.source.connection import Target

    notify("starting a scratch server")
    with embedded_server(INTAKE_VERSION) as server:
        notify(f"loading {file}")
        seconds = intake.load_timeout_ms / 1000
        loaded = scratch.load_sql(file, server, scratch.Limits(seconds=seconds))
        target = Target(source=loaded.conninfo)
        source = _live(dataclasses.replace(intake, target=target), notify)
        catalog = source.read()
    skipped = tuple(sorted({*catalog.skipped, *loaded.skipped}))
    return msgspec.structs.replace(catalog, skipped=skipped)


def demo_catalog(now: datetime, notify: Notify = silently) -> Catalog:
    """Return the catalog of the documented database, built on an embedded server."""
    return demo_contents(now, notify)[0]


def demo_contents(
    now: datetime, notify: Notify = silently
) -> tuple[Catalog, tuple[TableRows, ...]]:
    """Return the catalog of the documented database, and the rows that it holds."""
    from cmis_audit.scratch.embedded import embedded_server
    from cmis_audit.scratch.trusted import analyze, rows_of, run_files
    from cmis_audit.source.connection import Limits, Target

    notify(f"starting PostgreSQL {DEMO_VERSION}")
    with embedded_server(DEMO_VERSION) as server:
        conninfo = server.create_database(DEMO_DATABASE)
        notify(f"building {DEMO_DATABASE}")
        run_files(conninfo, (f for f in resources.demo_sql().iterdir() if f.name.endswith(".sql")))
        analyze(conninfo)
        intake = Intake(target=Target(source=conninfo), limits=Limits(), now=now)
        catalog = _live(intake, notify).read()
        return catalog, tuple(rows_of(conninfo, catalog.tables))


def visibility_of(intake: Intake, notify: Notify = silently) -> Visibility:
    """Return what the role can see of a live server."""
    if file_of(intake) is not None:
        source = intake.target.source
        raise SourceError(f"{source} is a file: what a role may see is a question to a server")
    return _asking(intake, lambda source: source.visibility(), notify)


def snapshot_text(catalog: Catalog) -> str:
    """Return the catalog as a file that `catalog_of` takes back."""
    from cmis_audit.source.snapshot import snapshot_text as text_of

    return text_of(catalog)


def with_places(report: Report, intake: Intake, formats: tuple[str, ...]) -> Report:
    """Return the report with the lines of its tables in the file audited, if a format asks."""
    from cmis_audit.render import WITH_PLACES

    file = file_of(intake) if WITH_PLACES.intersection(formats) else None
    if file is None:
        return report
    from cmis_audit.source.places import places_in_snapshot, places_in_sql

    shown = file.as_posix()
    if file.suffix.lower() == SNAPSHOT_SUFFIX:
        places = places_in_snapshot(file.read_text("utf-8"), shown)
    else:
        from cmis_audit.scratch.intake import Limits
        from cmis_audit.sqlfile.text import read_sql_text

        places = places_in_sql(read_sql_text(file, Limits().file_bytes).text, shown)
    return msgspec.structs.replace(report, places=places)


def redacted(catalog: Catalog) -> Catalog:
    """Return the catalog for handing it to somebody else: names and types alone."""
    from cmis_audit.source.redaction import redacted as redacted_catalog

    return redacted_catalog(catalog)
