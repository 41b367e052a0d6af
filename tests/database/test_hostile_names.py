"""Names that break what is not careful."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from cmis_audit.model.catalog import Catalog, Column, Schema, Table
from cmis_audit.model.names import _KEYWORDS, TableRef, quote_ident
from cmis_audit.source.connection import Target
from cmis_audit.source.filters import Filters, filtered
from cmis_audit.source.live import LiveSource
from cmis_audit.source.snapshot import read_snapshot, snapshot_text

NOW = datetime(2024, 1, 1, tzinfo=UTC)
UNIT = "\x1f"

NAMES = (
    "Mixed Case",
    "select",
    "user",
    "a.b",
    'quo"te',
    '""',
    "'",
    "new\nline",
    "back\\slash",
    "<script>alert(1)</script>",
    "100%",
    "%s %(x)s",
    "$1",
    "; DROP TABLE x; --",
    "tab\there",
    f"unit{UNIT}sep",
    UNIT,
    f"{UNIT}-",
    f"{UNIT}+",
    f"a{UNIT}",
    "\x01\x02",
    "\x7f",
    "日本語",
    "ünïcödé",
    "e\u0301",
    "\u202egnp",
    "🐘",
    "x" * 63,
    "é" * 31,
    " ",
    "a|b",
    "`tick`",
    "{1,2}",
    "null",
    ",;",
)


class Server(Protocol):
    def conninfo(self, dbname: str | None = None) -> str: ...


plain_names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1
).filter(lambda name: len(name.encode()) <= 63)


def read(conninfo: str) -> Catalog:
    return LiveSource(Target(source=conninfo), now=NOW).read()


def test_every_name_survives_everywhere(each_database: str, tmp_path: Path) -> None:
    with psycopg.connect(each_database, autocommit=True) as connection:
        for name in NAMES:
            ident = quote_ident(name)
            connection.execute(f"CREATE SCHEMA {ident}")
            connection.execute(
                f"""
                CREATE TABLE {ident}.{ident} ({ident} int PRIMARY KEY, other text);
                CREATE TABLE {ident}.child (
                    {ident} int CONSTRAINT {ident} REFERENCES {ident}.{ident},
                    CHECK ({ident} > 0)
                );
                CREATE INDEX ON {ident}.child ({ident});
                CREATE VIEW {ident}.v AS SELECT {ident} FROM {ident}.{ident};
                CREATE FUNCTION {ident}.{ident}() RETURNS int LANGUAGE sql AS 'SELECT 1';
                CREATE SEQUENCE {ident}.s OWNED BY {ident}.{ident}.{ident};
                """
            )
            connection.execute(
                sql.SQL(
                    "CREATE TYPE {0}.e AS ENUM ({1}); COMMENT ON TABLE {0}.{0} IS {1};"
                    "COMMENT ON COLUMN {0}.{0}.{0} IS {1}; INSERT INTO {0}.{0} VALUES (1, {1});"
                    "ANALYZE {0}.{0}"
                ).format(sql.Identifier(name), sql.Literal(name))
            )
    catalog = read(each_database)
    assert {schema.name for schema in catalog.schemas} == {*NAMES, "public"}
    by_ref = {table.ref: table for table in catalog.tables}
    for name in NAMES:
        ref = TableRef(schema=name, name=name)
        table = by_ref[ref]
        assert table.columns[0] == Column(name=name, type="integer", nullable=False, comment=name)
        assert table.comment == name
        assert table.primary_key is not None
        assert table.primary_key.columns == (name,)
        assert table.statistics is not None
        assert [each.column for each in table.statistics.columns] == [name, "other"]
        child = by_ref[TableRef(schema=name, name="child")]
        assert child.foreign_keys[0].name == name
        assert child.foreign_keys[0].target == ref
        assert child.foreign_keys[0].target_columns == (name,)
        assert child.indexes[0].keys == (name,)
        assert child.checks[0].columns == (name,)
    assert {enum.labels[0] for enum in catalog.enums} == set(NAMES)
    assert {sequence.owned_by for sequence in catalog.sequences} == {
        f"{TableRef(schema=name, name=name)}.{quote_ident(name)}" for name in NAMES
    }
    path = tmp_path / "catalog.json"
    path.write_text(snapshot_text(catalog), encoding="utf-8")
    assert read_snapshot(path) == catalog
    assert snapshot_text(read_snapshot(path)) == path.read_text(encoding="utf-8")


def test_wide_narrow_and_dropped(each_database: str) -> None:
    columns = ", ".join(f"c{number} int" for number in range(1600))
    with psycopg.connect(each_database, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE wide ({columns})")
        connection.execute("CREATE TABLE none ()")
        connection.execute("CREATE TABLE lost (a int, b int)")
        connection.execute("ALTER TABLE lost DROP a, DROP b")
        connection.execute("CREATE TABLE few (a int, b int, c int PRIMARY KEY)")
        connection.execute("ALTER TABLE few DROP a, DROP b, ADD d text DEFAULT 'x'")
        connection.execute("CREATE TABLE refers (x int, y int REFERENCES few)")
        connection.execute("ALTER TABLE refers DROP x")
    tables = {table.ref.name: table for table in read(each_database).tables}
    assert [column.name for column in tables["wide"].columns] == [f"c{n}" for n in range(1600)]
    assert tables["none"].columns == tables["lost"].columns == ()
    assert [column.name for column in tables["few"].columns] == ["c", "d"]
    assert tables["few"].columns[1].default == "'x'::text"
    assert tables["few"].primary_key is not None
    assert tables["few"].primary_key.columns == ("c",)
    assert tables["refers"].foreign_keys[0].columns == ("y",)
    assert tables["refers"].foreign_keys[0].target_columns == ("c",)


def test_other_encodings(database: str) -> None:
    """A database that checks no encoding may hold any bytes as a name."""
    conninfo = psycopg.conninfo.make_conninfo(database)
    name = "cmis_test_ascii"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
        )
    try:
        other = psycopg.conninfo.make_conninfo(database, dbname=name)
        with psycopg.connect(other, autocommit=True, client_encoding="sql_ascii") as connection:
            connection.pgconn.exec_(b'CREATE TABLE "caf\xe9" ("\xff" int)')
        (table,) = read(other).tables
        assert table.ref.name == "caf\\xe9"
        assert table.columns[0].name == "\\xff"
    finally:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="module")
def quoting(server: Server) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        yield connection


@given(plain_names)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_quote_ident_is_the_servers(
    quoting: psycopg.Connection[tuple[Any, ...]], name: str
) -> None:
    row = quoting.execute("SELECT quote_ident(%s)", (name,)).fetchone()
    assert row is not None
    assert row[0] == quote_ident(name)


def test_keywords_are_the_servers(quoting: psycopg.Connection[tuple[Any, ...]]) -> None:
    """A word is quoted where this server quotes it, or where another version does."""
    rows = quoting.execute(
        "SELECT word, quote_ident(word) <> word FROM pg_get_keywords() k"
    ).fetchall()
    assert {word for word, quoted in rows if quoted} <= _KEYWORDS
    row = quoting.execute(
        "SELECT array_agg(quote_ident(w)) FROM unnest(%s::text[]) w", (list(NAMES),)
    )
    assert [list(map(quote_ident, NAMES))] == list(next(iter(row)))  # type: ignore[arg-type]


PATTERNS = (
    "*",
    "a*",
    "A*",
    '"A"*',
    "?b",
    "a.b",
    '"a.b"',
    "*.*",
    "public.*",
    "select",
    "(a|b)*",
    "a[b-d]",
    "a[[:digit:]]+",
    "[^a]*",
    "[]",
    '"a[]"',
    "a$",
    'quo""te',
    '"quo""te"',
    "a+",
    "a{2}",
    "\\d+",
    "100%",
    "ünï*",
    "*é*",
    "x|y",
    "other.a*",
    "new?line",
)
TABLES = (
    "a", "aa", "ab", "ac", "ad", "A", "Ab", "a1", "a12", "a.b", "a[]", "a$", "b", "bb", "b[]",
    "select", 'quo"te', "100%", "123", "ünïcödé", "x", "y", "xy", "new\nline", "_", "é",
)  # fmt: skip


@pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")
def test_patterns_are_psqls(database: str) -> None:
    """Our choice of tables is what psql's own \\dt finds, whatever the pattern."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA other")
        for schema in ("public", "other"):
            for name in TABLES:
                connection.execute(f"CREATE TABLE {schema}.{quote_ident(name)} ()")
        connection.execute(
            f"ALTER DATABASE {quote_ident(connection.info.dbname)} SET search_path = public, other"
        )
    catalog = read(database)
    for pattern in PATTERNS:
        if "." not in pattern.replace('"a.b"', ""):
            # Unqualified, psql looks along the search path, where each name is found once.
            narrowed = filtered(catalog, Filters(schemas=("public",)))
        else:
            narrowed = catalog
        ours = {table.ref for table in _chosen(narrowed, pattern)}
        if narrowed is not catalog:
            ours = {ref for ref in ours if ref.schema == "public"}
        assert ours == _psql(database, pattern), pattern


def _chosen(catalog: Catalog, pattern: str) -> tuple[Table, ...]:
    # With `*` excluded from nothing, an exclusion tells what a pattern matches, be it nothing.
    kept = set(filtered(catalog, Filters(exclude_tables=(pattern,))).tables)
    return tuple(table for table in catalog.tables if table not in kept)


def _psql(conninfo: str, pattern: str) -> set[TableRef]:
    quoted = "'" + pattern.replace("\\", "\\\\").replace("'", "''") + "'"
    done = subprocess.run(
        ["psql", "-XAt0", "-F", "\x1e", "-d", conninfo, "-c", f"\\dt {quoted}"],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [row.split("\x1e") for row in done.stdout.split("\0") if "\x1e" in row]
    refs = {TableRef(schema=row[0].strip(), name=row[1]) for row in rows}
    return {ref for ref in refs if ref.schema in ("public", "other")}


def test_a_schema_named_like_a_variable(each_database: str) -> None:
    """Nothing of ours expands names: what looks like a placeholder stays as it is."""
    with psycopg.connect(each_database, autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "%(types)s"; CREATE TABLE "%(types)s"."{x}" ("%s" int)')
    catalog = read(each_database)
    assert catalog.schemas == (
        Schema(name="%(types)s", owner=catalog.role),
        catalog.schemas[1],
    )
    assert str(catalog.tables[0].ref) == '"%(types)s"."{x}"'
