"""Indexes that are missing under a foreign key, broken, or contained in another."""

import re
from collections.abc import Iterator

from cmis_audit.checks.on_table import finding_on, stored_tables
from cmis_audit.model.catalog import ForeignKey, Index, Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.names import quote_ident
from cmis_audit.model.rule import Rule
from cmis_audit.model.value import Value

_LOOKS_UP = ("btree", "hash", "gist")
_EXCLUDED = re.compile(r'\s*("(?:[^"]|"")+"|[a-z_][a-z0-9_]*) WITH ')


def foreign_key_without_index(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each foreign key whose columns no index begins with.

    In any order; the index may be that of a primary key, a unique or an exclusion constraint.
    """
    for table in stored_tables(facts):
        starts = list(_starts(table)) if table.foreign_keys else []
        for key in table.foreign_keys:
            if not any(_serves(start, key) for start in starts) and not _partial(table, key):
                names = ", ".join(f"`{name}`" for name in key.columns)
                yield finding_on(
                    rule,
                    table.ref,
                    f"{table.ref} has no index on {names}, which refers to {key.target}",
                    f"foreign key `{key.name}`",
                    part=key.name,
                )


def _starts(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the leading columns of all that can look up a value."""
    if table.primary_key:
        yield table.primary_key.columns
    yield from (key.columns for key in table.uniques)
    yield from (_looked_up(index) for index in table.indexes if index.predicate is None)
    for exclusion in table.exclusions:
        _, _, rest = exclusion.definition.partition("(")
        found = _EXCLUDED.match(rest)
        if found and " WHERE " not in exclusion.definition:
            yield (found[1].strip('"').replace('""', '"'),)


def _looked_up(index: Index) -> tuple[str, ...]:
    usable = index.valid and index.method in _LOOKS_UP
    return index.keys if usable else ()


def _serves(start: tuple[str, ...], key: ForeignKey) -> bool:
    wanted = set(key.columns)
    return len(start) >= len(wanted) and set(start[: len(wanted)]) == wanted


def _partial(table: Table, key: ForeignKey) -> bool:
    """Tell whether an index leaves out nothing but the rows that refer to nothing."""
    filled = {f"({quote_ident(name)} IS NOT NULL)" for name in key.columns}
    return any(
        index.predicate in filled and _serves(_looked_up(index), key) for index in table.indexes
    )


def invalid_index(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each index that the server keeps up and does not use."""
    for table in stored_tables(facts):
        for index in table.indexes:
            if not index.valid:
                yield finding_on(
                    rule,
                    table.ref,
                    f"{table.ref} has the index `{index.name}`, which is not valid",
                    "building it did not come to an end, or a partition lacks its part",
                    part=index.name,
                )


class _Shape(Value, frozen=True, kw_only=True):
    """What of an index decides whether another can do its work."""

    name: str
    method: str
    elements: tuple[str, ...]
    """As the definition has them: order, operator class and collation included."""
    include: frozenset[str]
    predicate: str | None = None
    dispensable: bool = True
    """It serves searching alone: it keeps nothing unique and carries no constraint."""


def redundant_index(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each index that is the beginning of another, or its double."""
    for table in stored_tables(facts):
        shapes = list(_shapes(table))
        for shape in shapes if len(shapes) > 1 else ():
            cover = next((other for other in shapes if _covers(other, shape)), None)
            if shape.dispensable and cover:
                same = cover.elements == shape.elements
                how = "is the same as" if same else "is the beginning of"
                yield finding_on(
                    rule,
                    table.ref,
                    f"{table.ref} has the index `{shape.name}`, which {how} `{cover.name}`",
                    f"{', '.join(shape.elements)} in {', '.join(cover.elements)}",
                    part=shape.name,
                )


def _shapes(table: Table) -> Iterator[_Shape]:
    keys = [*([table.primary_key] if table.primary_key else []), *table.uniques]
    for key in keys:
        yield _Shape(
            name=key.name,
            method="btree",
            elements=tuple(map(quote_ident, key.columns)),
            include=frozenset(key.include),
            dispensable=False,
        )
    for index in table.indexes:
        if index.valid:
            yield _Shape(
                name=index.name,
                method=index.method,
                elements=_elements(table, index),
                include=frozenset(index.include),
                predicate=index.predicate,
                dispensable=not index.unique,
            )


def _covers(other: _Shape, shape: _Shape) -> bool:
    if other is shape or (other.method, other.predicate) != (shape.method, shape.predicate):
        return False
    length = len(shape.elements)
    if shape.elements != other.elements[:length]:
        return False
    if length < len(other.elements) and shape.method != "btree":
        return False
    held = other.include | {element.strip('"') for element in other.elements}
    if not shape.include <= held:
        return False
    double = length == len(other.elements) and shape.include == other.include
    # Of two doubles the first by name stays, unless one of them must.
    return not double or not other.dispensable or other.name < shape.name


def _elements(table: Table, index: Index) -> tuple[str, ...]:
    """Return the keys of an index as its definition writes them."""
    mark = f"{table.ref} USING {quote_ident(index.method)} ("
    _, _, rest = index.on(table.ref).partition(mark)
    return tuple(_split(rest))


def _split(text: str) -> Iterator[str]:
    """Yield what stands between commas up to the parenthesis that closes, quotes respected."""
    depth, start, quote = 0, 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "(":
            depth += 1
        elif letter in "),":
            if depth and letter == ")":
                depth -= 1
            elif not depth:
                yield text[start:place].strip()
                start = place + 1
                if letter == ")":
                    return
