"""Tables that keep one entity: which belong together, and what is said of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cmis_audit.cluster.comparison import comparison
from cmis_audit.cluster.ground import Ground
from cmis_audit.cluster.groups import (
    REFUTING,
    cohesive_groups,
    kept_apart,
    same_noun,
    strongest_first,
)
from cmis_audit.cluster.wording import (
    cluster_id,
    cluster_name,
    consolidate_reason,
    issues,
    priority,
)
from cmis_audit.model.cluster import Cluster, Kind, Priority, Role, Verdict
from cmis_audit.model.match import Match, Relation
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import PUT_AWAY, Marker

_SEVERAL = 2
_FEWEST = 3  # columns in common, for a person to look at
_WEIGHTY = -2.5  # bits of a counter-evidence that is more than a doubt
_TWIN = 0.8  # of the columns of both tables aligned, from which one is the other renamed


class EntityGroup(NamedTuple):
    """Tables to consolidate."""

    tables: tuple[TableRef, ...]
    beside: frozenset[TableRef] = frozenset()
    """Tables of the same entity that stand in other groups."""
    copied: TableRef | None = None
    """Of a group of copies that stands beside another, the table that they are copies of."""


def entity_groups(ground: Ground, taken: set[TableRef]) -> list[EntityGroup]:
    """Return groups of tables to consolidate, none of them among the `taken`.

    Copies that were put away stand in a group of their own with the table that they are copies of,
    where that one has versions to be merged with: their rows are old, and merged they would live
    again.
    """
    bounds = ground.thresholds
    free = [match for match in ground.matches.matches if taken.isdisjoint(_both(match))]
    strong = [match for match in free if match.bits >= bounds.consolidate_from]
    groups = cohesive_groups(strong, ground.links, ground.traits, bounds)
    weak = [
        match
        for match in free
        if bounds.join_from <= match.bits < bounds.consolidate_from and not _refuted(ground, match)
    ]
    joined = _joined(ground, groups, weak)
    return [part for group in joined for part in _without_copies(ground, group)]


def _both(match: Match) -> tuple[TableRef, TableRef]:
    return match.left, match.right


def _joined(
    ground: Ground, groups: list[tuple[TableRef, ...]], weak: list[Match]
) -> list[tuple[TableRef, ...]]:
    """Return the groups with lone tables of the same noun added that have a weaker link."""
    place_of = {ref: place for place, group in enumerate(groups) for ref in group}
    grown = [list(group) for group in groups]
    for match in sorted(weak, key=strongest_first):
        for inside, outside in ((match.left, match.right), (match.right, match.left)):
            place = place_of.get(inside)
            if place is None or outside in place_of:
                continue
            if same_noun([*grown[place], outside], ground.traits) and not kept_apart(
                grown[place], [outside], ground.links
            ):
                grown[place].append(outside)
                place_of[outside] = place
    return [tuple(sorted(group)) for group in grown]


def _without_copies(ground: Ground, group: tuple[TableRef, ...]) -> Iterator[EntityGroup]:
    """Yield the group, or its tables in use and beside them each that has copies, with these."""
    live = tuple(ref for ref in group if not ground.traits[ref].put_away)
    copied = {ref: _copied(ground, ref, live) for ref in group if ref not in live}
    if (
        len(live) < _SEVERAL
        or not copied
        or None in copied.values()
        or not all(_joining(ground, ref, live) for ref in live)
    ):
        yield EntityGroup(group)
        return
    copies: dict[TableRef, list[TableRef]] = defaultdict(list)
    for copy, original in copied.items():
        if original:
            copies[original].append(copy)
    yield EntityGroup(live, frozenset(copied))
    for original, of in copies.items():
        tables = tuple(sorted((original, *of)))
        yield EntityGroup(tables, frozenset(group).difference(tables), original)


def _joining(
    ground: Ground, ref: TableRef, group: tuple[TableRef, ...]
) -> list[tuple[TableRef, float]]:
    """Return to which others of a group a table has a link of its own, with its bits."""
    links = ((other, ground.links.between(ref, other)) for other in group if other != ref)
    enough = ground.thresholds.join_from
    return [(other, match.bits) for other, match in links if match and match.bits >= enough]


def _copied(ground: Ground, copy: TableRef, live: tuple[TableRef, ...]) -> TableRef | None:
    """Return the table that a copy is most likely one of: by its name, then by the evidence."""

    def likeness(link: tuple[TableRef, float]) -> tuple[bool, int, float]:
        own, other = ground.traits[copy], ground.traits[link[0]]
        unlike = len(set(own.affixes).symmetric_difference(other.affixes))
        return own.stem == other.stem, -unlike, link[1]

    best = max(_joining(ground, copy, live), key=likeness, default=None)
    return best and best[0]


def entity_cluster(ground: Ground, group: EntityGroup) -> Cluster:
    """Return the cluster of a group, with the tables that fit it badly as `related`."""
    refs, beside, copied = group
    canonical, why = (
        (copied, "the others are copies of it by their names")
        if copied
        else ground.standing.canonical(refs)
    )
    related = _folded_in(ground, refs) | _related(ground, refs)
    related = {ref: note for ref, note in related.items() if ref not in beside}
    if copied is None:
        related |= dict.fromkeys(beside, "a copy, to be put away on its own")
    members = ground.members(refs, canonical, related)
    ordered = tuple(member.table for member in members)
    pairs = ground.links.among(ordered)
    core = tuple(match for match in pairs if match.left in refs and match.right in refs)
    in_use = [ref for ref in refs if not ground.traits[ref].put_away]
    kind = Kind.COPY if in_use == [canonical] else kind_of(core)
    tables = tuple(ground.tables[ref] for ref in ordered if ref in refs)
    rows = comparison(tables, core)
    name = (
        f"copies of {copied.name.replace('_', ' ')}"
        if copied
        else cluster_name(canonical, ground.traits[canonical])
    )
    return Cluster(
        id=cluster_id(Verdict.CONSOLIDATE, refs),
        name=name,
        verdict=Verdict.CONSOLIDATE,
        kind=kind,
        confidence=_confidence(ground, refs),
        priority=priority(len(refs if copied else {*refs, *beside}), rows, kind),
        reason=consolidate_reason(kind, core),
        canonical=canonical,
        canonical_reason=why,
        tables_before=len(members),
        tables_after=1 + len(related),
        members=members,
        pairs=pairs,
        comparison=rows,
        issues=issues(tables, rows),
    )


def _related(ground: Ground, refs: tuple[TableRef, ...]) -> dict[TableRef, str]:
    """Return tables that fit badly: near, and named after the same."""
    found: dict[TableRef, str] = {}
    enough = ground.thresholds.related_from
    near = (match for ref in refs for match in ground.near[ref] if match.bits >= enough)
    for match in near:
        outside = match.right if match.left in refs else match.left
        if outside in refs or match.relation == Relation.NONE:
            continue
        found.setdefault(outside, _doubt(match, "fits only in part"))
    return found


def _folded_in(ground: Ground, refs: tuple[TableRef, ...]) -> dict[TableRef, str]:
    """Return the parts of one member that another keeps in columns of its own.

    A part is keyed by its table and named after it. Merging the tables without it would leave half
    of their rows behind.
    """
    return {
        part: f"belongs to {ref}; {other} keeps what it holds in columns of its own"
        for ref in refs
        for part in ground.keyed_by[ref]
        if part not in refs and _named_after(ground, part, ref)
        for other in refs
        if other != ref and _keeps(ground, other, part)
    }


def _named_after(ground: Ground, part: TableRef, ref: TableRef) -> bool:
    match = ground.links.between(part, ref)
    return match is not None and match.relation in {Relation.MARKED, Relation.PART}


def _keeps(ground: Ground, ref: TableRef, part: TableRef) -> bool:
    """Tell whether a table has a column, or a state of one, for what a part holds beside its key.

    `old_data` and `new_data` are two states of `data`; a column that both designs merely share by
    its name, such as `name`, says nothing.
    """
    key = ground.tables[part].primary_key
    own = [c for c in ground.tables[part].columns if key is None or c.name not in key.columns]
    return bool(own) and all(
        sum(
            name.name != column.name and name.name.endswith(column.name)
            for name in ground.tables[ref].columns
        )
        > 1
        for column in own
    )


def _doubt(match: Match, otherwise: str) -> str:
    """Return the strongest reason against the pair, the base rate aside."""
    doubts = sorted(match.counter_evidence[1:], key=lambda piece: (piece.bits, piece.signal))
    return doubts[0].detail if doubts else otherwise


def _confidence(ground: Ground, refs: tuple[TableRef, ...]) -> float:
    """Return the mean over the members of the confidence that their best link is right."""
    chances = []
    for ref in refs:
        links = (ground.links.between(ref, other) for other in refs if other != ref)
        chances.append(max(match.confidence for match in links if match))
    return round(sum(chances) / len(chances), 3)


def review_clusters(
    ground: Ground,
    merged: set[TableRef],
    clusters: list[Cluster],
    told: set[frozenset[TableRef]],
) -> list[Cluster]:
    """Return a cluster for each pair with evidence on both sides that no other cluster holds.

    Two tables that both have a place already are left alone unless the evidence would have been
    enough to join them. Of the rest a person sees those pairs only that are each other's nearest
    and that nothing known keeps apart: many siblings look alike a little. To a twin the tables of
    one of the `clusters` are one, and it is asked about once.
    """
    bounds = ground.thresholds
    one_of = {
        member.table: cluster.canonical
        for cluster in clusters
        for member in cluster.members
        if member.role != Role.RELATED and cluster.canonical is not None
    }
    return [
        _review_cluster(ground, match)
        for match in ground.matches.matches
        if match.bits >= bounds.review_from
        and frozenset(_both(match)) not in told
        and not _refuted(ground, match)
        and (match.bits >= bounds.consolidate_from or _open_question(ground, match, merged, one_of))
    ]


def _refuted(ground: Ground, match: Match) -> bool:
    """Tell whether a single known reason keeps the two apart."""
    return any(
        (piece.signal in REFUTING and piece.bits <= _WEIGHTY)
        or piece.bits <= ground.thresholds.refuted_by
        for piece in match.counter_evidence[1:]
    )


def _open_question(
    ground: Ground, match: Match, merged: set[TableRef], one_of: Mapping[TableRef, TableRef]
) -> bool:
    if len(match.columns) < _FEWEST or merged.issuperset(_both(match)):
        return False

    twins = _are_twins(match)

    def ends(of: Match) -> frozenset[TableRef]:
        return frozenset(one_of.get(ref, ref) if twins else ref for ref in _both(of))

    def rank(of: Match) -> tuple[float, bool, TableRef, TableRef]:
        """Of pairs about one question, the likeliest first, then that with the table to keep."""
        return -of.bits, ends(of) != frozenset(_both(of)), of.left, of.right

    asked = ends(match)
    return all(
        other is match
        or len(ends(other)) == 1
        or (rank(match) < rank(other) if ends(other) == asked else other.bits < match.bits)
        for ref in _both(match)
        for other in ground.near[ref]
    )


def _review_cluster(ground: Ground, match: Match) -> Cluster:
    refs = _both(match)
    canonical, why = ground.standing.canonical(refs)
    tables = tuple(ground.tables[ref] for ref in refs)
    rows = comparison(tables, (match,))
    return Cluster(
        id=cluster_id(Verdict.REVIEW, refs),
        name=cluster_name(canonical, ground.traits[canonical]),
        verdict=Verdict.REVIEW,
        kind=kind_of((match,)),
        confidence=match.confidence,
        priority=Priority.LOW,
        reason=f"{len(match.columns)} columns in common, but "
        f"{_doubt(match, 'the evidence is thin')}.",
        canonical=canonical,
        canonical_reason=why,
        tables_before=len(refs),
        tables_after=len(refs),
        members=tuple(ground.member(ref, Role.RELATED) for ref in refs),
        pairs=(match,),
        comparison=rows,
        issues=issues(tables, rows),
    )


def kind_of(core: tuple[Match, ...]) -> Kind:
    """Return the kind that the links make, strongest first: a version anywhere makes a version.

    A copy of a version is a copy.
    """
    marked = [set(match.markers) for match in core if match.bits > 0]
    copies = [markers for markers in marked if markers & PUT_AWAY]
    if any(Marker.VERSION in markers for markers in marked if markers not in copies):
        return Kind.VERSION
    best = core[0]
    if copies:
        return Kind.COPY
    if best.left.schema != best.right.schema and best.relation == Relation.SAME:
        return Kind.CROSS_SCHEMA
    return Kind.RENAMED_TWIN if _are_twins(best) else Kind.OVERLAPPING_ENTITY


def _are_twins(match: Match) -> bool:
    return match.containment >= _TWIN and len(match.columns) >= _TWIN * _most_columns(match)


def _most_columns(match: Match) -> float:
    """Return the number of columns of the larger table, from the match's own figures."""
    same = len(match.same_name_columns)
    smaller = len(match.columns) / match.containment if match.containment else 0.0
    every = same / match.jaccard if match.jaccard else smaller * 2
    return every + same - smaller
