"""The bench runs: what it measures is for a quiet machine, not for a test."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_bench_measures_every_contender() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bench.audit", "--sizes", "20", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    names = {line.split()[0] for line in run.stdout.splitlines() if line.startswith("  ")}
    assert {"server", "introspection", "pg_dump", "reflect", "audit", "process"} <= names
    assert "found: 20 tables, 240 columns" in run.stdout
