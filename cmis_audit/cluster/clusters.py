"""CLUSTER as a whole: matches in, clusters with a verdict out."""

from cmis_audit.cluster.canonical import Standing
from cmis_audit.cluster.comparison import comparison
from cmis_audit.cluster.groups import (
    Links,
    cohesive_groups,
    same_noun,
    strongest_first,
    thresholds_of,
)
from cmis_audit.cluster.keep_apart import (
    LookAlike,
    look_alikes,
    spanning_pairs,
    tenant_look_alikes,
    view_look_alikes,
)
from cmis_audit.cluster.metrics import MetricGroup, metric_groups
from cmis_audit.cluster.wording import (
    cluster_id,
    cluster_name,
    consolidate_reason,
    issues,
    priority,
    suggested_names,
)
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster, Kind, Member, Priority, Role, Verdict
from cmis_audit.model.match import Match, Matches, Relation
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack
from cmis_audit.model.traits import Marker, MetricShape, Traits

_ORDER = {Priority.CRITICAL: 0, Priority.HIGH: 1, Priority.MEDIUM: 2, Priority.LOW: 3}
_VERDICTS = {Verdict.CONSOLIDATE: 0, Verdict.REVIEW: 1, Verdict.KEEP_APART: 2}
_MOST_WITH_ALL_PAIRS = 12  # look-alike groups larger than this keep each member's best pair
_TWIN = 0.8  # of the columns of both tables aligned, from which one is the other renamed


def build_clusters(catalog: Catalog, matches: Matches, pack: RulePack) -> tuple[Cluster, ...]:
    """Return all clusters: to consolidate, to review, to keep apart, each sorted by urgency.

    A table is canonical or merged in one cluster at most; it may be related to several.
    """
    return _Builder(catalog, matches, pack).build()


class _Builder:
    def __init__(self, catalog: Catalog, matches: Matches, pack: RulePack) -> None:
        self._catalog = catalog
        self._tables = {table.ref: table for table in catalog.tables}
        self._columns = {table.ref: len(table.columns) for table in catalog.tables}
        self._columns |= {view.ref: len(view.columns) for view in catalog.views}
        self._traits = {one.ref: one for one in matches.traits}
        self._matches = matches
        self._links = Links(matches.matches)
        self._standing = Standing(catalog, matches.traits)
        self._lexicon = pack.lexicon
        self._thresholds = thresholds_of(pack)

    def build(self) -> tuple[Cluster, ...]:
        metrics = metric_groups(
            self._catalog, self._matches.traits, self._lexicon.metric_table_words
        )
        in_metrics = {member.ref for group in metrics for member in group.members}
        groups = self._entity_groups(in_metrics)
        taken = in_metrics | {ref for group in groups for ref in group}
        clusters = [self._metrics_cluster(group) for group in metrics]
        clusters += [self._entity_cluster(group) for group in groups]
        told = {
            frozenset((one.table, other.table))
            for cluster in clusters
            for one in cluster.members
            for other in cluster.members
        }
        clusters += self._reviews(taken, told)
        merged = {
            member.table
            for cluster in clusters
            if cluster.verdict == Verdict.CONSOLIDATE
            for member in cluster.members
            if member.role == Role.MERGE
        }
        apart = [
            match
            for match in self._matches.matches
            if match.bits < self._thresholds.review_from
            and merged.isdisjoint((match.left, match.right))
        ]
        groups_apart = [
            *tenant_look_alikes(self._matches),
            *view_look_alikes(self._catalog),
            *(
                group
                for group in look_alikes(self._catalog, apart, self._traits)
                if not self._is_told(group, told)
            ),
        ]
        clusters += [self._apart_cluster(group) for group in groups_apart]
        clusters.sort(key=_urgency)
        return tuple(clusters)

    def _entity_groups(self, in_metrics: set[TableRef]) -> list[tuple[TableRef, ...]]:
        free = [
            match
            for match in self._matches.matches
            if match.left not in in_metrics and match.right not in in_metrics
        ]
        strong = [match for match in free if match.bits >= self._thresholds.consolidate_from]
        groups = cohesive_groups(strong, self._links, self._traits, self._thresholds)
        weak = [
            match
            for match in free
            if self._thresholds.join_from <= match.bits < self._thresholds.consolidate_from
        ]
        return self._joined(groups, weak)

    def _joined(
        self, groups: list[tuple[TableRef, ...]], weak: list[Match]
    ) -> list[tuple[TableRef, ...]]:
        """Return the groups with lone tables of the same noun added that have a weaker link."""
        members = {ref: place for place, group in enumerate(groups) for ref in group}
        grown = [list(group) for group in groups]
        for match in sorted(weak, key=strongest_first):
            for inside, outside in (
                (match.left, match.right),
                (match.right, match.left),
            ):
                place = members.get(inside)
                if place is None or outside in members:
                    continue
                if same_noun([*grown[place], outside], self._traits):
                    grown[place].append(outside)
                    members[outside] = place
        return [tuple(sorted(group)) for group in grown]

    def _entity_cluster(self, refs: tuple[TableRef, ...]) -> Cluster:
        canonical, why = self._standing.canonical(refs)
        related = self._related(refs)
        members = self._members(refs, canonical, related)
        ordered = tuple(member.table for member in members)
        pairs = self._links.among(ordered)
        core = tuple(match for match in pairs if match.left in refs and match.right in refs)
        kind = _kind(core)
        tables = tuple(self._tables[ref] for ref in ordered if ref in refs)
        rows = comparison(tables, core)
        return Cluster(
            id=cluster_id(kind, refs),
            name=cluster_name(canonical, self._traits[canonical]),
            verdict=Verdict.CONSOLIDATE,
            kind=kind,
            confidence=self._confidence(refs),
            priority=priority(len(refs), rows, kind),
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

    def _related(self, refs: tuple[TableRef, ...]) -> dict[TableRef, str]:
        """Return tables that fit badly: near enough for review, and named after the same."""
        found: dict[TableRef, str] = {}
        for match in self._matches.matches:
            inside = (match.left in refs, match.right in refs)
            if match.bits < self._thresholds.review_from or sum(inside) != 1:
                continue
            if match.relation == Relation.NONE:
                continue
            outside = match.right if inside[0] else match.left
            against = max(match.counter_evidence[1:], key=lambda piece: -piece.bits, default=None)
            found.setdefault(outside, against.detail if against else "fits only in part")
        return dict(sorted(found.items()))

    def _metrics_cluster(self, group: MetricGroup) -> Cluster:
        refs = tuple(member.ref for member in group.members)
        canonical, why = self._metrics_canonical(group, refs)
        related = {one.ref: _purpose(one, self._tables[one.ref]) for one in group.related}
        members = self._members(refs, canonical, related)
        ordered = tuple(member.table for member in members)
        pairs = self._links.among(ordered)
        core = tuple(match for match in pairs if match.left in refs and match.right in refs)
        tables = tuple(self._tables[ref] for ref in ordered if ref in refs)
        rows = comparison(tables, core)
        shapes = sorted({str(member.shape or MetricShape.WIDE) for member in group.members})
        variants = sorted({member.naming for member in group.members if member.naming})
        told: tuple[str, ...] = (f"One kind of fact in {len(shapes)} shapes: {', '.join(shapes)}",)
        if len(variants) > 1:
            told += (f"The metric is named by {len(variants)} columns: {', '.join(variants)}",)
        return Cluster(
            id=cluster_id(Kind.FRAGMENTED_METRICS, refs),
            name=f"{canonical.name.replace('_', ' ')} metrics" if group.owner else "metrics",
            verdict=Verdict.CONSOLIDATE,
            kind=Kind.FRAGMENTED_METRICS,
            confidence=group.confidence,
            priority=priority(len(refs), rows, Kind.FRAGMENTED_METRICS),
            reason=f"{len(refs)} tables of schema {canonical.schema} store measurements, in "
            f"{len(shapes)} shapes ({', '.join(shapes)}).",
            canonical=canonical,
            canonical_reason=why,
            tables_before=len(members),
            tables_after=min(2, len(refs)) + len(related) if not group.owner else 1,
            members=members,
            pairs=pairs,
            comparison=rows,
            issues=told + issues(tables, rows),
        )

    def _metrics_canonical(
        self, group: MetricGroup, refs: tuple[TableRef, ...]
    ) -> tuple[TableRef, str]:
        """Return the table that holds the metrics already, or whose form and name fit them."""
        if group.owner:
            return group.owner, "it holds the same measurements beside other things"
        words = self._lexicon.metric_table_words
        for member in group.members:
            if member.shape == MetricShape.NAME_VALUE and words.issuperset(member.words):
                return member.ref, "one row a value, under a name that fits every metric"
        return self._standing.canonical(refs)

    def _members(
        self, refs: tuple[TableRef, ...], canonical: TableRef, related: dict[TableRef, str]
    ) -> tuple[Member, ...]:
        merged = [ref for ref in refs if ref != canonical]
        return (
            self._member(canonical, Role.CANONICAL),
            *(self._member(ref, Role.MERGE) for ref in sorted(merged)),
            *(self._member(ref, Role.RELATED, note) for ref, note in sorted(related.items())),
        )

    def _member(
        self, ref: TableRef, role: Role, note: str = "", suggested: str | None = None
    ) -> Member:
        table, traits = self._tables.get(ref), self._traits.get(ref)
        return Member(
            table=ref,
            role=role,
            columns=self._columns[ref],
            rows_estimate=table.statistics.rows_estimate if table and table.statistics else None,
            shape=traits.shape if traits else None,
            naming=traits.naming if traits else None,
            note=note,
            suggested_name=suggested,
        )

    def _confidence(self, refs: tuple[TableRef, ...]) -> float:
        """Return the mean over the members of the probability that their best link is right."""
        chances = []
        for ref in refs:
            bits = [
                match.bits
                for other in refs
                if other != ref and (match := self._links.between(ref, other))
            ]
            chances.append(probability(max(bits)))
        return round(sum(chances) / len(chances), 3)

    def _reviews(self, taken: set[TableRef], told: set[frozenset[TableRef]]) -> list[Cluster]:
        """Return one cluster a pair with evidence on both sides that no other cluster holds."""
        found = []
        for match in self._matches.matches:
            refs = (match.left, match.right)
            if match.bits < self._thresholds.review_from or frozenset(refs) in told:
                continue
            if match.bits < self._thresholds.consolidate_from and taken.issuperset(refs):
                continue
            found.append(self._review_cluster(match, refs))
        return found

    def _review_cluster(self, match: Match, refs: tuple[TableRef, ...]) -> Cluster:
        canonical, why = self._standing.canonical(refs)
        tables = tuple(self._tables[ref] for ref in refs)
        rows = comparison(tables, (match,))
        doubts = sorted(match.counter_evidence[1:], key=lambda piece: (piece.bits, piece.signal))
        doubt = doubts[0].detail if doubts else "the evidence is thin"
        return Cluster(
            id=cluster_id("review", refs),
            name=cluster_name(canonical, self._traits[canonical]),
            verdict=Verdict.REVIEW,
            kind=_kind((match,)),
            confidence=round(probability(match.bits), 3),
            priority=Priority.LOW,
            reason=f"{len(match.columns)} columns in common, but {doubt}.",
            canonical=canonical,
            canonical_reason=why,
            tables_before=len(refs),
            tables_after=len(refs),
            members=self._members(refs, canonical, {}),
            pairs=(match,),
            comparison=rows,
            issues=issues(tables, rows),
        )

    def _apart_cluster(self, group: LookAlike) -> Cluster:
        tables = tuple(self._tables[ref] for ref in group.members if ref in self._tables)
        names = (
            suggested_names(tables, self._traits, self._lexicon)
            if group.kind == Kind.SAME_WORD
            else {}
        )
        pairs = spanning_pairs(group.members, self._links, _MOST_WITH_ALL_PAIRS)
        strongest = max((match.bits for match in pairs), default=self._thresholds.review_from)
        return Cluster(
            id=cluster_id(group.kind, group.members),
            name=_group_name(group, self._traits),
            verdict=Verdict.KEEP_APART,
            kind=group.kind,
            confidence=round(1 - probability(strongest), 3) if pairs else 1.0,
            priority=Priority.LOW,
            reason=group.reason,
            canonical=None,
            tables_before=len(group.members),
            tables_after=len(group.members),
            members=tuple(
                self._member(ref, Role.RELATED, suggested=names.get(ref)) for ref in group.members
            ),
            pairs=pairs,
            comparison=comparison(tables, pairs) if group.kind == Kind.SAME_WORD else (),
        )

    def _is_told(self, group: LookAlike, told: set[frozenset[TableRef]]) -> bool:
        """Tell whether every two of the group stand together in a cluster already."""
        first, *rest = group.members
        return all(frozenset((first, other)) in told for other in rest)


def probability(bits: float) -> float:
    """Return the probability that odds of 2 to the power of `bits` mean."""
    return float(1 / (1 + 2.0 ** -max(min(bits, 60.0), -60.0)))


def _kind(core: tuple[Match, ...]) -> Kind:
    """Return the kind that the strongest links make: a version anywhere makes it a version."""
    markers = {marker for match in core for marker in match.markers if match.bits > 0}
    if Marker.VERSION in markers:
        return Kind.VERSION
    best = core[0]
    if markers & {Marker.COPY, Marker.ARCHIVE}:
        return Kind.COPY
    if best.left.schema != best.right.schema and best.relation == Relation.SAME:
        return Kind.CROSS_SCHEMA
    columns = len(best.columns)
    if best.containment >= _TWIN and columns >= _TWIN * _most_columns(best):
        return Kind.RENAMED_TWIN
    return Kind.OVERLAPPING_ENTITY


def _most_columns(match: Match) -> float:
    """Return the number of columns of the larger table, from Jaccard's own figures."""
    same = len(match.same_name_columns)
    smaller = len(match.columns) / match.containment if match.containment else 0.0
    every = same / match.jaccard if match.jaccard else smaller * 2
    return every + same - smaller


def _purpose(traits: Traits, table: Table) -> str:
    if traits.satellite:
        return f"named for its {traits.words[-1]}, not for measurements"
    return f"speaks of metrics but holds none among its {len(table.columns)} columns"


def _group_name(group: LookAlike, traits: dict[TableRef, Traits]) -> str:
    if group.kind == Kind.TENANTS:
        return f"{group.members[0].schema}.*"
    if group.kind == Kind.VIEW:
        return group.members[0].name
    nouns = {traits[ref].stem[-1] for ref in group.members}
    if len(nouns) == 1:
        return f"*_{next(iter(nouns))}" if group.kind == Kind.FAMILY else next(iter(nouns))
    heads = {traits[ref].stem[0] for ref in group.members}
    if len(heads) == 1:
        return f"{next(iter(heads))}_*"
    return group.members[0].name


def _urgency(cluster: Cluster) -> tuple[int, int, int, str, str]:
    return (
        _VERDICTS[cluster.verdict],
        _ORDER[cluster.priority],
        -cluster.tables_before,
        cluster.name,
        cluster.id,
    )
