"""The order in which a server gives its rows makes no difference."""

import random
from datetime import UTC, datetime

import psycopg
import pytest
from fix_postgres import counted

from cmis_audit.source import reader
from cmis_audit.source.connection import Target
from cmis_audit.source.live import LiveSource
from cmis_audit.source.row_index import Row
from cmis_audit.source.snapshot import snapshot_text
from cmis_audit.source.wire import Wire

SCRIPT = """
CREATE SCHEMA one;
CREATE SCHEMA two;
CREATE TYPE one.mood AS ENUM ('b', 'a', 'c');
CREATE TABLE one.a (id int PRIMARY KEY, m one.mood DEFAULT 'a', t text UNIQUE, CHECK (id > 0));
CREATE TABLE two.a (id int PRIMARY KEY REFERENCES one.a, x int, UNIQUE (x), CHECK (x > 0));
CREATE TABLE two.p (id int, d int, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
CREATE TABLE two.p1 PARTITION OF two.p FOR VALUES FROM (1) TO (2);
CREATE TABLE two.p2 PARTITION OF two.p FOR VALUES FROM (2) TO (3);
CREATE INDEX ON two.a (x DESC);
CREATE INDEX ON two.a ((x + 1), id);
CREATE VIEW two.v AS SELECT a.id, b.x FROM one.a a JOIN two.a b USING (id);
CREATE FUNCTION one.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION one.f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT SELECT, UPDATE ON one.a TO PUBLIC;
INSERT INTO one.a SELECT i, 'a', i FROM generate_series(1, 50) i;
INSERT INTO two.p SELECT i, 1 + i % 2 FROM generate_series(1, 50) i;
COMMENT ON COLUMN two.a.x IS 'x';
ANALYZE;
"""


def test_shuffled_rows_give_the_same_bytes(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SCRIPT)
    counted(database)

    def text() -> str:
        now = datetime(2024, 1, 1, tzinfo=UTC)
        return snapshot_text(LiveSource(Target(source=database), now=now).read())

    expected = text()
    assert text() == expected
    shuffle = random.Random(7)

    class Shuffled(Wire):
        def rows(self) -> list[Row]:
            rows = super().rows()
            return shuffle.sample(rows, len(rows))

    monkeypatch.setattr(reader, "Wire", Shuffled)
    for _ in range(5):
        assert text() == expected
