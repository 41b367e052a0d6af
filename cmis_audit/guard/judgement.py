"""Which new or changed tables repeat others, and what would do instead."""

import hashlib
import re
from collections.abc import Callable, Iterator

from cmis_audit.guard.remedy import lacking
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster, Kind, Role, Verdict
from cmis_audit.model.guard import Alarm, Change, Charge, Touched
from cmis_audit.model.match import Evidence, Match, Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import Marker, Traits

MOST_EVIDENCE = 8
"""Pieces of a ledger that an alarm keeps."""

Clusters = tuple[Cluster, ...]
_CHARGES = {Verdict.CONSOLIDATE: Charge.NEAR_COPY, Verdict.REVIEW: Charge.REVIEW}
_ORDER = list(Charge)
_BY_PAIRS = {
    Kind.VERSION, Kind.COPY, Kind.CROSS_SCHEMA, Kind.RENAMED_TWIN, Kind.OVERLAPPING_ENTITY,
}  # fmt: skip
_A_PAIR = 2
_NAMED = 5
_LEADING = re.compile(r"v\d{1,2}\Z")


def judged(
    catalog: Catalog,
    matches: Matches,
    clusters: Clusters,
    touched: tuple[Touched, ...],
    before: Callable[[], Clusters],
) -> tuple[Alarm, ...]:
    """Return the alarms about touched tables; those that fail first, then by place.

    `before` gives the clusters as they were; it is asked only where a table is not new, for what
    stood together already is no news.
    """
    judge = _Judge(catalog, matches, clusters, touched, before)
    found = [*judge.clustered(), *judge.named()]
    return tuple(sorted(found, key=_by_weight))


def _by_weight(alarm: Alarm) -> tuple[int, str, int, TableRef, TableRef]:
    place = alarm.table.place
    where = (place.file, place.line) if place else ("", 0)
    return (_ORDER.index(alarm.charge), *where, alarm.table.table, alarm.twin)


class _Judge:
    def __init__(
        self,
        catalog: Catalog,
        matches: Matches,
        clusters: Clusters,
        touched: tuple[Touched, ...],
        before: Callable[[], Clusters],
    ) -> None:
        self._tables = {table.ref: table for table in catalog.tables}
        self._matches = matches
        self._clusters = clusters
        self._touched = {one.table: one for one in touched}
        self._before = before
        self._together: dict[Verdict, set[frozenset[TableRef]]] | None = None
        self._told: set[frozenset[TableRef]] = set()
        self._originals = dict(self._versions())

    def clustered(self) -> Iterator[Alarm]:
        """Yield what the engine says of the touched tables."""
        for cluster in self._clusters:
            charge = _CHARGES.get(cluster.verdict)
            if charge is None:
                continue
            core = _core(cluster)
            for ref in core:
                touched = self._touched.get(ref)
                twin = touched and self._twin(touched, core, cluster)
                if touched and twin and not self._was_so(ref, twin, cluster.verdict):
                    self._told.add(frozenset((ref, twin)))
                    doubtful = charge is Charge.REVIEW and self._is_version_of(ref, twin)
                    told = Charge.VERSION if doubtful else charge
                    yield self._alarm(touched, twin, told, cluster)

    def named(self) -> Iterator[Alarm]:
        """Yield the tables named as a version of another that nothing was said of yet."""
        for ref, (twin, marker) in self._originals.items():
            if frozenset((ref, twin)) not in self._told:
                yield self._named_alarm(self._touched[ref], twin, marker)

    def _is_version_of(self, ref: TableRef, twin: TableRef) -> bool:
        return self._originals.get(ref, (None, ""))[0] == twin

    def _versions(self) -> Iterator[tuple[TableRef, tuple[TableRef, str]]]:
        """Yield the touched tables named as a version, with the original and the marker."""
        by_stem: dict[tuple[str, ...], list[tuple[TableRef, str]]] = {}
        numbered: set[TableRef] = set()
        versions: dict[TableRef, tuple[tuple[str, ...], str]] = {}
        for one in self._matches.traits:
            stem, marker = versions[one.ref] = _version(one)
            by_stem.setdefault(stem, []).append((one.ref, marker))
            if any(affix.word.isdigit() for affix in one.affixes):
                numbered.add(one.ref)
        for ref, touched in self._touched.items():
            stem, marker = versions.get(ref, ((), ""))
            if not marker or touched.change is Change.CHANGED:
                continue
            # `part_3` beside `part_1` or `part_100` is one of a series; beside `part` a version.
            others = [
                (bool(other), one.schema != ref.schema, one)
                for one, other in by_stem[stem]
                if other != marker and not ((other or one in numbered) and marker.isdigit())
            ]
            if others:
                yield ref, (min(others)[2], marker)

    def _twin(
        self, touched: Touched, core: tuple[TableRef, ...], cluster: Cluster
    ) -> TableRef | None:
        """Return what the table repeats: one that was there, or one that came before it."""
        others = [ref for ref in core if ref != touched.table]
        old = [ref for ref in others if not self._is_new(ref)]
        if not old:
            old = [ref for ref in others if self._comes_before(ref, touched)]
        if cluster.canonical in old:
            return cluster.canonical
        return max(old, key=lambda ref: self._bits(touched.table, ref, cluster), default=None)

    def _is_new(self, ref: TableRef) -> bool:
        touched = self._touched.get(ref)
        return touched is not None and touched.change is Change.CREATED

    def _comes_before(self, ref: TableRef, touched: Touched) -> bool:
        other = self._touched[ref]
        if other.place is None or touched.place is None or other.place == touched.place:
            return ref < touched.table
        return other.place < touched.place

    def _bits(self, left: TableRef, right: TableRef, cluster: Cluster) -> float:
        pair = _pair(cluster, left, right)
        return pair.bits if pair else 0.0

    def _was_so(self, ref: TableRef, twin: TableRef, verdict: Verdict) -> bool:
        """Tell whether the two stood together before, under the names that they had."""
        one, other = (self._origin(ref), self._origin(twin))
        if one is None or other is None:
            return False
        if self._together is None:
            self._together = {Verdict.CONSOLIDATE: set(), Verdict.REVIEW: set()}
            for cluster in self._before():
                if cluster.verdict in self._together:
                    core = _core(cluster)
                    self._together[cluster.verdict].update(
                        frozenset((a, b)) for a in core for b in core if a != b
                    )
        pair = frozenset((one, other))
        if pair in self._together[Verdict.CONSOLIDATE]:
            return True
        return verdict is Verdict.REVIEW and pair in self._together[Verdict.REVIEW]

    def _origin(self, ref: TableRef) -> TableRef | None:
        touched = self._touched.get(ref)
        return touched.origin if touched else ref

    def _alarm(self, touched: Touched, twin: TableRef, charge: Charge, cluster: Cluster) -> Alarm:
        pair = _pair(cluster, touched.table, twin)
        return Alarm(
            id=_id(charge, touched.table, twin),
            charge=charge,
            table=touched,
            twin=twin,
            twin_is_new=self._is_new(twin),
            verdict=cluster.verdict,
            kind=cluster.kind,
            confidence=pair.confidence if pair else cluster.confidence,
            reason=_reason(cluster),
            bits=pair.bits if pair else None,
            evidence=_ledger(pair) if pair else (),
            shared_columns=_shared(pair, touched.table) if pair else (),
            cluster=cluster.id,
            remedy=()
            if self._is_new(twin) or cluster.kind is Kind.FRAGMENTED_METRICS
            else lacking(self._table(touched.table), self._table(twin), pair),
        )

    def _named_alarm(self, touched: Touched, twin: TableRef, marker: str) -> Alarm:
        pair = next(
            (one for one in self._matches.matches if _is_of(one, touched.table, twin)), None
        )
        return Alarm(
            id=_id(Charge.VERSION, touched.table, twin),
            charge=Charge.VERSION,
            table=touched,
            twin=twin,
            twin_is_new=self._is_new(twin),
            verdict=None,
            kind=None,
            confidence=None,
            reason=f"by its name ('{marker}') it is a version of a table beside it",
            bits=pair.bits if pair else None,
            evidence=_ledger(pair) if pair else (),
            shared_columns=_shared(pair, touched.table) if pair else (),
            remedy=lacking(self._table(touched.table), self._table(twin), pair)
            if not self._is_new(twin)
            else (),
        )

    def _table(self, ref: TableRef) -> Table:
        return self._tables[ref]


def _reason(cluster: Cluster) -> str:
    """Return why the tables are one; what is said of a group is said of its strongest pair."""
    core = _core(cluster)
    if cluster.verdict is Verdict.REVIEW or cluster.kind not in _BY_PAIRS or len(core) <= _A_PAIR:
        return cluster.reason
    named = ", ".join(map(str, core[:_NAMED]))
    more = f" and {len(core) - _NAMED} more" if len(core) > _NAMED else ""
    return f"With it {len(core)} tables store '{cluster.name}': {named}{more}."


def _core(cluster: Cluster) -> tuple[TableRef, ...]:
    """Return the tables that would become one; of a question, those that it is about."""
    if cluster.verdict is Verdict.REVIEW:
        return tuple(member.table for member in cluster.members)
    return tuple(member.table for member in cluster.members if member.role is not Role.RELATED)


def _version(traits: Traits) -> tuple[tuple[str, ...], str]:
    """Return the name's words without a version marker, and the marker; `v2_` counts as well."""
    marker = next((one.word for one in traits.affixes if one.marker is Marker.VERSION), "")
    if not marker and len(traits.stem) > 1 and _LEADING.match(traits.stem[0]):
        return traits.stem[1:], traits.stem[0]
    return traits.stem, marker


def _pair(cluster: Cluster, left: TableRef, right: TableRef) -> Match | None:
    return next((one for one in cluster.pairs if _is_of(one, left, right)), None)


def _is_of(match: Match, left: TableRef, right: TableRef) -> bool:
    return {match.left, match.right} == {left, right}


def _shared(match: Match, ref: TableRef) -> tuple[tuple[str, str], ...]:
    if match.left == ref:
        return tuple((one.left, one.right) for one in match.columns)
    return tuple((one.right, one.left) for one in match.columns)


def _ledger(match: Match) -> tuple[Evidence, ...]:
    """Return the weightiest pieces, the base rate aside."""
    pieces = [
        *match.evidence,
        *(one for one in match.counter_evidence if one.signal != "base-rate"),
    ]
    pieces.sort(key=lambda one: (-abs(one.bits), one.signal, one.detail))
    return tuple(pieces[:MOST_EVIDENCE])


def _id(charge: Charge, table: TableRef, twin: TableRef) -> str:
    key = "\0".join((charge, str(table), str(twin)))
    return f"guard-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
