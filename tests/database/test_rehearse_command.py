"""`cmis-audit rehearse`: proof in files, an exit status that says so, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cmis_audit.model.rehearsal import (
    ClusterRehearsal,
    Status,
)
from cmis_audit.render.rehearsals import status_line
from cmis_audit.resources import report_schemas

TWINS = """
CREATE TABLE customers (
    customer_id bigint PRIMARY KEY, company_name text, contact_email text, vat_number text,
    credit_limit numeric, payment_terms integer, created_at timestamptz
);
CREATE TABLE customers_v2 (
    customer_id bigint PRIMARY KEY, company_name text, contact_email text, vat_number text,
    credit_limit numeric, payment_terms integer, created_at timestamptz
);
"""
SCHEMA = json.loads((report_schemas() / "rehearsal.schema.json").read_text("utf-8"))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cmis_audit", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "shop.sql").write_text(TWINS)
    return tmp_path


def test_a_rehearsal_is_proof_in_files(source: Path) -> None:
    done = run(source, "rehearse", "shop.sql", "-o", "made", "--rows", "20", "--bench-rows", "100")
    assert (done.returncode, done.stderr) == (0, "")
    assert "customers: measured" in done.stdout
    made = source / "made"
    names = {path.name for path in made.iterdir()}
    assert {"README.md", "plan.json", "rehearsal.json", "report.md", "01-customers"} <= names
    found = json.loads((made / "rehearsal.json").read_text("utf-8"))
    Draft202012Validator(SCHEMA).validate(found)
    (cluster,) = found["clusters"]
    assert cluster["status"] == "measured"
    assert {line["member"] for line in cluster["ledger"]} == {
        "public.customers",
        "public.customers_v2",
    }
    assert found["finish"]["clusters_left"] == []
    assert found["finish"]["score_after"] > found["finish"]["score_before"]
    report = (made / "report.md").read_text("utf-8")
    assert "the groups that were merged are gone" in report
    section = report.split("#### Rehearsal")[1].split("#### Impact")[0]
    assert "**undone** → **measured**" in section
    assert "| `public.customers_v2` |" in section
    assert "Undone after switch: catalog and rows are those of the start." in section
    assert "That queries become 5 to 10 times faster" in section
    assert "That storage shrinks by 30 to 60 %" in section


def test_nothing_to_consolidate_starts_no_server(source: Path) -> None:
    (source / "shop.sql").write_text("CREATE TABLE a (id int);")
    done = run(source, "rehearse", "shop.sql", "-v", "-o", "made")
    assert done.returncode == 0
    assert "There is nothing to consolidate." in done.stdout
    assert "cloning" not in done.stderr
    found = json.loads((source / "made" / "rehearsal.json").read_text("utf-8"))
    Draft202012Validator(SCHEMA).validate(found)
    assert found["scratch"]["server_version"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-o", "-"), "give a directory"),
        (("--rows", "0"), "rows"),
        (("--seed", "-1"), "seed"),
        (("--bench-rows", "many"), "bench-rows"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    source: Path, options: tuple[str, ...], said: str
) -> None:
    done = run(source, "rehearse", "shop.sql", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert [each.name for each in source.iterdir()] == ["shop.sql"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupted_rehearsal_leaves_no_server_and_no_file(
    source: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    servers = Path(f"/tmp/cmis-rehearse-{os.getpid()}")
    servers.mkdir(mode=0o755)
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "cmis_audit", "rehearse", "-v", "shop.sql", "-o", "made"],
            cwd=source,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(servers)},
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if "rows written in between" in line:
                    break
            assert list(servers.iterdir()), "the server is there"
            process.send_signal(signal.SIGINT)
            said = process.stderr.read()
        assert process.returncode == 130
        assert said.strip().endswith("cmis-audit: interrupted")
        assert [each.name for each in source.iterdir()] == ["shop.sql"]
        deadline = time.monotonic() + 10
        while list(servers.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not list(servers.iterdir())
    finally:
        servers.rmdir()


def test_the_words_stop_where_the_proof_does() -> None:
    tried = ClusterRehearsal(
        cluster="c-1", name="c", folder="01-c", status=Status.CONSERVED, stopped="x"
    )
    assert status_line(tried) == (
        "**generated** → **accepted** → **conserved** → ~~isolated~~ → ~~undone~~ → ~~measured~~."
    )
    assert not tried.proven
