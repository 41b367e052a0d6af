"""The catalog queries, as written for one version of the server."""

import re
from functools import cache

from cmis_audit.resources import catalog_queries

_GATE = re.compile(r"--\s*only\s*(>=|<)\s*(\d+)\s*$")


@cache
def catalog_query(name: str, major: int) -> str:
    """Return the text of `queries/<name>.sql` for a server of that major version.

    A line that ends in `-- only >= 15` or `-- only < 15` is there for those versions alone.
    Comments are left out: they are for the reader of the file, not for the server's log.
    """
    lines = (catalog_queries() / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(_without_comment(line) for line in lines if _kept(line, major)).strip()


def _kept(line: str, major: int) -> bool:
    if line.startswith("--"):
        return False
    gate = _GATE.search(line)
    if gate is None:
        return True
    return (major >= int(gate[2])) == (gate[1] == ">=")


def _without_comment(line: str) -> str:
    return _GATE.sub("", line).rstrip()
