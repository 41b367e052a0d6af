"""What `--version` and `--help` load: neither may cost the time of a library it has no use for."""

import subprocess
import sys

import pytest

HEAVY = {"jinja2", "msgspec", "networkx", "psycopg", "rapidfuzz", "rich"}
PROBE = """
import sys
from cmis_audit.cli.main import status_of
status = status_of(sys.argv[1:])
print(status, *sys.modules, file=sys.stderr)
"""


def modules_after(*arguments: str) -> set[str]:
    """Return the names of the modules that a run has loaded."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
    )
    status, *modules = run.stderr.split()
    assert status == "0", run.stdout
    return set(modules)


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("audit", "--help"), ("demo", "-?")]
)
def test_no_heavy_library_is_loaded(arguments: tuple[str, ...]) -> None:
    modules = modules_after(*arguments)
    assert not modules & HEAVY
    assert not {name for name in modules if name.startswith("cmis_audit.model")}
    assert len(modules) < 260


def test_python_dash_m_is_the_program() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "cmis_audit", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("cmis-audit ")
