"""guard.json is what its schema says, key by key."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from guarded import BASE, COLUMNS, GROUND
from jsonschema import Draft202012Validator, ValidationError

from cmis_audit.guard.files import Language, MigrationFile
from cmis_audit.guard.run import run_migrations
from cmis_audit.guarding import judge
from cmis_audit.model.decisions import Decisions, Registered
from cmis_audit.model.guard import Guarded
from cmis_audit.model.waiver import Waiver
from cmis_audit.render.guard_json import render_guard_json
from cmis_audit.resources import report_schemas

SCHEMA = json.loads((report_schemas() / "guard.schema.json").read_text("utf-8"))
SQL = f"""
CREATE TABLE bills ({COLUMNS}, paid_at date);
CREATE TABLE invoices_v2 (id bigint PRIMARY KEY, payload jsonb, batch text);
CREATE TABLE warehouse_sites (id bigint PRIMARY KEY, site text, capacity integer, note text);
ALTER TABLE products ADD COLUMN height integer;
DO $$ BEGIN EXECUTE 'CREATE TABLE hidden (id int)'; END $$;
"""
PAIR = ("public.bills", "public.invoices")
OWNED = Registered(name="public.invoices", owner="billing", canonical_for=("public.bills",))


def strict(schema: Any) -> Any:
    """Return the schema with no room for a key that it does not describe."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: False if key == "additionalProperties" else strict(value)
        for key, value in schema.items()
    }


def guarded(decisions: Decisions, code: tuple[Path, ...] = ()) -> Guarded:
    after = run_migrations([MigrationFile(path="m.sql", language=Language.SQL, text=SQL)], BASE)
    ground = msgspec.structs.replace(GROUND, decisions=decisions, code=code)
    found = judge(BASE, after.catalog, after.touched, ground)
    return msgspec.structs.replace(
        found, files=after.files, unread=after.unread, notes=(*after.notes, *found.notes)
    )


def loaded(found: Guarded) -> Any:
    document = json.loads(render_guard_json(found))
    Draft202012Validator(strict(SCHEMA)).validate(document)
    return document


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_is_described(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- kept for audits\nCREATE TABLE invoices (id int);\n")
    (tmp_path / "b.sql").write_text("SELECT * FROM invoices;\n")
    waiver = Waiver(reason="two books", tables=PAIR, until="2026-06-15")
    day, later = (
        loaded(guarded(Decisions(waivers=(waiver,), register=(OWNED,), today=today), (tmp_path,)))
        for today in ("2026-06-15", "2026-06-16")
    )
    charges = {one["charge"] for one in day["alarms"]}
    assert {"near-copy", "version"} <= charges
    held, lapsed = (
        next(one for one in each["alarms"] if one["table"] == "public.bills")
        for each in (day, later)
    )
    assert (held["waiver"]["status"], lapsed["waiver"]["status"]) == ("holds", "expired")
    assert held["twin_code"]["files"] == 1
    assert held["registered"][0]["owner"] == "billing"
    assert held["evidence"]
    assert held["shared_columns"]
    assert held["remedy"]
    assert day["unread"]
    assert {one["change"] for one in day["touched"]} == {"created", "changed"}


def test_what_nothing_is_known_of_is_null() -> None:
    document = loaded(guarded(Decisions()))
    version = next(one for one in document["alarms"] if one["charge"] == "version")
    assert [version[key] for key in ("verdict", "kind", "confidence", "cluster", "waiver")] == (
        [None] * 5
    )


@pytest.mark.parametrize("wrong", [{"alarms": [{}]}, {"tables": -1}, {"format_version": 2}])
def test_what_is_no_guard_is_refused(wrong: dict[str, object]) -> None:
    document = loaded(guarded(Decisions()))
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate({**document, **wrong})
