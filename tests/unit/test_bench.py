"""The bench runs: what it measures is for a quiet machine, not for a test."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    run = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run


def test_the_bench_measures_every_contender() -> None:
    run = _run("bench.audit", "--sizes", "20", "--rounds", "1")
    names = {line.split()[1] for line in run.stdout.splitlines() if line.startswith("| ")}
    assert {"server", "introspection", "pg_dump", "reflect", "audit", "process"} <= names
    assert "found: 20 tables, 240 columns" in run.stdout


def test_the_matching_finds_what_all_pairs_find() -> None:
    """The other contenders want packages that the tests do without."""
    run = _run("bench.matching", "--sizes", "400", "--contenders", "ours,jaccard")
    rows = [line.split(" | ") for line in run.stdout.splitlines() if "400, " in line]
    assert [(row[0], row[2], row[6]) for row in rows] == [
        ("| 400, ours", "measured", "4/4"),
        ("| 400, jaccard", "measured", "4/4"),
    ]


def test_the_rehearsals_run_the_plans_of_labelled_schemas() -> None:
    asked = ("--only", "school", "--rows", "5", "--most", "2", "--jobs", "1")
    run = _run("bench.rehearsals", str(ROOT / "tests" / "labelled"), *asked)
    [row] = [line.split(" | ") for line in run.stdout.splitlines() if line.startswith("| school")]
    clusters, refused, planned, *reached = row[1:8]
    assert (clusters.split(" of ")[0], refused, planned) == ("2", "1", "1")
    assert reached == ["1", "1", "1", "1"]
