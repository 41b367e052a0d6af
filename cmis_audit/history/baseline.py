"""What is new or worse than an audit that a team has accepted, and what is mended."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from cmis_audit.history.matching import paired
from cmis_audit.model.baseline import Against, Worse
from cmis_audit.model.record import Record, RecordedCluster, RecordedFinding
from cmis_audit.model.rule import Severity

_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def against(baseline: Record, now: Record) -> Against:
    """Return what a gate looks at: what is in force and not in the baseline, or not so.

    A group is known by the tables that it shares with one of the baseline; it is worse when it has
    taken in a table. A finding is known by its id, or where one of its rule stood on all its
    tables; it is worse when it has taken in a table, or its severity has risen. What a waiver
    covered then is known: that it has run out is told by a notice. Findings of a group told here
    are not told again.

    A finding is known whichever pack of the baseline had it, the main one or one beside. What packs
    beside find now is apart, for gates look at the main pack; of a pack that the baseline has not
    everything would be new, so that is not told.
    """
    clusters = dict(_clusters(baseline, now))
    known = _Known(baseline)

    def worse(findings: Iterable[RecordedFinding]) -> list[Worse]:
        apart = (one for one in findings if clusters.keys().isdisjoint(one.clusters))
        return [found for one in apart if (found := _finding(one, known)) is not None]

    main = {one.id for one in now.findings}
    beside = {
        one.id: one
        for pack in now.beside
        if pack.score.pack in baseline.packs
        for one in pack.findings
        if one.id not in main
    }
    return Against(
        same_rules=now.score.pack_fingerprint in baseline.packs.values(),
        same_database=baseline.source.database == now.source.database,
        worse=_sorted([*clusters.values(), *worse((*now.findings, *now.notices))]),
        fixed=tuple(sorted(set(_fixed(baseline, now)))),
        beside=_sorted(worse(beside.values())),
        strangers=tuple(pack.title for pack in now.beside if pack.score.pack not in baseline.packs),
    )


def _sorted(found: Iterable[Worse]) -> tuple[Worse, ...]:
    return tuple(sorted(found, key=lambda one: (_RANK[one.severity], one.what)))


class _Known:
    """The findings of an audit, whether charged, waived or noticed, by id and by rule."""

    def __init__(self, record: Record) -> None:
        beside = (one for pack in record.beside for one in pack.findings)
        every = (*record.findings, *record.waived_findings, *record.notices, *beside)
        self.by_id = {one.id: one for one in every}
        self._of_table: dict[tuple[str, str], list[RecordedFinding]] = defaultdict(list)
        for one in every:
            for table in one.subjects:
                self._of_table[one.rule, table].append(one)

    def touching(self, one: RecordedFinding) -> list[RecordedFinding]:
        """Return the finding of that id, or those of its rule on one of its tables."""
        if one.id in self.by_id:
            return [self.by_id[one.id]]
        return [other for table in one.subjects for other in self._of_table[one.rule, table]]


def _clusters(baseline: Record, now: Record) -> Iterator[tuple[str, Worse]]:
    for left, right in paired(baseline.duplicates, now.duplicates):
        if right is None or right.id in now.waived:
            continue
        tables = ", ".join(sorted(right.core))
        severity = _severity(right, now.findings)
        if left is None:
            what = f"group '{right.name}' ({tables})"
            yield right.id, Worse(what=what, severity=severity)
        elif right.core - left.core:
            came = ", ".join(sorted(right.core - left.core))
            what = f"group '{right.name}'"
            yield right.id, Worse(what=what, why=f"it has taken in {came}", severity=severity)


def _severity(cluster: RecordedCluster, findings: Iterable[RecordedFinding]) -> Severity:
    """Return the worst severity that a rule gives the group; low where none speaks of it."""
    told = [one.severity for one in findings if cluster.id in one.clusters]
    return min(told, key=_RANK.__getitem__, default=Severity.LOW)


def _finding(one: RecordedFinding, known: _Known) -> Worse | None:
    what = f"{one.rule} {one.message}"
    before = known.touching(one)
    if not before:
        return Worse(what=what, severity=one.severity)
    rank = min(_RANK[other.severity] for other in before)
    if _RANK[one.severity] < rank:
        why = f"its severity was {list(Severity)[rank].value}"
        return Worse(what=what, why=why, severity=one.severity)
    if one.id in known.by_id or any(set(one.subjects) <= set(o.subjects) for o in before):
        return None
    came = sorted(set(one.subjects).difference(*(other.subjects for other in before)))
    why = f"it has taken in {', '.join(came)}" if came else "findings became one"
    return Worse(what=what, why=why, severity=one.severity)


def _fixed(baseline: Record, now: Record) -> Iterator[str]:
    """Yield the findings of the baseline that are gone, of the packs that have judged again."""
    known = _Known(now)
    told = [(baseline.score.pack, baseline.findings)]
    told += [(pack.score.pack, pack.findings) for pack in baseline.beside]
    for pack, findings in told:
        for one in findings if pack in now.packs else ():
            if not known.touching(one):
                yield f"{one.rule} {one.message}"
