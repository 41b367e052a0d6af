"""Tables of the Markdown report on schemas that repeat another."""

from collections.abc import Callable, Iterable
from typing import Final

from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.names import TableRef
from cmis_audit.model.schema_copy import SchemaCopies, SchemaCopy, TablePair
from cmis_audit.render import evidence, outlook, schema_words
from cmis_audit.render.escape import Safe, Table, code, joined, table, text
from cmis_audit.render.units import counted, short_type

MOST_NAMES: Final = 12
"""Names that one cell or line lists."""
MOST_COPIES: Final = 12
"""Copies of one schema that are told one by one: a backup a month."""
MOST_GROUPS: Final = 200
"""Lines of the table of groups: a whole schema of a large application."""
MOST_PAIRS: Final = 40
"""Lines of a table of drift."""


def schema_names(copies: SchemaCopies) -> list[Safe]:
    """Return the schemas that repeat the source, the first of them if they are many."""
    more = len(copies.copies) - MOST_COPIES
    shown = [code(copy.schema) for copy in copies.copies[:MOST_COPIES]]
    return [*shown, Safe(f"{more} more")] if more > 0 else shown


def drifted(copy: SchemaCopy) -> list[TablePair]:
    """Return the pairs of one cluster that are not the same."""
    return [pair for pair in schema_words.compared(copy) if pair.has_drifted]


def same(copy: SchemaCopy) -> list[Safe]:
    """Return the tables that are the same in both."""
    return _bare(pair.source for pair in schema_words.compared(copy) if not pair.has_drifted)


def name_only(copy: SchemaCopy) -> list[Safe]:
    """Return the tables that have only the name in common."""
    kept = set(schema_words.compared(copy))
    return _bare(pair.source for pair in copy.pairs if pair not in kept)


def _bare(refs: Iterable[TableRef]) -> list[Safe]:
    return [code(ref.name) for ref in refs]


def named(refs: Iterable[TableRef]) -> Safe:
    """Return the tables' bare names, the first of them if they are many."""
    return few(_bare(refs))


def few(names: list[Safe]) -> Safe:
    """Return the names in a line, the first of them if they are many."""
    more = len(names) - MOST_NAMES
    shown = joined(", ", names[:MOST_NAMES])
    if not names:
        return evidence.MISSING
    return Safe(f"{shown} and {more} more") if more > 0 else shown


def drift_table(copies: SchemaCopies, copy: SchemaCopy) -> Table:
    """Return the pairs that are not the same, a line each."""
    headers = ["Table", f"Only in {copies.source}", f"Only in {copy.schema}", "Changed", "Keys"]
    rows: list[list[object]] = [
        [
            _pair_name(pair),
            few([code(name) for name in pair.only_in_source]),
            few([code(name) for name in pair.only_in_copy]),
            _changed(pair),
            _keys(copies.source, copy.schema, pair),
        ]
        for pair in drifted(copy)[:MOST_PAIRS]
    ]
    return table(headers, rows, "lllll")


def drifted_tenants(copies: SchemaCopies) -> list[SchemaCopy]:
    """Return the tenants that are not as the template."""
    return [one for one in copies.copies if one.pairs or one.only_in_source or one.only_in_copy]


def tenants_table(copies: SchemaCopies) -> Table:
    """Return the tenants that have drifted, a line each."""
    rows: list[list[object]] = [
        [
            code(copy.schema),
            copy.tables,
            named(copy.only_in_source),
            named(copy.only_in_copy),
            joined("; ", [_difference(pair) for pair in drifted(copy)[:MOST_NAMES]])
            or evidence.MISSING,
        ]
        for copy in drifted_tenants(copies)[:MOST_PAIRS]
    ]
    headers = ["Schema", "Tables", "Lacks", "Has of its own", "Differs in"]
    return table(headers, rows, "lrlll")


def groups_table(clusters: tuple[Cluster, ...], prose: Callable[[str], Safe]) -> Table:
    """Return the clusters that are told by the schema, a line each."""
    rows: list[list[object]] = [
        [
            one.name,
            outlook.KINDS[one.kind],
            _core(one),
            f"{one.confidence:.2f}",
            prose("; ".join(one.issues)) or evidence.MISSING,
        ]
        for one in clusters[:MOST_GROUPS]
    ]
    return table(["Group", "What it is", "Tables", "Confidence", "Issues"], rows, "lllrl")


def _core(cluster: Cluster) -> Safe:
    """Return the tables that are one."""
    refs = [member.table for member in cluster.members if member.role is not Role.RELATED]
    more = [Safe(f"and {len(refs) - MOST_NAMES} more")] if len(refs) > MOST_NAMES else []
    return joined(Safe("<br>"), [*(code(str(ref)) for ref in refs[:MOST_NAMES]), *more])


def _pair_name(pair: TablePair) -> Safe:
    if pair.source.name == pair.copy.name:
        return code(pair.source.name)
    return joined(" ~ ", [code(pair.source.name), code(pair.copy.name)])


def _changed(pair: TablePair) -> Safe:
    """Return `a` text → integer, and `a` → `b` where the name differs."""
    cells = []
    for one in pair.changed:
        renamed = [code(one.source), *([code(one.copy)] if one.copy != one.source else [])]
        types = [text(short_type(kind)) for kind in (one.source_type, one.copy_type)]
        said = joined(" → ", types) if types[0] != types[1] else Safe("")
        cells.append(Safe(f"{joined(' → ', renamed)} {said}".strip()))
    return few(cells)


def _keys(source: str, copy: str, pair: TablePair) -> Safe:
    sides = ((source, pair.keys_only_in_source), (copy, pair.keys_only_in_copy))
    return (
        joined(
            "; ",
            [
                Safe(f"only in {code(schema)}: {text(', '.join(keys[:MOST_NAMES]))}")
                for schema, keys in sides
                if keys
            ],
        )
        or evidence.MISSING
    )


def _difference(pair: TablePair) -> Safe:
    """Return a drifted table of a tenant with what differs, in short."""
    counts = [
        f"{counted(len(found), noun)} {what}".strip()
        for found, noun, what in (
            (pair.only_in_source, "column", "missing"),
            (pair.only_in_copy, "column", "more"),
            (pair.changed, "column", "changed"),
            (pair.keys_only_in_source, "key", "missing"),
            (pair.keys_only_in_copy, "key", "more"),
        )
        if found
    ]
    return Safe(f"{code(pair.source.name)} ({text(', '.join(counts))})")
