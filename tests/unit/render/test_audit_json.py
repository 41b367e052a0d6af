"""audit.json keeps its promise, and its schema notices when it does not."""

import json
from collections.abc import Callable
from enum import StrEnum

import msgspec
import pytest
from builders import catalog, cluster, finding, report, schema_copies, skipped, table
from jsonschema import Draft202012Validator

from cmis_audit.model.cluster import Kind, Priority, Role, Verdict
from cmis_audit.model.match import Alike, Relation
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.model.rule import Severity, Unit
from cmis_audit.model.schema_copy import ColumnDrift, SchemaKind, TablePair
from cmis_audit.pipeline import audit, rule_packs
from cmis_audit.render.audit_json import render_json
from cmis_audit.resources import report_schemas

OLD = table("cmis.posts", "id uuid pk", "body text", rows=3)
NEW = table(TableRef(schema="cmis", name='Posts "v2"'), "id uuid pk", "body varchar(9)")
SCHEMA = json.loads((report_schemas() / "audit.schema.json").read_text("utf-8"))


PAIR = TablePair(
    source=OLD.ref,
    copy=NEW.ref,
    cluster="cluster-posts",
    only_in_source=("fax",),
    only_in_copy=(),
    changed=(ColumnDrift(source="body", copy="text", source_type="text", copy_type="varchar(9)"),),
    keys_only_in_source=("primary key (id)",),
    keys_only_in_copy=(),
)


def sample() -> Report:
    return report(
        catalog(OLD, NEW),
        cluster("posts", OLD, NEW, confidence=0.98765),
        cluster("a", OLD, NEW, verdict=Verdict.KEEP_APART, kind=Kind.FAMILY, canonical=None),
        findings=(finding(OLD, NEW),),
        not_assessed=(skipped("schema vault"),),
        schema_copies=(
            schema_copies("cmis", "cmis v2", PAIR, clusters=("cluster-posts",)),
            schema_copies("a", "b", msgspec.structs.replace(PAIR, cluster=None)),
        ),
    )


def beside() -> Report:
    bare = table("cmis.bare", "body text")
    packs = rule_packs(("cmis", "governance"), None)
    return audit(catalog(bare), packs[0], beside=packs[1:])


def loaded() -> dict:
    return json.loads(render_json(sample()))


def errors(audit: object) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(audit)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("made", [sample(), report(catalog())])
def test_what_is_written_satisfies_the_schema(made: Report) -> None:
    assert errors(json.loads(render_json(made))) == []


def test_tables_are_quoted_and_numbers_rounded() -> None:
    audit = loaded()
    first = audit["clusters"][0]
    quoted = 'cmis."Posts ""v2"""'
    assert first["confidence"] == 0.988
    assert {member["table"] for member in first["members"]} == {"cmis.posts", quoted}
    assert first["comparison"][1] == {
        "concept": "body",
        "cells": {"cmis.posts": "body text", quoted: "body varchar(9)"},
        "type_drift": True,
    }
    assert first["members"][0]["rows_estimate"] == 3
    assert audit["clusters"][1]["canonical"] is None
    assert audit["score"]["deductions"][0]["payoff"] == 4.0


def test_what_other_packs_say_stands_beside() -> None:
    told = json.loads(render_json(beside()))
    (pack,) = told["beside"]
    assert errors(told) == []
    assert (pack["pack"], pack["title"]) == ("governance", "Governance")
    assert pack["score"]["scale"] == {
        "per_tables": 100,
        "tables": 20,
        "start": 84.0,
        "ceiling": 84.0,
    }
    assert [each["rule"] for each in pack["findings"]] == ["GOV001"]
    assert all(each["rule"] != "GOV001" for each in told["findings"])
    assert pack["not_assessed"] != []
    pack["score"]["deductions"][0]["unit"] = "row"
    assert len(errors(told)) == 1


def _drop(*path: str | int) -> Callable[[dict], None]:
    def change(audit: dict) -> None:
        for step in path[:-1]:
            audit = audit[step]
        del audit[path[-1]]

    return change


def _set(value: object, *path: str | int) -> Callable[[dict], None]:
    def change(audit: dict) -> None:
        for step in path[:-1]:
            audit = audit[step]
        audit[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _drop("totals", "tables"),
        _drop("source", "fingerprint"),
        _drop("score", "deductions", 0, "payoff"),
        _drop("clusters", 0, "pairs", 0, "counter_evidence"),
        _drop("clusters", 0, "members", 0, "role"),
        _drop("clusters", 0, "comparison", 0, "type_drift"),
        _drop("not_assessed", 0, "why"),
        _set(2, "format_version"),
        _set("merge", "clusters", 0, "verdict"),
        _set("owner", "clusters", 0, "members", 0, "role"),
        _set("luck", "clusters", 0, "pairs", 0, "aligned_columns", 0, "how"),
        _set(1.2, "clusters", 0, "confidence"),
        _set("Posts", "clusters", 0, "members", 0, "table"),
        _drop("schema_copies", 0, "source"),
        _drop("schema_copies", 0, "copies", 0, "pairs", 0, "changed", 0, "copy_type"),
        _set("Posts", "schema_copies", 0, "copies", 0, "pairs", 0, "source"),
        _set([], "schema_copies", 0, "copies"),
        _set("urgent", "findings", 0, "severity"),
        _set(101, "score", "value"),
        _set("yesterday", "source", "read_at"),
    ],
)
def test_the_schema_notices(change: Callable[[dict], None]) -> None:
    audit = loaded()
    change(audit)
    assert errors(audit)


@pytest.mark.parametrize(
    ("values", "enum"),
    [
        (SCHEMA["$defs"]["cluster"]["properties"]["verdict"], Verdict),
        (SCHEMA["$defs"]["cluster"]["properties"]["kind"], Kind),
        (SCHEMA["$defs"]["cluster"]["properties"]["priority"], Priority),
        (SCHEMA["$defs"]["member"]["properties"]["role"], Role),
        (SCHEMA["$defs"]["pair"]["properties"]["relation"], Relation),
        (SCHEMA["$defs"]["deduction"]["properties"]["unit"], Unit),
        (SCHEMA["$defs"]["finding"]["properties"]["severity"], Severity),
        (SCHEMA["$defs"]["schema_copies"]["properties"]["verdict"], Verdict),
        (SCHEMA["$defs"]["schema_copies"]["properties"]["priority"], Priority),
        (SCHEMA["$defs"]["schema_copy"]["properties"]["kind"], SchemaKind),
        (
            SCHEMA["$defs"]["pair"]["properties"]["aligned_columns"]["items"]["properties"]["how"],
            Alike,
        ),
    ],
)
def test_the_schema_knows_every_value_of_the_model(
    values: dict[str, list[str]], enum: type[StrEnum]
) -> None:
    assert sorted(values["enum"]) == sorted(enum)


def test_repeated_schemas_are_written_with_their_drift() -> None:
    first, second = loaded()["schema_copies"]
    assert (first["source"], first["clusters"]) == ("cmis", ["cluster-posts"])
    [pair] = first["copies"][0]["pairs"]
    assert pair["copy"] == 'cmis."Posts ""v2"""'
    assert pair["changed"] == [
        {"source": "body", "copy": "text", "source_type": "text", "copy_type": "varchar(9)"}
    ]
    assert second["copies"][0]["pairs"][0]["cluster"] is None


def test_a_file_written_before_schemas_were_told_is_still_one() -> None:
    audit = loaded()
    del audit["schema_copies"]
    assert errors(audit) == []


def test_more_keys_are_allowed() -> None:
    audit = loaded()
    audit["clusters"][0]["weather"] = "fine"
    assert errors(audit) == []


def test_the_bytes_are_the_same_each_time_and_end_in_a_newline() -> None:
    text = render_json(sample())
    assert text == render_json(sample())
    assert text.endswith("}\n")
    assert '\n  "tool": {\n' in text


def test_every_name_survives_the_way_to_bytes_and_back() -> None:
    name = "\ud800 \u202e \u2028 العملاء \x1b"
    text = render_json(report(catalog(database=name)))
    assert "\u202e" not in text
    assert "العملاء" in text
    assert json.loads(text.encode())["source"]["database"] == name
