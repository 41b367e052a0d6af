"""Entity-relationship pictures of a group, before and after."""

from collections.abc import Sequence

import msgspec

from cmis_audit.model.catalog import ForeignKey, Table
from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan
from cmis_audit.model.value import Value
from cmis_audit.render.index import Index
from cmis_audit.render.outline import TargetColumn
from cmis_audit.render.pictures import Picture, attribute, cut
from cmis_audit.render.units import counted, short_type

_MOST_BOXES = 12
_MOST_COLUMNS = 8
_MOST_AFTER = 24
_BOX, _SPACE, _TITLE, _LINE = 270.0, 120.0, 24.0, 17.0
_BETWEEN = 16.0
_LETTERS = 30
_ROLES = {"keep": ", kept", "merge": ", would merge into it", "near": ", related"}


class _Line(Value, frozen=True, kw_only=True):
    name: str
    type: str
    mark: str = ""
    """`PK` or `FK`."""


class _Box(Value, frozen=True, kw_only=True):
    ref: TableRef | None
    title: str
    kind: str
    lines: tuple[_Line, ...] = ()
    more: int = 0
    points_at: tuple[TableRef, ...] = ()

    @property
    def height(self) -> float:
        return _TITLE + _LINE * (len(self.lines) + bool(self.more)) + (4 if self.lines else 0)


def before(index: Index, cluster: Cluster) -> Picture:
    """Return the members with what they point at; dotted lines lead to the table to keep."""
    roles = {member.table: member.role for member in cluster.members}
    tables = [table for member in cluster.members for table in index.tables((member.table,))]
    left = [_member(table, roles[table.ref], cluster) for table in tables[:_MOST_BOXES]]
    title = f"{cluster.name} before: {len(tables)} tables"
    return _drawn(left, _targets(left), title, cluster.canonical, len(tables) - len(left))


def after(
    index: Index, cluster: Cluster, columns: Sequence[TargetColumn], plan: ClusterPlan | None
) -> Picture:
    """Return what takes all: the plan's targets, or without a plan one table in outline."""
    merged = {member.table for member in cluster.members if member.role is not Role.RELATED}
    keys = [key for table in index.tables(merged) for key in table.foreign_keys]
    if plan is not None:
        boxes = [
            _target(
                target.ref,
                [(column.name, column.type) for column in target.columns],
                frozenset(target.primary_key),
                keys,
            )
            for target in plan.targets
        ]
    else:
        named = [(column.name, column.type or "to be decided") for column in columns]
        boxes = [_target(cluster.canonical, named, frozenset(), keys)]
    outside = [
        msgspec.structs.replace(
            box, points_at=tuple(ref for ref in box.points_at if ref not in merged)
        )
        for box in boxes
    ]
    return _drawn(
        outside,
        _targets(outside),
        f"{cluster.name} after: merged into {counted(len(boxes), 'table')}",
        None,
        0,
    )


def _target(
    ref: TableRef | None,
    columns: Sequence[tuple[str, str]],
    primary: frozenset[str],
    keys: Sequence[ForeignKey],
) -> _Box:
    names = {name for name, _ in columns}
    kept = [key for key in keys if names.issuperset(key.columns)]
    foreign = {name for key in kept for name in key.columns}
    shown = columns[:_MOST_AFTER]
    return _Box(
        ref=ref,
        title=str(ref) if ref else "one table",
        kind="keep",
        lines=tuple(
            _Line(
                name=name,
                type=short_type(type_name),
                mark="PK" if name in primary else "FK" if name in foreign else "",
            )
            for name, type_name in shown
        ),
        more=len(columns) - len(shown),
        points_at=tuple(sorted({key.target for key in kept})),
    )


def _member(table: Table, role: Role, cluster: Cluster) -> _Box:
    primary = set(table.primary_key.columns if table.primary_key else ())
    foreign = {name for key in table.foreign_keys for name in key.columns}
    shared = {
        cell.column
        for row in cluster.comparison
        if len(row.cells) > 1
        for cell in row.cells
        if cell.table == table.ref
    }
    telling = [c for c in table.columns if c.name in primary | foreign | shared]
    telling.sort(key=lambda column: (column.name not in primary, column.name not in foreign))
    shown = (telling or list(table.columns))[:_MOST_COLUMNS]
    kinds = {Role.CANONICAL: "keep", Role.MERGE: "merge", Role.RELATED: "near"}
    return _Box(
        ref=table.ref,
        title=str(table.ref),
        kind=kinds[role],
        lines=tuple(
            _Line(
                name=column.name,
                type=short_type(column.type),
                mark="PK" if column.name in primary else "FK" if column.name in foreign else "",
            )
            for column in shown
        ),
        more=len(table.columns) - len(shown),
        points_at=tuple(sorted({key.target for key in table.foreign_keys})),
    )


def _targets(left: Sequence[_Box]) -> list[_Box]:
    own = {box.ref for box in left}
    refs = sorted({ref for box in left for ref in box.points_at} - own)
    return [_Box(ref=ref, title=str(ref), kind="other") for ref in refs[:_MOST_BOXES]]


def _drawn(
    left: list[_Box], right: list[_Box], title: str, canonical: TableRef | None, hidden: int
) -> Picture:
    x_left, x_right = 46.0, 46.0 + _BOX + _SPACE
    places: dict[TableRef | None, tuple[float, float, float]] = {}
    parts: list[str] = []
    bottom = 0.0
    for boxes, x in ((left, x_left), (right, x_right)):
        y = 8.0
        for box in boxes:
            parts.append(_box(box, x, y))
            places[box.ref] = (x, y, box.height)
            y += box.height + _BETWEEN
        bottom = max(bottom, y)
    lines = [
        _reference(places[box.ref], places[ref])
        for box in left
        for ref in box.points_at
        if ref in places and ref != box.ref
    ]
    if canonical in places:
        lines += [
            _merging(places[box.ref], places[canonical]) for box in left if box.kind == "merge"
        ]
    if hidden > 0:
        parts.append(
            f'<text class="axis start" x="{x_left}" y="{bottom + 8}">and {hidden} more</text>'
        )
        bottom += 20
    width = x_right + (_BOX if right else 0) + 8
    body = "".join([*lines, *parts])
    more = "; ".join(map(_told, left))
    return Picture(width=width, height=bottom, title=title, body=body, kind="er", more=more)


def _told(box: _Box) -> str:
    role = _ROLES.get(box.kind, "")
    points_at = ", ".join(map(str, box.points_at[:_MOST_BOXES]))
    return f"{box.title}{role}{f', points at {points_at}' if points_at else ''}"


def _box(box: _Box, x: float, y: float) -> str:
    parts = [
        f'<rect class="box {box.kind}" x="{x:.0f}" y="{y:.0f}" width="{_BOX:.0f}" '
        f'height="{box.height:.0f}" rx="5"><title>{attribute(box.title)}</title></rect>',
        f'<text class="title" x="{x + 8:.0f}" y="{y + 16:.0f}">'
        f"{attribute(cut(box.title, _LETTERS))}</text>",
    ]
    for number, line in enumerate(box.lines):
        at = y + _TITLE + _LINE * number + 12
        parts.append(
            f'<text class="mark" x="{x + 8:.0f}" y="{at:.0f}">{line.mark}</text>'
            f'<text class="column" x="{x + 34:.0f}" y="{at:.0f}">'
            f"{attribute(cut(line.name, 22))}</text>"
            f'<text class="type end" x="{x + _BOX - 8:.0f}" y="{at:.0f}">'
            f"{attribute(cut(line.type, 14))}</text>"
        )
    if box.more:
        at = y + _TITLE + _LINE * len(box.lines) + 12
        parts.append(f'<text class="type" x="{x + 34:.0f}" y="{at:.0f}">and {box.more} more</text>')
    return "".join(parts)


def _reference(one: tuple[float, float, float], other: tuple[float, float, float]) -> str:
    (x, y, _), (to_x, to_y, _) = one, other
    y, to_y = y + _TITLE / 2, to_y + _TITLE / 2
    if x == to_x:  # both on the left
        side = x + _BOX
        return (
            f'<path class="reference" d="M{side:.0f} {y:.0f}C{side + 40:.0f} {y:.0f} '
            f'{side + 40:.0f} {to_y:.0f} {side:.0f} {to_y:.0f}"/>'
        )
    middle = (x + _BOX + to_x) / 2
    return (
        f'<path class="reference" d="M{x + _BOX:.0f} {y:.0f}C{middle:.0f} {y:.0f} '
        f'{middle:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"/>'
    )


def _merging(one: tuple[float, float, float], other: tuple[float, float, float]) -> str:
    (x, y, _), (_, to_y, _) = one, other
    y, to_y = y + _TITLE / 2, to_y + _TITLE / 2
    return (
        f'<path class="merging" d="M{x:.0f} {y:.0f}C{x - 44:.0f} {y:.0f} '
        f'{x - 44:.0f} {to_y:.0f} {x:.0f} {to_y:.0f}"/>'
    )
