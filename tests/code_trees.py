"""Trees of code, written for a test and searched."""

from collections.abc import Mapping
from pathlib import Path

from builders import ref

from cmis_audit.codebase import survey
from cmis_audit.codebase.walk import Limits
from cmis_audit.model.code import CodeReference, CodeSurvey, CodeUse


def written(top: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, their names with folders; a text loses the blank line it begins with."""
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.lstrip("\n").encode()
        path.write_bytes(data)
    return top


def searched(
    top: Path, files: Mapping[str, str | bytes], *tables: str, limits: Limits | None = None
) -> CodeSurvey:
    return survey([written(top, files)], map(ref, tables), limits)


def said(found: CodeSurvey, *uses: CodeUse) -> list[str]:
    """Return the references, a line each: `shop.orders model app/Order.php:3 Order`."""
    return [line_of(one) for one in found.references if not uses or one.use in uses]


def line_of(one: CodeReference) -> str:
    table = str(one.table).removeprefix("public.")
    return f"{table} {one.use} {one.file}:{one.line} {one.name}".rstrip()
