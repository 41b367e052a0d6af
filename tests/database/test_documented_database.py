"""The documented database: what the audit must say of it, and how the score moves with it."""

import json
import os
import random
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from fix_postgres import TestServer, fresh_database
from jsonschema import Draft202012Validator
from named_tables import named_tables
from psycopg import sql

from cmis_audit import resources
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster, Kind, Verdict
from cmis_audit.model.report import Report
from cmis_audit.pipeline import audit, rule_pack, rule_packs
from cmis_audit.reading import Intake, catalog_of, snapshot_text
from cmis_audit.scratch.trusted import run_files
from cmis_audit.settings import Settings
from cmis_audit.source import reader
from cmis_audit.source.connection import Limits, Target
from cmis_audit.source.row_index import Row
from cmis_audit.source.wire import Wire
from cmis_audit.writing import documents

# It brings its servers along: once is enough, whatever server the other tests run on.
pytestmark = pytest.mark.slow

PACK = rule_pack("cmis", None)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = datetime(2027, 6, 7, 8, 9, 10, tzinfo=UTC)
FORMATS = ("json", "markdown")
NAMED = named_tables()

POSTS = {
    "cmis.social_posts": "canonical",
    "cmis.social_posts_v2": "merge",
    "cmis.posts": "merge",
    "cmis.scheduled_social_posts": "merge",
    "cmis.scheduled_social_posts_v2": "merge",
}
ACCOUNTS = {"cmis.social_accounts": "canonical", "cmis.social_accounts_v2": "merge"}
PLANS = {"cmis.content_plans": "canonical", "cmis.content_plans_v2": "merge"}
METRICS = {
    "cmis.metrics": "canonical",
    "cmis.ad_metrics": "merge",
    "cmis.analytics_snapshots": "merge",
    "cmis.campaign_analytics": "merge",
    "cmis.campaign_metrics": "merge",
    "cmis.performance_metrics": "merge",
    "cmis.social_account_metrics": "merge",
    "cmis.social_post_metrics": "merge",
    "cmis.analytics_integrations": "related",
    "cmis.analytics_reports": "related",
}
INTEGRATIONS = {
    "cmis.integrations": "canonical",
    "cmis.platform_connections": "merge",
    "cmis.analytics_integrations": "related",
}
ASSETS = {"cmis.assets", "cmis.creative_assets", "cmis_marketing.assets"}
GROUPS = (ACCOUNTS, INTEGRATIONS, METRICS, PLANS, POSTS)
MERGED = tuple(
    sorted(table for group in GROUPS for table, role in group.items() if role == "merge")
)


def read(conninfo: str, now: datetime = NOW) -> Catalog:
    return catalog_of(Intake(target=Target(source=conninfo), limits=Limits(), now=now))


def audited(conninfo: str) -> Report:
    return audit(read(conninfo), PACK)


def written(catalog: Catalog) -> dict[str, str]:
    main, *beside = rule_packs(Settings().pack, None)
    return dict(documents(audit(catalog, main, beside=tuple(beside)), FORMATS))


def of_verdict(report: Report, verdict: Verdict) -> list[Cluster]:
    return [each for each in report.clusters if each.verdict is verdict]


def roles(cluster: Cluster) -> dict[str, str]:
    return {str(member.table): member.role.value for member in cluster.members}


def consolidated(report: Report) -> list[dict[str, str]]:
    """The consolidate clusters as tables and roles, in an order of their own."""
    return sorted(map(roles, of_verdict(report, Verdict.CONSOLIDATE)), key=sorted)


def deductions(report: Report) -> dict[str, tuple[float, int]]:
    return {each.rule: (each.points, each.units) for each in report.score.deductions}


def explained(report: Report) -> str:
    """What a failing test should show."""
    lines = [f"{report.score.exact} {deductions(report)}"]
    lines += [
        f"{each.verdict.value} {each.kind.value} {roles(each)}: {each.reason}"
        for each in report.clusters
        if each.verdict is not Verdict.KEEP_APART
    ]
    return "\n".join(lines)


@contextmanager
def built_on(server: TestServer) -> Iterator[str]:
    databases = fresh_database(server)
    conninfo = next(databases)
    files = (file for file in resources.demo_sql().iterdir() if file.name.endswith(".sql"))
    run_files(conninfo, files)
    try:
        yield conninfo
    finally:
        databases.close()


@pytest.fixture(scope="module")
def home(other_server: Callable[[int], TestServer]) -> TestServer:
    """Where the documented database lived: PostgreSQL 16 with pgvector, as the wheel brings it."""
    return other_server(16)


@pytest.fixture(scope="module")
def demo(home: TestServer) -> Iterator[str]:
    """The conninfo of the documented database; nobody changes it."""
    with built_on(home) as conninfo:
        yield conninfo


@pytest.fixture(scope="module")
def catalog(demo: str) -> Catalog:
    return read(demo)


@pytest.fixture(scope="module")
def report(catalog: Catalog) -> Report:
    return audit(catalog, PACK)


@pytest.fixture
def copy(home: TestServer, demo: str) -> Iterator[str]:
    """The conninfo of a copy that the test may change."""
    original = psycopg.conninfo.conninfo_to_dict(demo)["dbname"]
    name = f"cmis_copy_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(home.conninfo(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(str(original))
            )
        )
        yield home.conninfo(name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


# What it is


def test_the_size_of_the_database(report: Report) -> None:
    assert report.totals.tables == 241
    assert report.totals.schemas == 14
    assert report.not_assessed == ()


def outline(table: Table) -> dict[str, Any]:
    """A table as the document has it."""
    return {
        "table": str(table.ref),
        "columns": [
            [column.name, column.type, "null" if column.nullable else "not null"]
            for column in table.columns
        ],
        "primary_key": list(table.primary_key.columns) if table.primary_key else [],
        "unique": sorted(list(each.columns) for each in table.uniques),
        "foreign_keys": sorted(
            [list(each.columns), str(each.target), list(each.target_columns)]
            for each in table.foreign_keys
        ),
    }


@pytest.mark.parametrize("named", NAMED, ids=lambda named: named["table"])
def test_a_named_table_is_as_documented(catalog: Catalog, named: dict[str, Any]) -> None:
    expected = {
        **{key: named[key] for key in ("table", "columns", "primary_key")},
        "unique": sorted(named["unique"]),
        "foreign_keys": sorted(named["foreign_keys"]),
    }
    [table] = [each for each in catalog.tables if str(each.ref) == named["table"]]
    assert outline(table) == expected


# What the audit says of it


def test_the_score(report: Report) -> None:
    assert deductions(report) == {
        "DUP001": (20.0, 5),
        "VER001": (15.0, 4),
        "MET001": (10.0, 10),
        "OVL001": (3.0, 3),
    }
    score = report.score
    assert (score.exact, score.value, score.grade, score.label) == (
        52.0,
        52,
        "C",
        "Needs Improvement",
    )


def test_five_groups_are_consolidated(report: Report) -> None:
    assert consolidated(report) == sorted(GROUPS, key=sorted)
    assert of_verdict(report, Verdict.REVIEW) == []


def test_the_kinds_of_the_groups(report: Report) -> None:
    found = {str(each.canonical): each.kind for each in of_verdict(report, Verdict.CONSOLIDATE)}
    assert found == {
        "cmis.content_plans": Kind.VERSION,
        "cmis.integrations": Kind.OVERLAPPING_ENTITY,
        "cmis.metrics": Kind.FRAGMENTED_METRICS,
        "cmis.social_accounts": Kind.VERSION,
        "cmis.social_posts": Kind.VERSION,
    }


def test_no_other_table_is_accused(report: Report) -> None:
    named = {each["table"] for each in NAMED}
    assert len(named) == 24
    accused = {
        str(member.table)
        for each in report.clusters
        if each.verdict is not Verdict.KEEP_APART
        for member in each.members
    }
    assert accused <= named - ASSETS
    subjects = {str(subject) for finding in report.findings for subject in finding.subjects}
    assert subjects == accused


def test_assets_are_kept_apart_under_better_names(report: Report) -> None:
    [assets] = [
        each
        for each in of_verdict(report, Verdict.KEEP_APART)
        if {str(member.table) for member in each.members} == ASSETS
    ]
    suggested = [member.suggested_name for member in assets.members if member.suggested_name]
    assert len(suggested) >= 2
    assert len(set(suggested)) == len(suggested)
    taken = {table.ref.name for table in report.catalog.tables}
    assert not set(suggested) & taken
    assert assets.reason
    assert (assets.canonical, assets.tables_before, assets.tables_after) == (None, 3, 3)


def test_analytics_integrations_is_related_in_two_groups(report: Report) -> None:
    found = [
        (each.kind, roles(each)["cmis.analytics_integrations"])
        for each in of_verdict(report, Verdict.CONSOLIDATE)
        if "cmis.analytics_integrations" in roles(each)
    ]
    assert sorted(found) == [
        (Kind.FRAGMENTED_METRICS, "related"),
        (Kind.OVERLAPPING_ENTITY, "related"),
    ]


@pytest.mark.parametrize(
    ("left", "right", "names"),
    [
        (
            "cmis.social_posts",
            "cmis.social_posts_v2",
            {"org_id", "created_at", "updated_at"},
        ),
        (
            "cmis.posts",
            "cmis.social_posts_v2",
            {
                *("post_id", "org_id", "content", "platform", "status"),
                *("published_at", "created_at", "updated_at"),
            },
        ),
        (
            "cmis.scheduled_social_posts",
            "cmis.social_posts_v2",
            {
                *("post_id", "org_id", "content", "status"),
                *("published_at", "created_at", "updated_at"),
            },
        ),
        (
            "cmis.scheduled_social_posts",
            "cmis.scheduled_social_posts_v2",
            {"post_id", "org_id", "status", "scheduled_at", "created_at", "updated_at"},
        ),
    ],
)
def test_same_name_columns(report: Report, left: str, right: str, names: set[str]) -> None:
    [found] = [
        pair.same_name_columns
        for each in of_verdict(report, Verdict.CONSOLIDATE)
        for pair in each.pairs
        if (str(pair.left), str(pair.right)) == (left, right)
    ]
    assert len(found) == len(names)
    assert set(found) == names


def test_every_group_has_the_evidence_of_its_pairs(report: Report) -> None:
    for each in of_verdict(report, Verdict.CONSOLIDATE):
        members = {member.table for member in each.members}
        linked = {table for pair in each.pairs for table in (pair.left, pair.right)}
        assert linked == members, each.name
        assert all(pair.evidence for pair in each.pairs if pair.bits > 0)


# How the score moves


def drop(*tables: str) -> str:
    return f"DROP TABLE {', '.join(tables)} CASCADE"


def points(**changes: int) -> dict[str, tuple[float, int]]:
    """The deductions by rule when so many units are charged more, or less, than on the original."""
    per_unit = {"DUP001": (4.0, 5), "VER001": (3.75, 4), "MET001": (1.0, 10), "OVL001": (1.0, 3)}
    units = {rule: count + changes.get(rule, 0) for rule, (_, count) in per_unit.items()}
    return {rule: (per_unit[rule][0] * count, count) for rule, count in units.items() if count}


def charged(report: Report) -> dict[str, tuple[float, int]]:
    return {rule: found for rule, found in deductions(report).items() if found[1]}


@pytest.mark.parametrize(
    ("change", "expected", "value"),
    [
        pytest.param(drop("cmis.content_plans_v2"), points(DUP001=-1, VER001=-1), 60, id="plans"),
        pytest.param(
            drop("cmis.social_accounts_v2"), points(DUP001=-1, VER001=-1), 60, id="accounts"
        ),
        pytest.param(drop("cmis.social_posts_v2"), points(VER001=-1), 56, id="posts_v2"),
        pytest.param(
            drop("cmis.scheduled_social_posts_v2"), points(VER001=-1), 56, id="scheduled_v2"
        ),
        pytest.param(
            drop("cmis.content_plans_v2", "cmis.social_accounts_v2"),
            points(DUP001=-2, VER001=-2),
            68,
            id="plans-and-accounts",
        ),
        pytest.param(
            drop("cmis.platform_connections"), points(DUP001=-1, OVL001=-3), 59, id="connections"
        ),
        pytest.param(
            drop("cmis.analytics_integrations"),
            points(MET001=-1, OVL001=-1),
            54,
            id="of-two-groups",
        ),
        *(
            pytest.param(drop(table), points(MET001=-1), 53, id=table.removeprefix("cmis."))
            for table in METRICS
            if table != "cmis.analytics_integrations"
        ),
        pytest.param(
            drop(*(table for table in METRICS if table not in INTEGRATIONS)),
            points(DUP001=-1, MET001=-10),
            66,
            id="all-metrics",
        ),
        pytest.param(drop(*ASSETS), points(), 52, id="assets"),
    ],
)
def test_dropping_a_table_moves_the_score(
    copy: str, change: str, expected: dict[str, tuple[float, int]], value: int
) -> None:
    run(copy, change)
    report = audited(copy)
    assert charged(report) == expected, explained(report)
    assert report.score.value == value


def test_merging_all_groups_is_a_hundred(copy: str) -> None:
    run(copy, drop(*MERGED))
    report = audited(copy)
    assert consolidated(report) == [], explained(report)
    assert (report.score.exact, report.score.grade, report.findings) == (100.0, "A", ())
    assert report.totals.tables == 241 - len(MERGED)


def test_an_empty_database_is_a_hundred(copy: str, catalog: Catalog) -> None:
    run(copy, *(f"DROP SCHEMA {name} CASCADE" for name in {t.ref.schema for t in catalog.tables}))
    report = audited(copy)
    assert (report.score.value, report.score.grade, report.clusters) == (100, "A", ())
    assert report.totals.tables == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            "ALTER TABLE cmis.social_posts_v2 RENAME TO messages", points(VER001=-1), id="messages"
        ),
        pytest.param(
            "ALTER TABLE cmis.scheduled_social_posts_v2 RENAME TO post_queue",
            points(VER001=-1),
            id="queue",
        ),
        pytest.param(
            "ALTER TABLE cmis.social_accounts_v2 RENAME TO profiles",
            points(DUP001=-1, VER001=-1),
            id="profiles",
        ),
        pytest.param(
            "ALTER TABLE cmis.content_plans_v2 RENAME TO editorial_calendar",
            points(DUP001=-1, VER001=-1),
            id="calendar",
        ),
        pytest.param(
            "ALTER TABLE cmis.social_posts_v2 RENAME TO social_posts_v3",
            points(),
            id="another-version",
        ),
        pytest.param(
            'ALTER TABLE cmis.content_plans_v2 RENAME TO "ContentPlansV2"',
            points(),
            id="another-way-of-writing",
        ),
        pytest.param(
            "ALTER TABLE cmis.content_plans_v2 SET SCHEMA operations", points(), id="another-schema"
        ),
        pytest.param("ALTER SCHEMA cmis RENAME TO app", points(), id="a-schema-renamed"),
        pytest.param("ALTER TABLE cmis.orgs RENAME TO tenants", points(), id="another-table"),
    ],
)
def test_renaming_moves_the_score(
    copy: str, change: str, expected: dict[str, tuple[float, int]]
) -> None:
    run(copy, change)
    report = audited(copy)
    assert charged(report) == expected, explained(report)


@pytest.mark.parametrize(
    ("original", "copied"),
    [
        ("cmis.users", "cmis.users_backup"),
        ("cmis.users", "archive.users_20240501"),
        ("cmis.companies", "cmis.companies_old"),
        ("cmis.orgs", "public.tmp_orgs"),
    ],
)
def test_a_forgotten_copy_is_a_sixth_group(copy: str, original: str, copied: str) -> None:
    run(copy, f"CREATE TABLE {copied} AS TABLE {original}")
    report = audited(copy)
    assert charged(report) == points(DUP001=1), explained(report)
    assert report.score.value == 48
    [sixth] = [each for each in consolidated(report) if each not in GROUPS]
    assert sixth == {original: "canonical", copied: "merge"}


INNOCENTS = {
    "one more of a family": """
        CREATE TABLE cmis.offering_notes (
            note_id uuid PRIMARY KEY, offering_id uuid NOT NULL, author_id uuid NOT NULL,
            body text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz
        )""",
    "an audit trail": """
        CREATE TABLE cmis_audit.orgs_audit (LIKE cmis_audit.users_audit INCLUDING ALL)""",
    "a lookup": "CREATE TABLE public.seasons (LIKE public.tones INCLUDING ALL)",
    "an empty name": 'CREATE TABLE public."order" ()',
    "a partition": """
        CREATE TABLE cmis_audit.activity_log_2026_01 PARTITION OF cmis_audit.activity_log
        FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')""",
    "a view": "CREATE VIEW public.users_v2 AS SELECT * FROM cmis.users",
    "a materialized view": "CREATE MATERIALIZED VIEW public.users_backup AS TABLE cmis.users",
    "a junction": """
        CREATE TABLE cmis.campaign_watchers (
            campaign_id uuid REFERENCES cmis.campaigns, user_id uuid REFERENCES cmis.users,
            PRIMARY KEY (campaign_id, user_id)
        )""",
    "one of a different kind": """
        CREATE TABLE public.tram_stops (stop_number int PRIMARY KEY, wheelchair boolean, zone text)
        """,
}


def test_innocent_look_alikes_cost_nothing(copy: str) -> None:
    run(copy, *INNOCENTS.values())
    report = audited(copy)
    assert charged(report) == points(), explained(report)
    assert of_verdict(report, Verdict.REVIEW) == [], explained(report)
    assert consolidated(report) == sorted(GROUPS, key=sorted)


def run(conninfo: str, *statements: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        for statement in statements:
            connection.execute(statement.encode())


# The same again


def test_audit_json_is_valid(catalog: Catalog) -> None:
    schema = json.loads((resources.report_schemas() / "audit.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(written(catalog)["audit.json"]))


def test_audit_json_says_what_the_report_says(catalog: Catalog) -> None:
    found = json.loads(written(catalog)["audit.json"])
    assert found["score"]["value"] == 52
    assert sum(each["points"] for each in found["score"]["deductions"]) == 48
    verdicts = [each["verdict"] for each in found["clusters"]]
    assert verdicts.count("consolidate") == 5
    ids = [each["id"] for each in (*found["clusters"], *found["findings"])]
    assert len(set(ids)) == len(ids)
    charged = {one for each in found["score"]["deductions"] for one in each["findings"]}
    assert charged == {each["id"] for each in found["findings"]}


def test_two_reads_and_two_audits_are_the_same_bytes(demo: str, catalog: Catalog) -> None:
    expected = written(catalog)
    assert written(catalog) == expected
    assert written(read(demo)) == expected


def test_only_the_moment_of_reading_moves(demo: str, catalog: Catalog) -> None:
    before, after = written(catalog), written(read(demo, LATER))
    assert before["audit.json"] == after["audit.json"].replace(
        "2027-06-07T08:09:10Z", "2026-01-02T03:04:05Z"
    )
    moved = [
        (one, other)
        for one, other in zip(
            before["report.md"].splitlines(), after["report.md"].splitlines(), strict=True
        )
        if one != other
    ]
    assert moved
    for one, other in moved:
        assert without_moment(one) == without_moment(other)


def without_moment(line: str) -> str:
    return re.sub(r"202[67]-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?", "*", line)


def test_a_snapshot_gives_the_same_audit(tmp_path: Path, catalog: Catalog) -> None:
    file = tmp_path / "catalog.json"
    text = snapshot_text(catalog)
    file.write_text(text, encoding="utf-8")
    again = read(str(file), LATER)
    assert again == catalog
    assert snapshot_text(again) == text
    assert written(again) == written(catalog)


def test_the_order_of_rows_makes_no_difference(
    demo: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    shuffle = random.Random(11)

    class Shuffled(Wire):
        def rows(self) -> list[Row]:
            rows = super().rows()
            return shuffle.sample(rows, len(rows))

    monkeypatch.setattr(reader, "Wire", Shuffled)
    again = read(demo)
    assert again == catalog
    assert written(again) == written(catalog)


def test_the_order_of_tables_makes_no_difference_to_the_verdicts(
    catalog: Catalog, report: Report
) -> None:
    """A catalog is sorted by contract; that the stages sort for themselves is more than that."""
    tables = random.Random(5).sample(catalog.tables, len(catalog.tables))
    again = audit(msgspec.structs.replace(catalog, tables=tuple(tables)), PACK)
    assert again.clusters == report.clusters
    assert again.findings == report.findings
    assert again.score == report.score


@pytest.mark.parametrize("seed", ["0", "31337"])
def test_the_order_of_hashes_makes_no_difference(
    tmp_path: Path, demo: str, catalog: Catalog, seed: str
) -> None:
    expected = {**written(catalog), "catalog.json": snapshot_text(catalog)}
    environment = process_environment(demo, PYTHONHASHSEED=seed)
    for arguments in (("snapshot", "-o", "catalog.json"), ("audit", "-o", ".")):
        subprocess.run(
            [sys.executable, "-m", "cmis_audit", *arguments, "-q"],
            cwd=tmp_path,
            env=environment,
            check=True,
            timeout=60,
        )
    for name, text in expected.items():
        assert (tmp_path / name).read_text("utf-8") == text, name


def process_environment(conninfo: str, **more: str) -> Mapping[str, str]:
    """The environment of a process that reads the database at NOW."""
    bare = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PG", "CMIS_AUDIT", "PYTHONHASHSEED"))
    }
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    libpq = {variable: str(parts[name]) for name, variable in names.items() if name in parts}
    return {
        **bare,
        **libpq,
        "PGDATABASE": str(parts["dbname"]),
        "SOURCE_DATE_EPOCH": str(int(NOW.timestamp())),
        **more,
    }


def test_a_newer_server_says_the_same(
    other_server: Callable[[int], TestServer], report: Report
) -> None:
    with built_on(other_server(18)) as conninfo:
        newer = audited(conninfo)
    assert newer.catalog.server_version_number >= 180000
    assert newer.clusters == report.clusters
    assert newer.findings == report.findings
    assert newer.score == report.score


def test_the_documented_database_is_judged_beside_duplication(catalog: Catalog) -> None:
    main, *beside = rule_packs(Settings().pack, None)
    report = audit(catalog, main, beside=tuple(beside))
    assert (report.score.value, report.score.grade) == (52, "C")
    assert report.score == audit(catalog, main).score
    (governance,) = report.beside
    units = {one.rule: one.units for one in governance.score.deductions}
    tables = {table.ref: table for table in catalog.tables}
    assert units["GOV001"] == sum(
        table.primary_key is None and not table.uniques for table in tables.values()
    )
    unguarded = [one for one in governance.findings if one.rule == "GOV002"]
    assert all("org_id" in one.evidence for one in unguarded)
    assert units["GOV002"] == sum(
        not table.row_security and any(column.name == "org_id" for column in table.columns)
        for table in tables.values()
    )
    assert units["GOV004"] == sum(
        table.row_security and not table.force_row_security for table in tables.values()
    )
    # no rows are in it but for some tables: being empty says nothing of any one
    assert {one.what for one in governance.not_assessed} >= {
        "empty tables",
        "tables that nothing reads or writes",
    }
    assert 30 <= governance.score.value < 70


def test_the_documented_database_scores_alike_by_size(catalog: Catalog) -> None:
    report = audit(catalog, rule_pack("density", None))
    assert (report.score.value, report.score.grade) == (54, "C")
    assert report.score.tables == 241 - 13
