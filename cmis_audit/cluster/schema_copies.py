"""Whole schemas that repeat another: said once, with what has drifted.

The clusters of the pairs stay as they are; here they are counted.
"""

from cmis_audit.cluster.groups import Links
from cmis_audit.cluster.schema_drift import table_pair
from cmis_audit.cluster.schema_pairs import SchemaPairs, alike_pairs, core, merged_pairs
from cmis_audit.cluster.schema_standing import SchemaStanding
from cmis_audit.cluster.schema_tenants import tenant_copies
from cmis_audit.cluster.wording import schemas_id
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster, Priority, Verdict
from cmis_audit.model.match import Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.schema_copy import SchemaCopies, SchemaCopy, SchemaKind
from cmis_audit.model.traits import Marker, SchemaTraits

_FEWEST_PAIRS = 3
"""Two groups are read as quickly as a heading over both; and two equal tables are an accident."""
_OF_SMALLER = 0.75
"""Of the smaller schema's tables: one is more than the three tables of some framework, and bounded
contexts have names in common, and few tables that are one."""
_OF_MARKED = 0.5
"""... where a marker in the name says what it is anyhow."""
_UNDECIDED = 0.5
"""How sure it is that a schema is a copy when nothing tells it from a tenant's."""
_IN_USE = frozenset({SchemaKind.VERSION, SchemaKind.COPY})
_VERDICTS = (Verdict.CONSOLIDATE, Verdict.REVIEW, Verdict.KEEP_APART)
_WORDS = {
    SchemaKind.VERSION: "the name says that it is a version",
    SchemaKind.BACKUP: "the name says that it is a copy or was put away",
    SchemaKind.COPY: "no marker in a name says which is the original",
    SchemaKind.ALIKE: "no name says that the one was made from the other: two tenants have one "
    "form, and so has a copy that was not named as one",
}


def schema_copies(
    catalog: Catalog, matches: Matches, clusters: tuple[Cluster, ...]
) -> tuple[SchemaCopies, ...]:
    """Return the schemas that repeat another: to consolidate, to decide, then tenants.

    A schema is the copy of one other at most. It is proven by clusters of tables, one to one.
    """
    finder = _Finder(catalog, matches, clusters)
    found = (*finder.copies(), *finder.alike(), *tenant_copies(catalog, matches))
    return tuple(
        sorted(
            found,
            key=lambda one: (_VERDICTS.index(one.verdict), -len(one.clusters), one.source),
        )
    )


class _Finder:
    """What the schemas of a database are looked up in."""

    def __init__(self, catalog: Catalog, matches: Matches, clusters: tuple[Cluster, ...]) -> None:
        self._clusters = clusters
        self._links = Links(matches)
        self._names = {one.name: one for one in matches.schemas}
        self._standing = SchemaStanding(catalog, matches.schemas)
        self._merged = merged_pairs(clusters, self._links)
        self._alike = alike_pairs(matches.matches, clusters)
        self._confidence = {cluster.id: cluster.confidence for cluster in clusters}
        self._tables: dict[str, dict[str, Table]] = {}
        for table in catalog.tables:
            self._tables.setdefault(table.ref.schema, {})[table.ref.name] = table

    def copies(self) -> list[SchemaCopies]:
        """Return the schemas to consolidate, each with its copies."""
        edges = [pair for pair in self._merged.schemas() if self._are_copies(*pair)]
        found = []
        for source, others in _stars(edges, self._standing):
            copies = tuple(
                self._copy(source, other, self._merged, self._kind(source, other))
                for other in sorted(others)
            )
            found.append(self._entry(Verdict.CONSOLIDATE, source, copies))
        return found

    def alike(self) -> list[SchemaCopies]:
        """Return the schemas that repeat each other, for a person to say why."""
        edges = [pair for pair in self._alike.schemas() if self._count(*pair) >= _FEWEST_PAIRS]
        found = []
        for source, others in _stars(edges, self._standing):
            copies = tuple(
                self._copy(source, other, self._alike, SchemaKind.ALIKE) for other in sorted(others)
            )
            found.append(self._entry(Verdict.REVIEW, source, copies))
        return found

    def _count(self, left: str, right: str) -> int:
        return len(self._alike.of(left, right))

    def _are_copies(self, left: str, right: str) -> bool:
        """Tell whether most of the smaller schema stands in clusters with the other."""
        pairs = self._merged.of(left, right)
        marked = self._kind(left, right) != SchemaKind.COPY
        smaller = min(len(self._tables[left]), len(self._tables[right]))
        return len(pairs) >= max(
            _FEWEST_PAIRS,
            (_OF_MARKED if marked else _OF_SMALLER) * smaller,
        )

    def _kind(self, left: str, right: str) -> SchemaKind:
        """Return what the difference of the two names says."""
        one, other = self._names[left], self._names[right]
        markers = {affix.marker for affix in set(one.markers) ^ set(other.markers)}
        if Marker.VERSION in markers or _numbered(one, other):
            return SchemaKind.VERSION
        return SchemaKind.BACKUP if markers else SchemaKind.COPY

    def _entry(
        self,
        verdict: Verdict,
        source: str,
        copies: tuple[SchemaCopy, ...],
    ) -> SchemaCopies:
        names = {copy.schema for copy in copies}
        in_use = any(copy.kind in _IN_USE for copy in copies)
        return SchemaCopies(
            id=schemas_id(verdict, (source, *names)),
            verdict=verdict,
            priority=Priority.HIGH if in_use else Priority.LOW,
            source=source,
            source_reason=self._standing.reason(source, names),
            tables=len(self._tables[source]),
            copies=copies,
            clusters=self._said_by(copies),
        )

    def _said_by(self, copies: tuple[SchemaCopy, ...]) -> tuple[str, ...]:
        """Return the clusters whose tables are all paired here: they say nothing else."""
        paired = {ref for copy in copies for pair in copy.pairs for ref in (pair.source, pair.copy)}
        held = {pair.cluster for copy in copies for pair in copy.pairs}
        return tuple(
            sorted(
                cluster.id
                for cluster in self._clusters
                if cluster.id in held and paired.issuperset(core(cluster))
            )
        )

    def _copy(self, source: str, copy: str, known: SchemaPairs, kind: SchemaKind) -> SchemaCopy:
        """Return what the copy repeats; equal names that are in no cluster stand beside it."""
        ours, theirs = self._tables[source], self._tables[copy]
        partners: dict[TableRef, tuple[TableRef, str | None]] = dict(known.of(source, copy))
        repeated = len(partners)
        taken = {other for other, _ in partners.values()}
        equal = ours.keys() & theirs.keys()
        for name in equal:
            if ours[name].ref not in partners and theirs[name].ref not in taken:
                partners[ours[name].ref] = theirs[name].ref, None
        taken = {other for other, _ in partners.values()}
        strict = kind == SchemaKind.ALIKE
        return SchemaCopy(
            schema=copy,
            kind=kind,
            confidence=_UNDECIDED if strict else self._sureness(partners),
            reason=f"{copy} repeats {repeated} of the {len(ours)} tables of {source}; "
            f"{_WORDS[kind]}.",
            tables=len(theirs),
            repeated=repeated,
            pairs=tuple(
                table_pair(
                    ours[ref.name],
                    theirs[other.name],
                    self._links.between(ref, other) if cluster else None,
                    cluster,
                    strict=strict,
                )
                for ref, (other, cluster) in sorted(partners.items())
            ),
            only_in_source=tuple(
                table.ref for _, table in sorted(ours.items()) if table.ref not in partners
            ),
            only_in_copy=tuple(
                table.ref for _, table in sorted(theirs.items()) if table.ref not in taken
            ),
        )

    def _sureness(self, partners: dict[TableRef, tuple[TableRef, str | None]]) -> float:
        """Return the mean over all pairs of what their cluster is sure of; 0 without one."""
        sure = [self._confidence[cluster] for _, cluster in partners.values() if cluster]
        return round(sum(sure) / len(partners), 3)


def _stars(edges: list[tuple[str, str]], standing: SchemaStanding) -> list[tuple[str, set[str]]]:
    """Return schemas to keep, each with those that repeat it, so that none stands in two."""
    near: dict[str, set[str]] = {}
    for left, right in edges:
        near.setdefault(left, set()).add(right)
        near.setdefault(right, set()).add(left)
    found = []
    while near:
        source = standing.best(set(near))
        gone = {source, *near[source]}
        found.append((source, near[source]))
        near = {
            one: others - gone for one, others in near.items() if one not in gone and others - gone
        }
    return found


def _numbered(one: SchemaTraits, other: SchemaTraits) -> bool:
    """Tell whether one name is the other's and a number: `shop2`."""
    short, long = sorted((one.base, other.base), key=len)
    rest = long[len(short) :]
    return long[: len(short)] == short and len(rest) == 1 and rest[0].isdigit()
