"""A database in which schemas are repeated, from the live server to what is written of it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import psycopg
import pytest

from cmis_audit import pipeline, reading, writing
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.report import Report
from cmis_audit.source.connection import Limits, Target

BUILT = """
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('open', 'paid');
CREATE TABLE shop.users (
    id bigint PRIMARY KEY, email text NOT NULL UNIQUE, locale text, seen_at timestamptz);
CREATE TABLE shop.orders (
    id bigint PRIMARY KEY, user_id bigint REFERENCES shop.users, total numeric(10,2),
    state shop.state);
CREATE TABLE shop.parcels (
    id bigint PRIMARY KEY, order_id bigint REFERENCES shop.orders, carrier text, tracking text);
CREATE TABLE shop.vouchers (id bigint PRIMARY KEY, voucher_code text, percent integer);

-- What people do the evening before a migration.
CREATE SCHEMA shop_backup_20240115;
CREATE TABLE shop_backup_20240115.users AS TABLE shop.users;
CREATE TABLE shop_backup_20240115.orders AS TABLE shop.orders;
CREATE TABLE shop_backup_20240115.parcels AS TABLE shop.parcels;

-- A version that was begun: a type of its own schema, a key that points back, a column changed.
CREATE SCHEMA shop_v2;
CREATE TYPE shop_v2.state AS ENUM ('open', 'paid');
CREATE TABLE shop_v2.users (
    id bigint PRIMARY KEY, email text NOT NULL UNIQUE, locale varchar(10), seen_at timestamptz);
CREATE TABLE shop_v2.orders (
    id bigint PRIMARY KEY, user_id bigint REFERENCES shop.users, total numeric(10,2),
    state shop_v2.state);
CREATE TABLE shop_v2.parcels (
    id bigint PRIMARY KEY, order_id bigint REFERENCES shop_v2.orders, carrier text, tracking text,
    depot text);

CREATE SCHEMA web;
CREATE VIEW web.arrivals AS SELECT carrier, depot FROM shop_v2.parcels;
"""
TENANTS = "".join(
    f"""
CREATE SCHEMA {name};
CREATE TABLE {name}.patients (id bigint PRIMARY KEY, chart_no text, born date, insurer text);
CREATE TABLE {name}.visits (id bigint PRIMARY KEY, patient_id bigint, diagnosis text{more});
"""
    for name, more in (("east", ""), ("north", ""), ("west", ", room text"))
)


def audited(database: str, *scripts: str) -> Report:
    with psycopg.connect(database) as connection:
        for script in scripts:
            connection.execute(script.encode())
    target = Target(source=database)
    intake = reading.Intake(target=target, limits=Limits(), now=datetime(2026, 1, 1, tzinfo=UTC))
    return pipeline.audit(reading.catalog_of(intake), pipeline.rule_pack("cmis", None))


def written(report: Report) -> Mapping[str, str]:
    return writing.documents(report, ("markdown", "json"))


def test_a_version_and_a_backup_are_said_once_with_their_drift(each_database: str) -> None:
    report = audited(each_database, BUILT)
    [found] = json.loads(written(report)["audit.json"])["schema_copies"]
    assert (found["source"], found["verdict"], found["priority"]) == ("shop", "consolidate", "high")
    backup, version = found["copies"]
    assert [(one["schema"], one["kind"], one["repeated"]) for one in (backup, version)] == [
        ("shop_backup_20240115", "backup", 3),
        ("shop_v2", "version", 3),
    ]
    drift = {pair["source"]: pair for pair in version["pairs"]}
    assert [one["copy_type"] for one in drift["shop.users"]["changed"]] == ["character varying(10)"]
    # A type of the copy's own schema is the same; a key that points into the other is not.
    assert drift["shop.orders"]["changed"] == []
    assert drift["shop.orders"]["keys_only_in_copy"] == ["foreign key (user_id) to shop.users"]
    assert drift["shop.parcels"]["only_in_copy"] == ["depot"]
    assert [one["keys_only_in_source"][0] for one in backup["pairs"]] == ["primary key (id)"] * 3
    assert backup["only_in_source"] == version["only_in_source"] == ["shop.vouchers"]
    clusters = [one.id for one in report.clusters if one.verdict is Verdict.CONSOLIDATE]
    assert found["clusters"] == sorted(clusters)
    assert len(clusters) == 3
    assert found["payoff"] == 12
    assert report.score.value == 88


def test_the_report_folds_the_groups_below_the_schema(database: str) -> None:
    report = audited(database, BUILT)
    text = written(report)["report.md"]
    assert "### Schema `shop` is repeated by `shop_backup_20240115`, `shop_v2`" in text
    assert text.count("#### Impact") == 1
    assert "| view | `web.arrivals` | reads it | `shop_v2.parcels` |" in text
    shown = writing.summary(report, color=False, width=100, files=())
    assert "schema shop  9 → 3 tables" in shown
    assert "Schema shop_v2 repeats 3 of the 4 tables of shop; drift:" in shown


def test_tenants_are_one_template_with_the_drift_of_each(database: str) -> None:
    report = audited(database, TENANTS)
    [found] = report.schema_copies
    assert (found.verdict, found.source) == (Verdict.KEEP_APART, "east")
    assert [(one.schema, len(one.pairs)) for one in found.copies] == [("north", 0), ("west", 1)]
    assert report.score.value == 100
    assert "| `west` | 2 | — | — | `visits` (1 column more) |" in written(report)["report.md"]


@pytest.mark.parametrize("left", ["public", "shop"])
def test_one_table_in_two_schemas_is_no_repeated_schema(database: str, left: str) -> None:
    script = f"""
    CREATE SCHEMA IF NOT EXISTS {left}; CREATE SCHEMA legacy;
    CREATE TABLE {left}.invoices (id bigint PRIMARY KEY, number text, due_on date, iban text);
    CREATE TABLE legacy.invoices (id bigint PRIMARY KEY, number text, due_on date, iban text);
    """
    report = audited(database, script)
    assert [one.verdict for one in report.clusters] == [Verdict.CONSOLIDATE]
    assert report.schema_copies == ()
    assert "### 1. invoices" in written(report)["report.md"]
