"""What views and functions do with two tables at once: read them as one, copy between them."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

_READ = 20_000  # letters of a definition; a longer one does more than one thing
_MOST_ARMS = 12
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_UNION = re.compile(r"\bunion(?:\s+all)?\b", re.IGNORECASE)
_NAME = r'((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)'
_FROM = re.compile(rf"\b(?:from|join)\s+(?:only\s+)?\(*{_NAME}", re.IGNORECASE)
_COPIES = re.compile(
    rf"\binsert\s+into\s+{_NAME}\s*(?:\([^()]*\)\s*)?\(?\s*select\b[^;]*?\bfrom\s+(?:only\s+)?{_NAME}",
    re.IGNORECASE,
)


class Together(Value, frozen=True, kw_only=True):
    """A view or function that has to do with two tables, the first by name first."""

    left: TableRef
    right: TableRef
    copies: bool
    """Whether rows go from the one into the other; else both are read as one, by UNION."""
    by: TableRef


def tables_together(
    catalog: Catalog, named: "Callable[[str, str], TableRef | None]"
) -> tuple[Together, ...]:
    """Return what the bodies of a catalog say of pairs of tables, sorted.

    `named` tells which table a schema and a name mean; the schema is "" for a bare name. Bodies
    are read by pattern, not parsed: what is not plain SELECT ... UNION SELECT or INSERT ... SELECT
    says nothing.
    """
    found = {
        (min(pair), max(pair), copies, by)
        for by, text in _texts(catalog)
        for pair, copies in _pairs(_COMMENT.sub(" ", text), named)
        if pair[0] != pair[1]
    }
    return tuple(
        Together(left=left, right=right, copies=copies, by=by)
        for left, right, copies, by in sorted(found)
    )


def _texts(catalog: Catalog) -> Iterator[tuple[TableRef, str]]:
    for view in catalog.views:
        if view.definition and len(view.definition) <= _READ:
            yield view.ref, view.definition
    for function in catalog.functions:
        if function.body and len(function.body) <= _READ:
            yield function.ref, function.body


def _pairs(
    text: str, named: "Callable[[str, str], TableRef | None]"
) -> Iterator[tuple[tuple[TableRef, TableRef], bool]]:
    for statement in text.split(";"):
        arms = _UNION.split(statement)
        if 1 < len(arms) <= _MOST_ARMS:
            read = [_only_table(arm, named) for arm in arms]
            for one, other in combinations([ref for ref in read if ref], 2):
                yield (one, other), False
        for into, source in _COPIES.findall(statement):
            target, origin = _meant(into, named), _meant(source, named)
            if target and origin:
                yield (target, origin), True


def _only_table(arm: str, named: "Callable[[str, str], TableRef | None]") -> TableRef | None:
    """Return the table that one SELECT of a UNION reads, if it reads no other."""
    read = {_meant(name, named) for name in _FROM.findall(arm)}
    return read.pop() if len(read) == 1 else None


def _meant(name: str, named: "Callable[[str, str], TableRef | None]") -> TableRef | None:
    parts = [
        part[1:-1] if part.startswith('"') else part.lower()
        for part in re.findall(r'"[^"]+"|\w+', name)
    ]
    return named("" if len(parts) == 1 else parts[0], parts[-1])
