"""The schema map: a mark a table, by schema; duplicates lit, families folded."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from cmis_audit.model.cluster import Role, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.render.pictures import Picture, attribute, cut
from cmis_audit.render.units import counted

_FAMILY = 4  # tables of a look-alike group in one schema, from which they are one mark
_WIDTH = 720.0
_NAMES = 150.0
_MARK, _GAP = 11.0, 3.0
_LINE = _MARK + _GAP
_PER_LINE = int((_WIDTH - _NAMES) // _LINE)
_MOST_SCHEMAS = 120
_MOST_LIT = 2_000
_NAME_LENGTH = 20
_LETTER = 6.2
_KINDS: Final = {
    "keep": "kept",
    "merge": "would merge into it",
    "near": "related",
    "ask": "to decide",
    "family": "a family of look-alikes",
    "plain": "alone",
}


class _Mark(NamedTuple):
    kind: str
    title: str
    anchor: str


def schema_map(report: Report, anchors: Mapping[str, str], *, linked: bool = True) -> Picture:
    """Return all tables as marks; `anchors` say where a cluster is told, by its id.

    Without links it stands alone: then it says what its colours mean.
    """
    lit = _lit(report, anchors)
    folded = _folded(report, lit)
    by_schema: dict[str, list[TableRef]] = defaultdict(list)
    for table in report.catalog.tables:
        by_schema[table.ref.schema].append(table.ref)
    shown = _shown(by_schema, lit)
    parts: list[str] = []
    top, left = 4.0, _MOST_LIT
    for schema in shown:
        marks, plain = _marks(schema, by_schema[schema], lit, folded)
        drawn = marks[:left]
        left -= len(drawn)
        parts.append(_label(schema, len(by_schema[schema]), top))
        parts += _line(drawn, len(marks) + plain, top, linked=linked)
        top += max(1, -(-(len(marks) + plain) // _PER_LINE)) * _LINE + 6
    if len(by_schema) > len(shown):
        more = counted(len(by_schema) - len(shown), "further schema")
        parts.append(f'<text class="axis" x="0" y="{top + _MARK - 1:.0f}">and {more}</text>')
        top += _LINE + 6
    told = (
        f"{counted(len(report.catalog.tables), 'table')} in {counted(len(by_schema), 'schema')}, "
        f"{counted(len(lit), 'table')} in groups to consolidate or to decide"
    )
    if not linked:
        parts.append(_legend(top + 6))
        top += 6 + _LINE
    return Picture(
        width=_WIDTH,
        height=top,
        title=told,
        body="".join(parts),
        kind="map",
        more=f"One mark a table: {', '.join(_KINDS.values())}.",
        role="group" if linked else "img",
    )


def _shown(by_schema: Mapping[str, Sequence[TableRef]], lit: Mapping[TableRef, _Mark]) -> list[str]:
    """Return the schemas that are drawn, the largest first; of very many those with duplicates."""

    def size(schema: str) -> tuple[int, str]:
        return -len(by_schema[schema]), schema

    burning = {ref.schema for ref in lit}
    first = sorted(by_schema, key=lambda schema: (schema not in burning, size(schema)))
    return sorted(first[:_MOST_SCHEMAS], key=size)


def _label(schema: str, tables: int, top: float) -> str:
    return (
        f'<text class="label" x="0" y="{top + _MARK - 1:.0f}">'
        f"<title>{attribute(schema)}: {counted(tables, 'table')}</title>"
        f"{attribute(cut(schema, _NAME_LENGTH))} <tspan>{tables}</tspan></text>"
    )


def _line(marks: Sequence[_Mark], number: int, top: float, *, linked: bool) -> Iterator[str]:
    """Yield the marks, and as many plain ones as are missing to the number."""
    path = []
    for place in range(number):
        x = _NAMES + (place % _PER_LINE) * _LINE
        y = top + (place // _PER_LINE) * _LINE
        if place < len(marks):
            yield _drawn(marks[place], x, y, linked=linked)
        else:
            path.append(f"M{x:.0f} {y:.0f}h{_MARK:.0f}v{_MARK:.0f}h-{_MARK:.0f}z")
    if path:
        yield f'<path class="plain" d="{"".join(path)}"/>'


def _lit(report: Report, anchors: Mapping[str, str]) -> dict[TableRef, _Mark]:
    """Return the marks of tables in groups, of the most urgent group where there are several."""
    lit: dict[TableRef, _Mark] = {}
    for cluster in report.clusters:
        if cluster.verdict is Verdict.KEEP_APART:
            continue
        for member in cluster.members:
            kind = "ask"
            if cluster.verdict is Verdict.CONSOLIDATE:
                kind = {Role.CANONICAL: "keep", Role.MERGE: "merge"}.get(member.role, "near")
            title = f"{member.table}: {kind}, {cluster.name}"
            lit.setdefault(member.table, _Mark(kind, title, anchors.get(cluster.id, "")))
    return lit


def _folded(report: Report, lit: Mapping[TableRef, _Mark]) -> dict[tuple[str, str], set[TableRef]]:
    """Return the tables of large look-alike groups, by schema and name of the group."""
    found: dict[tuple[str, str], set[TableRef]] = {}
    taken: set[TableRef] = set()
    for cluster in report.clusters:
        if cluster.verdict is not Verdict.KEEP_APART:
            continue
        by_schema: dict[str, set[TableRef]] = defaultdict(set)
        for member in cluster.members:
            if member.table not in lit and member.table not in taken:
                by_schema[member.table.schema].add(member.table)
        for schema, refs in by_schema.items():
            if len(refs) >= _FAMILY:
                found.setdefault((schema, cluster.name), set()).update(refs)
                taken |= refs
    return found


def _marks(
    schema: str,
    refs: list[TableRef],
    lit: Mapping[TableRef, _Mark],
    folded: Mapping[tuple[str, str], set[TableRef]],
) -> tuple[list[_Mark], int]:
    """Return the lit and the folded marks of a schema, and how many plain ones there are."""
    order = ("keep", "merge", "near", "ask")
    marks = sorted(
        (lit[ref] for ref in refs if ref in lit),
        key=lambda mark: (mark.anchor, order.index(mark.kind), mark.title),
    )
    families = [(name, group) for (where, name), group in folded.items() if where == schema]
    marks += [
        _Mark("family", f"{name}: {counted(len(group), 'table')} of one kind", "apart")
        for name, group in sorted(families, key=lambda one: one[0])
    ]
    inside = sum(len(group & set(refs)) for _, group in families)
    return marks, len(refs) - sum(ref in lit for ref in refs) - inside


def _legend(y: float) -> str:
    parts, x = [], 0.0
    for kind, words in _KINDS.items():
        parts.append(
            f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{_MARK:.0f}" '
            f'height="{_MARK:.0f}"/><text class="axis" x="{x + _LINE + 2:.0f}" '
            f'y="{y + _MARK - 1:.0f}">{words}</text>'
        )
        x += _LINE + 14 + _LETTER * len(words)
    return "".join(parts)


def _drawn(mark: _Mark, x: float, y: float, *, linked: bool) -> str:
    drawn = (
        f'<rect class="{mark.kind}" x="{x:.0f}" y="{y:.0f}" width="{_MARK:.0f}" '
        f'height="{_MARK:.0f}"><title>{attribute(mark.title)}</title></rect>'
    )
    if not (linked and mark.anchor):
        return drawn
    return f'<a href="#{mark.anchor}" aria-label="{attribute(mark.title)}">{drawn}</a>'
