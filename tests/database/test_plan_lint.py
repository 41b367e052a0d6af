"""What squawk, a linter of migrations, says of plans: the rules that README lists, no other."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from migrated import leads
from planned import execute, plan, plan_of_renames

from cmis_audit import pipeline, reading
from cmis_audit.model.cluster import Kind
from cmis_audit.model.plan import Plan, PlanOptions
from cmis_audit.render.plan_readme import LINT

LISTED = {rule for rules, _ in LINT for rule in rules}
SQUAWK = Path(sys.executable).with_name("squawk")


def _said(folder: Path, plans: Mapping[str, Plan]) -> dict[str, list[str]]:
    """Return the places at which each rule is broken."""
    for name, made in plans.items():
        for cluster in made.clusters:
            for step in cluster.steps:
                path = folder / name / cluster.folder / step.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step.sql, "utf-8")
    return _squawk(folder, *(path.relative_to(folder) for path in folder.rglob("*.sql")))


def _squawk(folder: Path, *files: Path) -> dict[str, list[str]]:
    command = [SQUAWK, "--pg-version", "16", "--reporter", "json", *sorted(files)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, list[str]] = {}
    for each in json.loads(done.stdout):
        place = f"{each['file']}:{each['line']}: {each['message']}"
        found.setdefault(each["rule_name"], []).append(place)
    return found


@pytest.mark.since(15, "a view that honours row security")
def test_only_the_listed_rules_are_broken(database: str, tmp_path: Path) -> None:
    catalog = reading.demo_catalog(datetime(2026, 1, 1, tzinfo=UTC))
    report = pipeline.audit(catalog, pipeline.rule_pack("cmis", None))
    execute(
        database,
        "CREATE TABLE kept (id bigint PRIMARY KEY, note text);"
        "CREATE TABLE kept_copy (id bigint PRIMARY KEY, note text)",
    )
    copies = plan(database, "public.kept", "public.kept_copy", kind=Kind.COPY)
    with leads(database, tmp_path / "leads") as made:
        plans = {
            "demo": pipeline.plan_of(report, PlanOptions(yes_drop=True)),
            "copies": copies.plan,
            "renames": plan_of_renames(database, {"public.kept": "kept_notes"}).plan,
            "leads": made.plan,
        }
        assert all(each.clusters for each in plans.values())
        said = _said(tmp_path, plans)
    others = {rule: places for rule, places in said.items() if rule not in LISTED}
    assert not others
    assert said.keys() == LISTED, "what is never broken needs no excuse"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE a ADD COLUMN b text NOT NULL;", "adding-required-field"),
        ("CREATE TABEL a (b text);", "syntax-error"),
    ],
)
def test_the_linter_is_awake(tmp_path: Path, statement: str, rule: str) -> None:
    (tmp_path / "a.sql").write_text(statement)
    assert rule in _squawk(tmp_path, Path("a.sql"))
