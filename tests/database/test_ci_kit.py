"""The action, the hook and the job, run as their hosts would run them, as far as a shell can."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cmis_audit import reading

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
JOB = yaml.safe_load((ROOT / "ci" / "gitlab-ci.yml").read_text("utf-8"))
COPY = "CREATE TABLE cmis.campaigns_v2 (LIKE cmis.campaigns INCLUDING ALL);\n"
OWN = "CREATE TABLE cmis.parking_lots (id bigint PRIMARY KEY, gate text, opened_by text);\n"


def schema(name: str) -> Any:
    text = files("check_jsonschema.builtin_schemas.vendor").joinpath(f"{name}.json")
    return json.loads(text.read_text("utf-8"))


def test_action_and_job_are_what_their_hosts_take() -> None:
    for name, document in (("github-actions", ACTION), ("gitlab-ci", JOB)):
        checker = jsonschema.validators.validator_for(schema(name))
        checker(schema(name)).validate(document)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ci") / "catalog.json"
    file.write_text(reading.snapshot_text(reading.demo_catalog(NOW)), "utf-8")
    return file


@pytest.fixture
def repository(tmp_path: Path, snapshot: Path) -> Path:
    """A checkout with a snapshot and two migrations, of which the second repeats a table."""
    folder = tmp_path / "repo"
    (folder / "db" / "migrations").mkdir(parents=True)
    (folder / "db" / "migrations" / "V1__own.sql").write_text(OWN)
    (folder / "db" / "migrations" / "V2__it's a copy.sql").write_text(COPY)
    (folder / "catalog.json").write_bytes(snapshot.read_bytes())
    return folder


def run_action(repository: Path, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """Run the last step of the action; return status, output, its outputs and the job summary."""
    runner = repository.parent / "runner"
    (runner / "cmis-audit" / "bin").mkdir(parents=True)
    program = runner / "cmis-audit" / "bin" / "cmis-audit"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cmis_audit "$@"\n')
    program.chmod(0o755)
    values = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | inputs
    step = ACTION["runs"]["steps"][-1]
    environment = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: values[found[1]], text)
        for name, text in step["env"].items()
    }
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        environment[name] = str(runner / name)
        (runner / name).write_text("")
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=repository,
        env={**os.environ, **environment, "RUNNER_TEMP": str(runner)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = (runner / "GITHUB_OUTPUT").read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    summary = (runner / "GITHUB_STEP_SUMMARY").read_text()
    return ran.returncode, ran.stdout + ran.stderr, outputs, summary


def test_the_action_fails_and_annotates_a_copy(repository: Path) -> None:
    status, said, outputs, summary = run_action(
        repository, migrations="db/migrations", against="catalog.json"
    )
    assert status == 1, said
    assert "::error file=db/migrations/V2__it's a copy.sql,line=1,title=GRD001" in said
    assert outputs["status"] == "1"
    assert "`cmis.campaigns_v2` | `cmis.campaigns`" in summary
    log = json.loads((repository / outputs["sarif"]).read_text("utf-8"))
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["GRD001"]
    assert (repository / outputs["summary"]).read_text("utf-8") == summary


def test_the_action_passes_what_is_its_own_and_what_is_advice(repository: Path) -> None:
    own = "db/migrations/V1__own.sql\ndb/migrations/V1__own.sql"
    status, said, outputs, _ = run_action(repository, migrations=own, against="catalog.json")
    assert (status, outputs["status"]) == (0, "0"), said


def test_the_action_in_advisory_mode_tells_and_passes(repository: Path) -> None:
    status, said, outputs, _ = run_action(
        repository, migrations="db/migrations", against="catalog.json", advisory="true"
    )
    assert (status, outputs["status"]) == (0, "1")
    assert "::error" in said


def test_no_input_of_the_action_is_a_command(repository: Path) -> None:
    evil = "$(touch evil) `touch evil`; touch evil #"
    status, _, _, _ = run_action(repository, migrations=evil, against=evil, output="out")
    assert status == 2
    assert not (repository / "evil").exists()
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_the_hook_runs_on_migrations_alone(repository: Path) -> None:
    [hook] = HOOKS
    assert {"id", "name", "entry", "language"} <= hook.keys()
    for path in ("db/migrations/V1__a.sql", "alembic/versions/1.py", "db/migrate/1_a.rb"):
        assert re.search(hook["files"], path)
    for path in ("src/models.py", "migrations/README.md", "docs/schema.sql"):
        assert not re.search(hook["files"], path)
    program, *arguments = hook["entry"].split()
    assert program == "cmis-audit"
    folder = repository / "db" / "migrations"
    changed = [str(one.relative_to(repository)) for one in sorted(folder.iterdir())]
    ran = subprocess.run(
        [sys.executable, "-m", "cmis_audit", *arguments, "--against", "catalog.json", *changed],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1
    assert "near-copy of the existing cmis.campaigns" in ran.stdout


def test_the_job_of_gitlab_leaves_its_report(repository: Path, tmp_path: Path) -> None:
    job = JOB["cmis-audit-guard"]
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "pip").write_text('#!/bin/sh\necho "$@" > "$PIP_LOG"\n')
    (tools / "cmis-audit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cmis_audit "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])],
        cwd=repository,
        env={
            **os.environ,
            **JOB["variables"],
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PIP_LOG": str(tmp_path / "pip.log"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert (tmp_path / "pip.log").read_text() == "install --quiet cmis-audit\n"
    report = repository / job["artifacts"]["reports"]["junit"]
    assert "GRD001" in report.read_text("utf-8")
