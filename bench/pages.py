"""Pages whose tables are measured: what stands between two markers is written by a script alone."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
ACCURACY = DOCS / "accuracy.md"
SPEED = DOCS / "speed.md"
REHEARSAL = DOCS / "rehearsal.md"


def written(page: str, blocks: Mapping[str, str]) -> str:
    """Return the page with each block between its markers, `<!-- name -->` and `<!-- /name -->`."""
    for name, block in blocks.items():
        around = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        # Doubled, since a backslash would be read as a reference.
        text = f"{block.strip()}\n".replace("\\", "\\\\")
        page, times = around.subn(rf"\g<1>{text}\g<2>", page)
        if times != 1:
            raise SystemExit(f"the page has the markers of {name} {times} times instead of once")
    return page


def write(path: Path, blocks: Mapping[str, str]) -> None:
    path.write_text(written(path.read_text("utf-8"), blocks), "utf-8")


def markdown(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table; all columns but the first are numbers."""
    rule = [":--", *("--:" for _ in titles[1:])]
    lines = [f"| {' | '.join(map(str, cells))} |" for cells in (titles, rule, *rows)]
    return "\n".join(lines)


def circumstances(*packages: str, server: str = "") -> str:
    """Return when and on what this run is measured, as one sentence."""
    parts = [
        f"{os.cpu_count()} processors",
        f"load {os.getloadavg()[0]:.1f} at the end",
        f"Python {platform.python_version()}",
        *([f"PostgreSQL {server}"] if server else []),
        *(f"{package} {_version(package)}" for package in packages),
    ]
    return f"Measured on {datetime.now(UTC):%Y-%m-%d}: {', '.join(parts)}."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
