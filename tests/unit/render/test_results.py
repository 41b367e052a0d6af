"""What other programs are told: SARIF, annotations, JUnit and comments, of hostile names too."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from audited import audited as judged
from builders import catalog, cluster, evidence, finding, ref, report, rule, score, table

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.code import CodeReference, CodeSurvey, CodeUse
from cmis_audit.model.decisions import Decisions, Registered
from cmis_audit.model.guard import Alarm, Change, Charge, Guarded, Touched, Unread
from cmis_audit.model.place import Place, TablePlace
from cmis_audit.model.report import PackReport, Report
from cmis_audit.model.result import Result
from cmis_audit.model.rule import Severity
from cmis_audit.model.waiver import Waiver
from cmis_audit.render import EMITTERS
from cmis_audit.render.annotations import annotations
from cmis_audit.render.comment import guard_comment, report_comment
from cmis_audit.render.guards import GUARD_EMITTERS
from cmis_audit.render.junit import junit
from cmis_audit.render.results import guard_results, report_results
from cmis_audit.render.sarif import MOST_RESULTS, relative, sarif

SCHEMA_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SCHEMA_FILE = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
HOSTILE = "x\"]]><script>&'\n::error::\r%0A,:\x00\x1b[31m\u202e\ud800|`*_"
PLAIN = table("shop.orders", "id bigint pk")
TWIN = table("shop.orders_v2", "id bigint pk")


@pytest.fixture(scope="session")
def sarif_schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The schema of OASIS, from a package of npm's; kept in the environment of the tests."""
    kept = Path(sys.prefix) / "sarif-2.1.0.json"
    if not kept.exists():
        folder = tmp_path_factory.mktemp("npm")
        npm = shutil.which("npm")
        command = [npm or "npm", "pack", "--silent", SCHEMA_PACKAGE]
        got = npm and subprocess.run(command, cwd=folder, capture_output=True, check=False)
        packed = list(folder.glob("*.tgz"))
        if not got or not packed:
            say = pytest.fail if os.environ.get("CI") else pytest.skip
            say(f"{SCHEMA_PACKAGE} could not be had of npm")
        with tarfile.open(packed[0]) as archive:
            member = archive.extractfile(SCHEMA_FILE)
            assert member is not None
            kept.write_bytes(member.read())
    return json.loads(kept.read_text("utf-8"))


def audited(**fields: object) -> Report:
    merged = cluster("orders", PLAIN, TWIN)
    findings = (
        finding(PLAIN, TWIN, id="DUP001-1", clusters=(merged.id,)),
        finding(TWIN, id="VER001-2", rule="VER001", severity=Severity.LOW, message="two versions"),
    )
    values: dict[str, object] = {
        "findings": findings,
        "rules": (rule(), rule("VER001"), rule("MET1")),
    }
    return report(catalog(PLAIN, TWIN), merged, **{**values, **fields})


def alarm(name: str = "orders_v2", **fields: object) -> Alarm:
    touched = Touched(
        table=ref(f"shop.{name}"),
        change=Change.CREATED,
        place=Place(file="db/V2__new orders.sql", line=7),
    )
    values: dict[str, object] = {
        "id": f"guard-{name}",
        "charge": Charge.NEAR_COPY,
        "table": touched,
        "twin": ref("shop.orders"),
        "twin_is_new": False,
        "verdict": "consolidate",
        "kind": "version",
        "confidence": 0.98,
        "reason": "A second version.",
        "bits": 12.0,
        "evidence": (evidence("name", 8.0), evidence("grain", -1.5)),
        "shared_columns": (("id", "id"),),
        "remedy": ("ALTER TABLE shop.orders\n    ADD COLUMN x text;",),
    }
    return Alarm(**{**values, **fields})


def guarded(*alarms: Alarm, **fields: object) -> Guarded:
    values: dict[str, object] = {
        "tool_version": "0.1.0",
        "against": "shop",
        "files": ("db/V2__new orders.sql",),
        "tables": 2,
        "touched": tuple(one.table for one in alarms),
        "alarms": alarms,
    }
    return Guarded(**{**values, **fields})


UNREAD = Unread(place=Place(file="db/V3.py", line=9), what="op.create_table", why="made by code")
NASTY = alarm(
    HOSTILE,
    reason=HOSTILE,
    evidence=(evidence(HOSTILE, 2.0, HOSTILE),),
    remedy=(f"ALTER TABLE {HOSTILE}\n```",),
)
INVOICES = ("app.invoices", "app.invoices_v2")
DECIDED = judged(
    frozenset({"invoices", "invoices_v2", "vehicles", "vehicles_v2"}),
    Decisions(
        waivers=(
            Waiver(reason=f"the app <writes> both {HOSTILE}", tables=INVOICES, until="2026-06-15"),
            Waiver(reason="moved", tables=("app.vehicles", "app.vehicles_v2"), until="2026-01-31"),
            Waiver(reason="gone", tables=("app.lectures", "app.lectures_v2")),
        ),
        register=(Registered(name="app.lectures", owner="school"),),
        today="2026-06-15",
        file="db/cmis-audit.toml",
        waiver_lines=(3, 8, 13),
        register_lines=(18,),
    ),
)
SAID = {
    "decided": report_results(DECIDED),
    "audit": report_results(audited()),
    "clean": report_results(report(catalog(PLAIN))),
    "guard": guard_results(guarded(alarm(), alarm("x", charge=Charge.REVIEW), unread=(UNREAD,))),
    "hostile": guard_results(guarded(NASTY, against=HOSTILE)),
}


@pytest.mark.parametrize("name", SAID)
def test_sarif_is_valid_and_every_result_has_a_place(name: str, sarif_schema: Any) -> None:
    log = json.loads(sarif(SAID[name]))
    jsonschema.Draft7Validator(sarif_schema).validate(log)
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == [one.id for one in SAID[name].rules]
    assert len(run["results"]) == len(SAID[name].results)
    for one in run["results"]:
        place = one["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert uri
        assert not uri.startswith(("/", ".."))
        assert re.fullmatch(r"[\w./%-]+", uri)
        assert place["region"]["startLine"] >= 1
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["partialFingerprints"]["cmisAuditId/v1"]
    assert json.loads(sarif(SAID[name])) == log


def test_sarif_of_too_many_results_keeps_what_github_takes() -> None:
    [one, *_] = SAID["guard"].results
    many = tuple(msgspec.structs.replace(one, id=str(n)) for n in range(MOST_RESULTS + 3))
    [run] = json.loads(sarif(msgspec.structs.replace(SAID["guard"], results=many)))["runs"]
    assert len(run["results"]) == MOST_RESULTS
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("3 further results")


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("db/a.sql", "db/a.sql"),
        ("./db//a.sql", "db/a.sql"),
        ("/home/me/secret/a.sql", "a.sql"),
        ("../a.sql", "a.sql"),
        ("C:\\work\\a.sql", "a.sql"),
        ("..", "audit.json"),
    ],
)
def test_a_path_in_sarif_is_relative(file: str, uri: str) -> None:
    assert relative(file) == uri


def places(said: Report) -> list[tuple[str, int]]:
    return [(one.place.file, one.place.line) for one in report_results(said).results]


def test_a_finding_stands_where_its_table_is_made() -> None:
    """In the code that creates it, else in the file audited, else beside the report."""
    assert places(audited()) == [("audit.json", 1), ("audit.json", 1)]
    lines = tuple(
        TablePlace(table=one.ref, place=Place(file="s.json", line=line))
        for line, one in ((4, PLAIN), (9, TWIN))
    )
    # The table that stays is not the one to mend.
    assert places(audited(places=lines)) == [("s.json", 9), ("s.json", 9)]
    code = CodeSurvey(
        roots=(".",),
        files=1,
        references=(
            CodeReference(table=TWIN.ref, use=CodeUse.CREATES, file="m/2.sql", line=3),
            CodeReference(table=TWIN.ref, use=CodeUse.QUERY, file="a.py", line=1),
        ),
    )
    said = report_results(audited(places=lines, code=code)).results[0]
    assert (said.place.file, said.place.line) == ("m/2.sql", 3)
    assert [(one.file, one.line) for one in said.others] == [("s.json", 4)]


def test_what_is_waived_is_suppressed_with_its_reason() -> None:
    [run] = json.loads(sarif(SAID["decided"]))["runs"]
    told = {one["ruleId"]: one for one in run["results"] if "suppressions" in one}
    assert set(told) == {"DUP001", "VER001"}
    for one in told.values():
        [suppression] = one["suppressions"]
        assert suppression["kind"] == "external"
        assert suppression["justification"].startswith("the app <writes> both")
        names = [each["fullyQualifiedName"] for each in one["locations"][0]["logicalLocations"]]
        assert set(names) <= set(INVOICES)
    charged = [one["ruleId"] for one in run["results"] if "suppressions" not in one]
    assert charged == ["DUP001", "VER001", "REG001", "WAV001", "WAV002"]


def test_what_is_waived_fails_nothing() -> None:
    results = SAID["decided"].results
    kept = tuple(one for one in results if one.waived is not None)
    only = msgspec.structs.replace(SAID["decided"], results=kept)
    assert [line[:9] for line in annotations(only).splitlines()] == ["::notice "] * 2
    assert "waived: the app <writes> both" in annotations(only)
    assert 'failures="0"' in junit(only)
    assert "<skipped message=" in junit(only)


def test_a_fault_of_decisions_stands_in_their_file() -> None:
    faults = [one for one in SAID["decided"].results if one.rule[:3] in ("WAV", "REG")]
    assert {one.place.file for one in faults} == {"db/cmis-audit.toml"}
    assert [(one.rule, one.place.line) for one in faults] == [
        ("REG001", 18), ("WAV001", 8), ("WAV002", 13),
    ]  # fmt: skip
    assert "file=db/cmis-audit.toml,line=8," in annotations(SAID["decided"])
    assert "`db/cmis-audit.toml:13`" in report_comment(DECIDED)
    assert "`db/cmis-audit.toml:13`" in EMITTERS["markdown"].render(DECIDED)
    assert "<code>db/cmis-audit.toml:13</code>" in EMITTERS["html"].render(DECIDED)
    nowhere = report_results(msgspec.structs.replace(DECIDED, notice_places=()))
    assert {one.place.file for one in nowhere.results} == {"audit.json"}


def test_a_comment_tells_what_is_waived_and_what_has_run_out() -> None:
    said = report_comment(DECIDED)
    assert "| `WAV001` | the waiver of app.vehicles, app.vehicles_v2 ended on 2026-01-31;" in said
    assert "| `REG001` | app.lectures is registered" in said
    assert "| invoices: app.invoices, app.invoices_v2 | the app &#60;writes&#62; both" in said
    assert "Notice" not in report_comment(audited())


GOVERNED = audited(
    beside=(
        PackReport(
            title="Governance",
            score=score(),
            findings=(finding(PLAIN, id="GOV001-1", rule="GOV001"), audited().findings[0]),
            rules=(rule("GOV001"), rule("GOV002"), rule()),
        ),
    ),
)


def test_packs_beside_are_told_with_their_rules_and_nothing_twice() -> None:
    """A pack may charge the findings of another in its own way."""
    said = report_results(GOVERNED)
    assert [one.id for one in said.rules] == ["DUP001", "VER001", "MET1", "GOV001", "GOV002"]
    assert [one.id for one in said.results] == ["DUP001-1", "VER001-2", "GOV001-1"]
    assert [one.partition(" ")[0] for one in said.passed] == ["MET1", "GOV002"]
    assert "::error file=audit.json,line=1,title=GOV001" in annotations(said)
    assert 'classname="GOV001"' in junit(said)


def test_annotations_are_one_command_a_line() -> None:
    lines = annotations(SAID["guard"]).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::warning"]
    assert lines[0].startswith(
        "::error file=db/V2__new orders.sql,line=7,title=GRD001 Near-copy of an existing table::"
        "new table shop.orders_v2 is a near-copy of the existing shop.orders (confidence 98%25)%0A"
    )
    text = annotations(SAID["hostile"])
    assert text.count("\n") == 1
    assert re.fullmatch(r"::error file=[^,:]*,line=\d+,title=[^,:]*::[^\r\n]*\n", text)
    assert "%250A" in text
    assert annotations(SAID["clean"]) == ""


CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "system-out", "skipped"},
    "failure": set(),
    "skipped": set(),
    "system-out": set(),
}
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"classname", "name"},
    "failure": {"type", "message"},
    "skipped": {"message"},
    "system-out": set(),
}


@pytest.mark.parametrize("name", SAID)
def test_junit_has_the_structure_that_jenkins_reads(name: str) -> None:
    text = junit(SAID[name])
    root = ET.parse(io.BytesIO(text.encode())).getroot()
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN[element.tag]
    [suite] = root
    assert len(suite) == int(suite.attrib["tests"])
    assert len(suite.findall("*/failure")) == int(suite.attrib["failures"])
    assert len(suite.findall("*/skipped")) == int(suite.attrib["skipped"])


def test_a_rule_that_found_nothing_passes_in_junit() -> None:
    root = ET.fromstring(junit(SAID["audit"]))
    assert [one.attrib["name"] for one in root.iter("testcase") if not len(one)] == [
        "MET1 Duplicate table pattern"
    ]


def test_a_comment_of_an_audit_tells_score_and_groups() -> None:
    said = report_comment(audited(not_assessed=(Skipped(what="a", why="b"),)))
    assert said.splitlines()[0] == "### Schema audit of `shop`: 96/100, grade A"
    assert "| `shop.orders`, `shop.orders_v2` | high | 90% | 2 → 1 | 4 |" in said
    assert "1 thing could not be assessed." in said


def test_a_comment_of_a_guard_tells_what_would_do_instead() -> None:
    said = guard_comment(guarded(alarm(), unread=(UNREAD,)))
    assert "| `shop.orders_v2` | `shop.orders` | near-copy | 98% |" in said
    assert "```sql\nALTER TABLE shop.orders\n    ADD COLUMN x text;\n```" in said
    assert "`db/V3.py:9`: `op.create_table`, made by code" in said
    assert "cmis-audit guard --base BASE --head MIGRATED" in said
    assert len(said.splitlines()) < 60


def test_no_comment_is_too_long_for_github() -> None:
    many = [
        alarm(f"{number:02}" + "|" * 60, reason="|" * 9000, remedy=("x" * 900 + "\n",) * 90)
        for number in range(99)
    ]
    unread = tuple(msgspec.structs.replace(UNREAD, why="*" * 9000) for _ in range(99))
    assert len(guard_comment(guarded(*many, unread=unread))) < 65_536
    names = [table(f"shop.{number:02}" + "|" * 60, "id bigint") for number in range(60)]
    groups = [cluster(f"c{number}", *names[:20]) for number in range(40)]
    assert len(report_comment(report(catalog(*names), *groups))) < 65_536


def test_hostile_names_close_no_block_of_a_comment() -> None:
    said = guard_comment(guarded(NASTY))
    fences = [line for line in said.splitlines() if line.startswith("```")]
    assert len({fence.rstrip("sql") for fence in fences if fence != "```"}) == 1
    assert "<script>" not in said.split("````")[0]
    assert not any(char in said for char in "\x00\x1b\u202e")
    shown = GUARD_EMITTERS["text"].render(guarded(NASTY, against=HOSTILE))
    assert not any(char in shown for char in "\x00\x1b\u202e\r")


def test_a_format_of_audit_and_guard_is_one_file_each() -> None:
    for emitters in (EMITTERS, GUARD_EMITTERS):
        names = [one.file_name for one in emitters.values()]
        assert len(set(names)) == len(names)
    assert isinstance(SAID["audit"].results[0], Result)
