"""A redacted snapshot holds nothing of what people wrote, and audits of it say so."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cmis_audit.cli.main import status_of
from cmis_audit.source.redaction import LEFT_OUT
from cmis_audit.source.snapshot import read_snapshot

SECRET = "xyzzy7secret"
PLACES = f"""
COMMENT ON DATABASE {{database}} IS 'c {SECRET}';
CREATE SCHEMA s; COMMENT ON SCHEMA s IS 'c {SECRET}';
CREATE TYPE s.mood AS ENUM ('good', 'bad'); COMMENT ON TYPE s.mood IS 'c {SECRET}';
CREATE DOMAIN s.code AS text DEFAULT 'd {SECRET}' CHECK (VALUE <> '{SECRET}');
COMMENT ON DOMAIN s.code IS 'c {SECRET}';
CREATE TYPE s.pair AS (a int, b text);
COMMENT ON TYPE s.pair IS 'c {SECRET}'; COMMENT ON COLUMN s.pair.a IS 'c {SECRET}';
CREATE TABLE s.t (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text DEFAULT 'd {SECRET}',
    doubled text GENERATED ALWAYS AS (name || '{SECRET}') STORED,
    size int CHECK (size::text <> '{SECRET}'),
    EXCLUDE USING btree ((name || '{SECRET}') WITH =)
);
COMMENT ON TABLE s.t IS 'c {SECRET}'; COMMENT ON COLUMN s.t.name IS 'c {SECRET}';
CREATE INDEX by_expression ON s.t ((name || '{SECRET}'));
CREATE INDEX by_predicate ON s.t (size) WHERE name <> '{SECRET}';
CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE NOTICE '{SECRET}'; RETURN NEW; END $$;
COMMENT ON FUNCTION s.f() IS 'c {SECRET}';
CREATE TRIGGER tr BEFORE INSERT ON s.t FOR EACH ROW WHEN (NEW.name <> '{SECRET}')
    EXECUTE FUNCTION s.f('{SECRET}');
ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON s.t TO {{role}} USING (name <> '{SECRET}') WITH CHECK (size::text <> '{SECRET}');
CREATE VIEW s.v AS SELECT id, '{SECRET}' AS word FROM s.t;
COMMENT ON VIEW s.v IS 'c {SECRET}'; COMMENT ON COLUMN s.v.id IS 'c {SECRET}';
CREATE MATERIALIZED VIEW s.m AS SELECT '{SECRET}' AS word;
CREATE TABLE s.parts (a int, b text) PARTITION BY LIST ((b || '{SECRET}'));
GRANT SELECT ON s.t, s.v TO {{role}};
ALTER TABLE s.parts OWNER TO {{role}}; ALTER SCHEMA s OWNER TO {{role}};
INSERT INTO s.t (name) SELECT '{SECRET}' || n FROM generate_series(1, 500) AS n; ANALYZE;
"""
FIELDS = (
    *("comment", "default", "generated", "definition", "keys", "predicate", "body", "using"),
    *("check", "partition_key", "owner", "grantee", "roles"),
)
"""Keys of a snapshot under which the word must stand without --redact: else this proves nothing."""


@pytest.fixture
def secretive(database: str) -> Iterator[str]:
    """A database with the word in every place that people write into, and a role of that name."""
    role = sql.Identifier(f"{SECRET}_role")
    with psycopg.connect(database, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(sql.SQL(PLACES).format(database=name, role=role))
    yield database
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(role))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


def keys_with_the_word(value: object, key: str = "") -> set[str]:
    if isinstance(value, dict):
        return {found for name, one in value.items() for found in keys_with_the_word(one, name)}
    if isinstance(value, list):
        return {found for one in value for found in keys_with_the_word(one, key)}
    return {key} if SECRET in str(value) else set()


def test_a_redacted_snapshot_has_no_word_of_anybodys(
    secretive: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, part = tmp_path / "whole.json", tmp_path / "part.json"
    assert status_of(["snapshot", "-d", secretive, "-o", str(whole)]) == 0
    assert status_of(["snapshot", "-d", secretive, "--redact", "-o", str(part)]) == 0
    assert set(FIELDS) <= keys_with_the_word(json.loads(whole.read_text("utf-8")))
    text = part.read_text("utf-8")
    assert SECRET not in text
    assert "statistics" not in json.loads(text)["catalog"]["tables"][0]
    catalog = read_snapshot(part)
    before = read_snapshot(whole)
    assert [one.ref for one in catalog.tables] == [one.ref for one in before.tables]
    assert [[(c.name, c.type) for c in one.columns] for one in catalog.tables] == [
        [(c.name, c.type) for c in one.columns] for one in before.tables
    ]
    capsys.readouterr()
    assert status_of(["audit", str(part), "-o", "-", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)["not_assessed"]
    assert {(one["what"], one["why"]) for one in said} >= {(one.what, one.why) for one in LEFT_OUT}


def test_a_plan_is_not_made_of_a_redacted_snapshot(
    secretive: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "part.json"
    assert status_of(["snapshot", "-d", secretive, "--redact", "-o", str(file)]) == 0
    assert status_of(["plan", str(file), "-o", str(tmp_path / "plan")]) == 2
    assert "without --redact" in capsys.readouterr().err
    assert not (tmp_path / "plan").exists()
