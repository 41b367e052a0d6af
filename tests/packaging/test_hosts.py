"""The hook and the action as their hosts run them: pre-commit itself, the action's own lines."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from checkout import copy_checkout, run

from cmis_audit import reading

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OWN = "CREATE TABLE cmis.parking_lots (id bigint PRIMARY KEY, gate text, opened_by text);\n"
COPY = "CREATE TABLE cmis.campaigns_v2 (LIKE cmis.campaigns INCLUDING ALL);\n"
AUTHOR = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of this program, as its host would clone it."""
    folder = tmp_path_factory.mktemp("release") / "cmis-audit"
    copy_checkout(folder)
    committed(folder)
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Somebody's repository: a snapshot, and a migration with a table of its own."""
    folder = tmp_path / "repo"
    (folder / "db" / "migrations").mkdir(parents=True)
    (folder / "db" / "migrations" / "V1__own.sql").write_text(OWN)
    catalog = reading.snapshot_text(reading.demo_catalog(NOW))
    (folder / "catalog.json").write_text(catalog, "utf-8")
    return folder


def committed(folder: Path) -> str:
    if not (folder / ".git").exists():
        run("git", "init", "--quiet", folder=folder)
    run("git", "add", "--all", folder=folder)
    run("git", *AUTHOR, "commit", "--quiet", "--message", "all", folder=folder)
    return run("git", "rev-parse", "HEAD", folder=folder).stdout.strip()


def test_pre_commit_installs_the_hook_and_fails_on_a_copy(
    repository: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    hook = {"id": "cmis-audit-guard", "args": ["--against", "catalog.json"]}
    rev = run("git", "rev-parse", "HEAD", folder=release).stdout.strip()
    settings = {"repos": [{"repo": str(release), "rev": rev, "hooks": [hook]}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    committed(repository)
    look = (sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never")
    assert "Passed" in run(*look, folder=repository).stdout
    (repository / "db" / "migrations" / "V2__it's a copy.sql").write_text(COPY)
    committed(repository)
    said = run(*look, folder=repository, status=1).stdout
    assert "exit code: 1" in said
    assert "V2__it's a copy.sql:1: NEAR-COPY: new table cmis.campaigns_v2" in said
    (repository / "db" / "migrations" / "V2__it's a copy.sql").unlink()
    (repository / "db" / "schema.sql").write_text(COPY)
    committed(repository)
    assert "Passed" in run(*look, folder=repository).stdout, "a file that is no migration"


def test_the_action_installs_itself_and_guards(
    repository: Path, release: Path, tmp_path: Path
) -> None:
    """Both steps as they stand, with the values that the host would put in."""
    (repository / "db" / "migrations" / "V2__copy.sql").write_text(COPY)
    runner = tmp_path / "runner"
    (runner / "bin").mkdir(parents=True)
    python = runner / "bin" / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    action = yaml.safe_load((release / "action.yml").read_text("utf-8"))
    given = {name: one.get("default", "") for name, one in action["inputs"].items()}
    given |= {"migrations": "db/migrations", "against": "catalog.json"}
    values = {f"${{{{ inputs.{name} }}}}": text for name, text in given.items()}
    values["${{ github.action_path }}"] = str(release)
    files = {name: runner / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    found = []
    for step in action["runs"]["steps"]:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=repository,
            env={
                **{name: text for name, text in os.environ.items() if name[:6] != "PYTHON"},
                **{name: values[text] for name, text in step["env"].items()},
                **{name: str(file) for name, file in files.items()},
                "RUNNER_TEMP": str(runner),
                "PATH": f"{runner / 'bin'}:{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        found.append((done.returncode, done.stdout + done.stderr))
    assert found[0][0] == 0, found[0][1]
    assert found[1][0] == 1, found[1][1]
    assert "::error file=db/migrations/V2__copy.sql,line=1,title=GRD001" in found[1][1]
    assert "status=1\n" in files["GITHUB_OUTPUT"].read_text()
    assert "`cmis.campaigns_v2`" in files["GITHUB_STEP_SUMMARY"].read_text()
