"""Values of the model in a line each, so that a test fits a screen."""

import re
from collections import Counter

from cmis_audit.model.catalog import (
    Catalog,
    Column,
    ForeignKey,
    Function,
    Key,
    Schema,
    Skipped,
    Table,
    TableStatistics,
    View,
)
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
from cmis_audit.model.finding import Finding
from cmis_audit.model.history import Past
from cmis_audit.model.match import Alike, ColumnMatch, Evidence, Match, Relation
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report, Totals
from cmis_audit.model.rule import Rule, Severity, Unit
from cmis_audit.model.schema_copy import SchemaCopies, SchemaCopy, SchemaKind, TablePair
from cmis_audit.model.score import ClusterPayoff, Deduction, Score

_COLUMN = re.compile(
    r"(?P<name>\S+)\s+(?P<type>.+?)"
    r"(?P<pk>\s+pk)?(?P<unique>\s+unique)?(?P<not_null>\s+not null)?"
    r"(?:\s+->\s+(?P<target>\S+))?\Z"
)


def ref(name: str | TableRef) -> TableRef:
    """`cmis.orders`; a name without a dot stands in `public`."""
    if isinstance(name, TableRef):
        return name
    schema, _, bare = name.rpartition(".")
    return TableRef(schema=schema or "public", name=bare)


def column(spec: str | Column) -> Column:
    """`total numeric`, `id uuid pk`, `name text not null`, `org_id uuid -> cmis.orgs`."""
    if isinstance(spec, Column):
        return spec
    found = _parsed(spec)
    nullable = not (found["pk"] or found["not_null"])
    return Column(name=found["name"], type=found["type"], nullable=nullable)


def table(
    name: str | TableRef, *columns: str | Column, rows: int | None = None, **fields: object
) -> Table:
    """`table("cmis.orders", "id uuid pk", "total numeric")`; further fields as `Table` has them."""
    parsed = [_parsed(spec) for spec in columns if isinstance(spec, str)]
    primary = tuple(spec["name"] for spec in parsed if spec["pk"])
    bare = ref(name).name
    values: dict[str, object] = {
        "ref": ref(name),
        "columns": tuple(column(spec) for spec in columns),
        "primary_key": Key(name=f"{bare}_pkey", columns=primary) if primary else None,
        "uniques": tuple(
            Key(name=f"{bare}_{spec['name']}_key", columns=(spec["name"],))
            for spec in parsed
            if spec["unique"]
        ),
        "foreign_keys": tuple(
            ForeignKey(
                name=f"{bare}_{spec['name']}_fkey",
                columns=(spec["name"],),
                target=ref(spec["target"]),
                target_columns=("id",),
            )
            for spec in parsed
            if spec["target"]
        ),
        "statistics": TableStatistics(rows_estimate=rows) if rows is not None else None,
    }
    return Table(**{**values, **fields})


def view(name: str | TableRef, *reads: str | TableRef, **fields: object) -> View:
    return View(ref=ref(name), reads=tuple(sorted(map(ref, reads))), **fields)


def function(name: str | TableRef, body: str, *reads: str | TableRef, **fields: object) -> Function:
    values: dict[str, object] = {"arguments": "", "kind": "function", "language": "plpgsql"}
    return Function(
        ref=ref(name), body=body, reads=tuple(sorted(map(ref, reads))), **{**values, **fields}
    )


def catalog(*tables: Table, views: tuple[View, ...] = (), **fields: object) -> Catalog:
    """A catalog as the server would give it: tables and views sorted, schemas those in use."""
    relations = [one.ref for one in (*tables, *views)]
    values: dict[str, object] = {
        "database": "shop",
        "server_version": "16.4",
        "server_version_number": 160004,
        "read_at": "2026-01-02T03:04:05Z",
        "role": "auditor",
        "schemas": tuple(Schema(name=name) for name in sorted({one.schema for one in relations})),
        "tables": tuple(sorted(tables, key=lambda one: one.ref)),
        "views": tuple(sorted(views, key=lambda one: one.ref)),
    }
    return Catalog(**{**values, **fields})


def evidence(signal: str, bits: float, detail: str = "seen") -> Evidence:
    return Evidence(signal=signal, bits=bits, detail=detail)


def match(left: Table, right: Table, *reasons: Evidence, **fields: object) -> Match:
    """Align the columns that have the same name; a `name` reason of 8 bits unless others given."""
    left, right = sorted((left, right), key=lambda one: one.ref)
    types = {one.name: one.type for one in right.columns}
    shared = [one for one in left.columns if one.name in types]
    smaller = min(len(left.columns), len(right.columns))
    names = {one.name for one in (*left.columns, *right.columns)}
    reasons = reasons or (evidence("name", 8.0, "the names differ by v2"),)
    values: dict[str, object] = {
        "left": left.ref,
        "right": right.ref,
        "relation": Relation.SAME,
        "markers": (),
        "bits": round(sum(reason.bits for reason in reasons), 2),
        "confidence": 0.9,
        "columns": tuple(
            ColumnMatch(
                left=one.name,
                right=one.name,
                how=Alike.EXACT,
                bits=1.0,
                same_type=one.type == types[one.name],
            )
            for one in shared
        ),
        "same_name_columns": tuple(sorted(one.name for one in shared)),
        "containment": len(shared) / smaller if smaller else 0.0,
        "jaccard": len(shared) / len(names) if names else 0.0,
        "evidence": tuple(reason for reason in reasons if reason.bits > 0),
        "counter_evidence": tuple(reason for reason in reasons if reason.bits <= 0),
    }
    return Match(**{**values, **fields})


def member(one: Table, role: Role = Role.MERGE, **fields: object) -> Member:
    rows = one.statistics.rows_estimate if one.statistics else None
    return Member(table=one.ref, role=role, columns=len(one.columns), rows_estimate=rows, **fields)


def cluster(
    name: str, *tables: Table, related: tuple[Table, ...] = (), **fields: object
) -> Cluster:
    """A consolidate cluster of kind `version`, its first table canonical.

    The comparison and the pairs are those that equal column names give.
    """
    everyone = (*tables, *related)
    roles = [
        *[Role.CANONICAL][: len(tables)],
        *[Role.MERGE] * (len(tables) - 1),
        *[Role.RELATED] * len(related),
    ]
    values: dict[str, object] = {
        "id": "cluster-" + re.sub(r"[^a-zA-Z0-9]+", "-", name),
        "name": name,
        "verdict": Verdict.CONSOLIDATE,
        "kind": Kind.VERSION,
        "confidence": 0.9,
        "priority": Priority.HIGH,
        "reason": "They store the same thing.",
        "canonical": tables[0].ref if tables else None,
        "tables_before": len(everyone),
        "tables_after": 1 + len(related),
        "members": tuple(member(*pair) for pair in zip(everyone, roles, strict=True)),
        "pairs": tuple(
            match(one, other)
            for number, one in enumerate(everyone)
            for other in everyone[number + 1 :]
        ),
        "comparison": comparison(*everyone),
    }
    return Cluster(**{**values, **fields})


def comparison(*tables: Table) -> tuple[ComparisonRow, ...]:
    """Every column name once, with its cells."""
    names = dict.fromkeys(one.name for each in tables for one in each.columns)
    rows = []
    for name in names:
        cells = tuple(
            Cell(table=each.ref, column=one.name, type=one.type)
            for each in tables
            for one in each.columns
            if one.name == name
        )
        drift = len({cell.type for cell in cells}) > 1
        rows.append(ComparisonRow(concept=name, cells=cells, type_drift=drift))
    return tuple(rows)


def schema_copies(
    source: str, copy: str, *pairs: TablePair, clusters: tuple[str, ...] = (), **fields: object
) -> SchemaCopies:
    """A version of a schema, to be consolidated; `fields` are those of the copy."""
    values: dict[str, object] = {
        "kind": SchemaKind.VERSION,
        "confidence": 0.9,
        "reason": f"{copy} repeats {source}.",
        "tables": len(pairs),
        "repeated": len(pairs),
        "only_in_source": (),
        "only_in_copy": (),
    }
    return SchemaCopies(
        id=f"schemas-{source}",
        verdict=Verdict.CONSOLIDATE,
        priority=Priority.HIGH,
        source=source,
        source_reason="its name bears no marker",
        tables=len(pairs),
        copies=(SchemaCopy(schema=copy, pairs=pairs, **{**values, **fields}),),
        clusters=clusters,
    )


def rule(code: str = "DUP001", **fields: object) -> Rule:
    values: dict[str, object] = {
        "title": "Duplicate table pattern",
        "severity": Severity.HIGH,
        "check": "duplicate_cluster",
        "unit": Unit.CLUSTER,
        "points": 4.0,
        "cap": 40.0,
    }
    return Rule(code=code, **{**values, **fields})


def finding(*subjects: Table, **fields: object) -> Finding:
    values: dict[str, object] = {
        "id": f"DUP001-{len(subjects)}",
        "rule": "DUP001",
        "severity": Severity.HIGH,
        "message": "One thing in several tables.",
        "evidence": "",
    }
    return Finding(subjects=tuple(one.ref for one in subjects), **{**values, **fields})


def score(clusters: tuple[Cluster, ...] = (), **fields: object) -> Score:
    """Four points off for each consolidate cluster."""
    charged = [one for one in clusters if one.verdict is Verdict.CONSOLIDATE]
    taken = min(4.0 * len(charged), 40.0)
    values: dict[str, object] = {
        "value": int(100 - taken + 0.5),
        "exact": 100 - taken,
        "grade": "A" if taken < 15 else "C",
        "label": "Good" if taken < 15 else "Needs Improvement",
        "pack": "cmis",
        "pack_fingerprint": "0" * 64,
        "deductions": (
            Deduction(
                rule="DUP001",
                title="Duplicate table pattern",
                points=taken,
                points_per_unit=4.0,
                cap=40.0,
                unit=Unit.CLUSTER,
                units=len(charged),
                findings=tuple(f"finding-{one.id}" for one in charged),
                payoff=taken,
            ),
        )
        if charged
        else (),
        "payoffs": tuple(ClusterPayoff(cluster=one.id, points=4.0) for one in charged),
    }
    return Score(**{**values, **fields})


def report(source: Catalog, *clusters: Cluster, **fields: object) -> Report:
    rows = [one.statistics.rows_estimate for one in source.tables if one.statistics]
    known = [number for number in rows if number is not None]
    values: dict[str, object] = {
        "tool_version": "0.1.0",
        "catalog": source,
        "fingerprint": "f" * 64,
        "totals": Totals(
            schemas=len(Counter(one.ref.schema for one in source.tables)),
            tables=len(source.tables),
            views=len(source.views),
            columns=sum(len(one.columns) for one in source.tables),
            foreign_keys=sum(len(one.foreign_keys) for one in source.tables),
            rows_estimate=sum(known) if known else None,
            bytes=None,
        ),
        "score": score(clusters),
        "clusters": clusters,
        "findings": (),
        "rules": (rule(),),
        "not_assessed": (),
    }
    return Report(**{**values, **fields})


def skipped(what: str, why: str = "no privilege") -> Skipped:
    return Skipped(what=what, why=why)


def _parsed(spec: str) -> dict[str, str]:
    found = _COLUMN.match(spec)
    if not found:
        raise ValueError(f"not a column: {spec!r}")
    return {name: (value or "").strip() for name, value in found.groupdict().items()}


HOSTILE_PAST = Past(
    read_at='2026-01-01T00:00:00Z"><script>',
    score=40,
    grade="<D>",
    pack_fingerprint="",
    tables=1,
    duplicates=1,
    clusters=1,
    waived=0,
)
"""An earlier audit, as somebody may have written it into a file."""
