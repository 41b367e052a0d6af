"""A cluster made by hand in a real database, planned, and its files run by psql."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from builders import ref
from find_psql import psql_command
from msgspec.structs import replace

from cmis_audit.model.canonical import fingerprint
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import (
    Cell,
    Cluster,
    ComparisonRow,
    Kind,
    Member,
    Priority,
    Role,
    Verdict,
)
from cmis_audit.model.plan import ClusterPlan, Phase, Plan, PlanOptions
from cmis_audit.model.traits import MetricShape
from cmis_audit.plan.planner import make_plan
from cmis_audit.reading import Intake, catalog_of
from cmis_audit.source.connection import Limits, Target

FORWARD = (Phase.EXPAND, Phase.BACKFILL, Phase.VERIFY, Phase.SWITCH)


def catalog(conninfo: str) -> Catalog:
    intake = Intake(target=Target(source=conninfo), limits=Limits(), now=datetime.now(UTC))
    return catalog_of(intake)


def cluster(
    catalog: Catalog,
    *names: str,
    aligned: Mapping[str, Sequence[str]] | None = None,
    kind: Kind = Kind.VERSION,
) -> Cluster:
    """The tables, the first to be kept; columns of equal names are one, and those of `aligned`.

    `aligned` gives, for a concept, the column of each table in turn, `-` for none.
    """
    refs = [ref(name) for name in names]
    tables = {table.ref: table for table in catalog.tables}
    columns = {r: {c.name: c.type for c in tables[r].columns} for r in refs}
    rows: dict[str, list[Cell]] = {}
    used = set()
    for concept, own in (aligned or {}).items():
        for r, name in zip(refs, own, strict=True):
            if name != "-":
                cell = Cell(table=r, column=name, type=columns[r][name])
                rows.setdefault(concept, []).append(cell)
                used.add((r, name))
    for r in refs:
        for name, kind_of in columns[r].items():
            if (r, name) not in used:
                rows.setdefault(name, []).append(Cell(table=r, column=name, type=kind_of))
    return Cluster(
        id="c-0123456789",
        name=refs[0].name,
        verdict=Verdict.CONSOLIDATE,
        kind=kind,
        confidence=0.9,
        priority=Priority.HIGH,
        reason="a test says so",
        canonical=refs[0],
        tables_before=len(refs),
        tables_after=1,
        members=tuple(
            Member(
                table=r,
                role=Role.MERGE if position else Role.CANONICAL,
                columns=len(columns[r]),
                rows_estimate=None,
            )
            for position, r in enumerate(refs)
        ),
        comparison=tuple(
            ComparisonRow(concept=concept, cells=tuple(cells), type_drift=False)
            for concept, cells in rows.items()
        ),
    )


@dataclass
class Planned:
    conninfo: str
    plan: Plan
    before: str
    """The fingerprint of the catalog."""

    @property
    def cluster(self) -> ClusterPlan:
        return self.plan.clusters[0]

    @property
    def target(self) -> str:
        return str(self.cluster.targets[0].ref)

    def forward(self, *phases: Phase) -> None:
        """Run the files of the phases, of all up to the switch if none is named."""
        for step in self.cluster.steps:
            if not step.undo and step.phase in (phases or FORWARD):
                self.run(step.file)

    def back(self) -> None:
        for step in self.cluster.steps:
            if step.undo:
                self.run(step.file)

    def run(self, file: str) -> None:
        error = self.attempt(file)
        assert error is None, f"{file}: {error}"

    def attempt(self, file: str) -> str | None:
        """Run a file and return what psql said if it failed."""
        text = next(step.sql for step in self.cluster.steps if step.file == file)
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as script:
            script.write(text)
            script.flush()
            done = subprocess.run(
                [*psql_command(self.conninfo), "-f", script.name],
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                env={**os.environ, "PGOPTIONS": "", "LC_ALL": "C"},
            )
        return done.stderr if done.returncode else None

    def ledger(self) -> dict[str, tuple[int, int, int, int]]:
        """Return rows in, inserted, merged and rejected, by the member's name without schema."""
        query = (
            f"SELECT member, rows_in, inserted, merged, rejected FROM {self.cluster.book}.ledger"
        )
        return {row[0].rpartition(".")[2]: tuple(row[1:]) for row in self.rows(query)}

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def execute(self, text: str) -> None:
        execute(self.conninfo, text)

    def contents(self, *names: str) -> list[list[str]]:
        """Return every row of the tables as text, sorted."""
        found = []
        for name in names:
            rows = self.rows(f"SELECT CAST(ROW(t.*) AS text) FROM {name} t")
            found.append(sorted(row[0] for row in rows))
        return found

    def fingerprint(self) -> str:
        return fingerprint(catalog(self.conninfo))


def plan(
    conninfo: str,
    *names: str,
    aligned: Mapping[str, Sequence[str]] | None = None,
    kind: Kind = Kind.VERSION,
    **options: object,
) -> Planned:
    found = catalog(conninfo)
    made = cluster(found, *names, aligned=aligned, kind=kind)
    before = fingerprint(found)
    wanted = PlanOptions(**options)
    result = make_plan(found, (made,), wanted, fingerprint=before, tool_version="0")
    return Planned(conninfo=conninfo, plan=result, before=before)


@dataclass(frozen=True)
class Measured:
    """How a table keeps its measurements."""

    shape: MetricShape
    naming: str | None
    measures: tuple[str, ...]


def plan_of_measurements(
    conninfo: str,
    shapes: Mapping[str, Measured],
    *,
    aligned: Mapping[str, Sequence[str]] | None = None,
    **options: object,
) -> Planned:
    """Plan scattered measurements, whose shapes are given and not found out."""
    found = catalog(conninfo)
    made = cluster(found, *shapes, aligned=aligned, kind=Kind.FRAGMENTED_METRICS)
    members = []
    for member in made.members:
        how = shapes[member.table.name]
        members.append(replace(member, shape=how.shape, naming=how.naming, measures=how.measures))
    before = fingerprint(found)
    result = make_plan(
        found,
        (replace(made, members=tuple(members)),),
        PlanOptions(**options),
        fingerprint=before,
        tool_version="0",
    )
    return Planned(conninfo=conninfo, plan=result, before=before)


def plan_of_renames(
    conninfo: str, suggested: Mapping[str, str], *others: Cluster, **options: object
) -> Planned:
    """Plan other names for tables that are kept apart."""
    found = catalog(conninfo)
    before = fingerprint(found)
    result = make_plan(
        found,
        (*others, apart(found, suggested)),
        PlanOptions(renames=True, **options),
        fingerprint=before,
        tool_version="0",
    )
    return Planned(conninfo=conninfo, plan=result, before=before)


def apart(catalog: Catalog, suggested: Mapping[str, str]) -> Cluster:
    made = cluster(catalog, *suggested, kind=Kind.SAME_WORD)
    return replace(
        made,
        id="c-9876543210",
        verdict=Verdict.KEEP_APART,
        canonical=None,
        members=tuple(
            replace(member, role=Role.RELATED, suggested_name=name)
            for member, name in zip(made.members, suggested.values(), strict=True)
        ),
    )


def execute(conninfo: str, text: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(text.encode())


def through(planned: Planned, *names: str) -> None:
    """Forward, back and forward again; rows and structure are looked at each time."""
    before = planned.contents(*names)
    planned.forward()
    assert planned.contents(*names) == before, "the views give the old rows"
    planned.back()
    assert planned.contents(*names) == before, "the old tables hold their rows again"
    assert planned.fingerprint() == planned.before, "nothing is left of the plan"
    planned.forward()
    assert planned.contents(*names) == before
