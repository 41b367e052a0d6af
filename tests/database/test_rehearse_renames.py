"""A rehearsal of renames: the same rows under both names, and what would not be is seen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from planned import Planned, catalog, execute, plan_of_renames
from rehearsed import QUICK, before_the_end, changed, rehearsed

from cmis_audit.model.plan import Phase
from cmis_audit.model.rehearsal import Status
from cmis_audit.rehearse.isolation import with_visitor
from cmis_audit.rehearse.rehearsal import Options
from cmis_audit.resources import report_schemas

TABLES = """
CREATE TABLE firms (id int PRIMARY KEY, name text);
CREATE TABLE people (id int PRIMARY KEY, org int NOT NULL, firm int REFERENCES firms, name text);
CREATE TABLE notes (id serial, body text, person int REFERENCES people ON DELETE CASCADE);
CREATE VIEW named AS SELECT id, name FROM people;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON people USING (org = current_setting('app.org', true)::int);
"""
NAMES = {"people": "members_of_staff", "notes": "staff_notes"}


@pytest.fixture
def planned(database: str) -> Planned:
    execute(database, TABLES)
    return plan_of_renames(database, NAMES)


def test_renames_go_all_the_way_and_back(planned: Planned) -> None:
    seen = with_visitor(catalog(planned.conninfo), planned.plan.clusters)
    outcome = rehearsed(seen, planned.plan, Options(rows=30))
    (found,) = outcome.clusters
    assert (found.status, found.refused) == (Status.UNDONE, None)
    assert found.stopped == "not measured: a rename moves no row"
    assert [str(line.member) for line in found.ledger] == ["public.people", "public.notes"]
    assert all(line.conserved and line.counted == line.rows_in >= 30 for line in found.ledger)
    assert [undone.after for undone in found.undone] == [Phase.EXPAND, Phase.SWITCH]
    assert found.writes is not None
    assert found.writes.after_switch > 0
    assert not found.writes.refused
    assert found.isolation is not None
    assert found.isolation.tenants > 0
    assert not found.isolation.differences
    assert found.isolation.comparisons == 4 * (found.isolation.tenants + 1)
    ends = {str(each.ref) for each in (*outcome.end.tables, *outcome.end.views)}
    assert ends == {"public.firms", "public.members_of_staff", "public.staff_notes", "public.named"}


@pytest.mark.parametrize(
    ("where", "more", "status", "said"),
    [
        (
            (Phase.SWITCH, False),
            "DELETE FROM public.staff_notes;",
            Status.ACCEPTED,
            "not conserved",
        ),
        (
            (Phase.SWITCH, False),
            "CREATE OR REPLACE VIEW public.notes AS "
            "SELECT id, upper(body) AS body, person FROM public.staff_notes;",
            Status.ACCEPTED,
            "not conserved",
        ),
        (
            (Phase.SWITCH, False),
            "REVOKE ALL ON public.people FROM cmis_audit_visitor;",
            Status.CONSERVED,
            "public.people: ",
        ),
        (
            (Phase.SWITCH, False),
            "REVOKE ALL ON public.staff_notes FROM cmis_audit_visitor;",
            Status.CONSERVED,
            "error 42501 under its new name",
        ),
        ((Phase.CONTRACT, False), "DELETE FROM public.staff_notes;", Status.ACCEPTED, "contract"),
        (
            (Phase.SWITCH, True),
            "ALTER TABLE public.firms ALTER name SET DEFAULT '';",
            Status.ISOLATED,
            "after the way back from switch: table public.firms: column name: default",
        ),
    ],
)
def test_what_is_wrong_is_seen(
    planned: Planned, where: tuple[Phase, bool], more: str, status: Status, said: str
) -> None:
    phase, undo = where
    seen = with_visitor(catalog(planned.conninfo), planned.plan.clusters)
    spoilt = changed(planned.plan, before_the_end(more), phase, undo=undo)
    (found,) = rehearsed(seen, spoilt, QUICK).clusters
    assert (found.status, said in found.stopped) == (status, True), found.stopped


CONTACTS = """
CREATE SCHEMA crm; CREATE SCHEMA shop; CREATE SCHEMA hr;
CREATE TABLE shop.contacts (id bigint PRIMARY KEY, order_id bigint, phone text, basket jsonb);
CREATE TABLE hr.contacts (id bigint PRIMARY KEY, employee_no int, relation text, urgent boolean);
CREATE TABLE crm.contacts (id bigint PRIMARY KEY, lead_source text, stage text, score int);
CREATE VIEW crm.leads AS SELECT id, lead_source, stage, score FROM crm.contacts;
CREATE VIEW shop.customers AS SELECT * FROM shop.contacts;
CREATE SCHEMA api; CREATE VIEW api.contacts AS SELECT * FROM shop.contacts;
"""


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cmis_audit", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def valid(folder: Path, name: str) -> dict:
    document = json.loads((folder / f"{name}.json").read_text("utf-8"))
    schema = json.loads((report_schemas() / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    return document


def test_renames_are_advised_and_written_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(CONTACTS)
    assert "There is nothing to consolidate." in run(tmp_path, "plan", "shop.sql", "-o", "advised")
    advised = valid(tmp_path / "advised", "plan")
    assert not advised["clusters"]
    told = {each["what"]: each["why"] for each in advised["not_planned"]}
    asked = told["crm.contacts"].partition("plan SOURCE ")[2].split()[:2]
    assert asked[0] == "--cluster"
    readme = (tmp_path / "advised" / "README.md").read_text("utf-8")
    assert " ".join(asked) in readme
    # A view is told what to do about only where it has the name of a table.
    assert "ALTER VIEW api.contacts RENAME TO contacts_view;" in told["api.contacts"]
    assert "under the name of crm.contacts, hr.contacts, shop.contacts" in told["api.contacts"]
    assert "crm.leads" not in told
    assert "nothing is to be done" in next(why for why in told.values() if "over crm" in why)
    said = run(tmp_path, "plan", "shop.sql", "-o", "made", *asked)
    assert "01-contact: crm.contacts becomes crm.crm_contacts, hr.contacts becomes" in said
    made = valid(tmp_path / "made", "plan")
    assert made["order"] == ["01-contact/01-expand.sql", "01-contact/04-switch.sql"]
    assert made["promised"]["tables_after"] == made["promised"]["tables_before"] == 3
    assert "crm.contacts" not in {each["what"] for each in made["not_planned"]}


def test_a_rehearsal_of_renames_ends_with_the_new_names(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(CONTACTS)
    said = run(tmp_path, "rehearse", "shop.sql", "-o", "made", "--renames", "--rows", "15")
    assert "contact: undone, " in said
    found = valid(tmp_path / "made", "rehearsal")
    assert found["finish"]["clusters_left"] == []
    assert not found["clusters"][0]["notes"], "the last file was not refused"
    report = (tmp_path / "made" / "report.md").read_text("utf-8")
    assert "### contact, renamed on a clone" in report
    assert "writes before the switch were kept" in report
    assert "contact, renamed on a clone: undone" in (tmp_path / "made" / "report.html").read_text()
