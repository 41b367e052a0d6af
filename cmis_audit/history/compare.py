"""What became of a database between two audits of it."""

from collections.abc import Iterable, Sequence

from cmis_audit.history.beside import packs_beside
from cmis_audit.history.bridge import bridge
from cmis_audit.history.delivery import delivery
from cmis_audit.history.matching import overlapping, paired
from cmis_audit.history.newcomers import new_tables
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.comparison import Change, ClusterChange, Comparison, Side
from cmis_audit.model.record import PlanRecord, Record, RecordedCluster

_ORDER = {change: place for place, change in enumerate(Change)}


def compare(
    old: Record,
    new: Record,
    *,
    tool_version: str,
    earlier: Sequence[Record] | None = None,
    plan: PlanRecord | None = None,
) -> Comparison:
    """Return what changed from one audit to the other.

    `earlier` audits tell a cluster that has grown again from one that was born; of them those
    count that were read before the old one, of its database.
    """
    before = _before(old, earlier) if earlier is not None else []
    pairs = paired(old.duplicates, new.duplicates)
    changes = [
        change for left, right in pairs if (change := _change(left, right, old, new, before))
    ]
    then, now = (None if one.tables is None else set(one.tables) for one in (old, new))
    known = then is not None and now is not None
    return Comparison(
        tool_version=tool_version,
        old=_side(old),
        new=_side(new),
        same_scale=old.score.pack_fingerprint == new.score.pack_fingerprint,
        clusters=tuple(sorted(changes, key=lambda one: (_ORDER[one.change], one.name, one.tables))),
        unchanged=len(pairs) - len(changes),
        bridge=bridge(old, new),
        new_tables=new_tables(sorted((now or set()) - (then or set())), new) if known else None,
        dropped_tables=tuple(sorted((then or set()) - (now or set()))) if known else None,
        newly_waived=tuple(
            new.waived[each] for each in sorted(new.waived.keys() - old.waived.keys())
        ),
        no_longer_waived=tuple(
            old.waived[each] for each in sorted(old.waived.keys() - new.waived.keys())
        ),
        history=len(before) if earlier is not None else None,
        delivery=delivery(plan, old, new) if plan else None,
        beside=packs_beside(old, new),
    )


def _before(old: Record, earlier: Iterable[Record]) -> list[Record]:
    """Return the earlier audits of the same database, the latest first."""
    found = [
        one
        for one in earlier
        if one.source.read_at < old.source.read_at and one.source.database == old.source.database
    ]
    return sorted(found, key=lambda one: one.source.read_at, reverse=True)


def _change(
    left: RecordedCluster | None,
    right: RecordedCluster | None,
    old: Record,
    new: Record,
    before: list[Record],
) -> ClusterChange | None:
    """Return what became of a cluster; None where it has the tables that it had."""
    told = right or left
    assert told is not None
    was, is_now = (one.core if one else frozenset[str]() for one in (left, right))
    came, gone = tuple(sorted(is_now - was)), tuple(sorted(was - is_now))
    if not came and not gone:
        return None
    change, note = Change.CHANGED, ""
    if left is None:
        change, note = _born(told, old, before)
    elif right is None:
        change, note = Change.CLOSED, _what_closed(told, new)
    elif not gone:
        change = Change.GROWN
    elif not came:
        change, note = Change.SHRUNK, _left(gone, new)
    return ClusterChange(
        change=change,
        name=told.name,
        kind=told.kind,
        before=left.id if left else None,
        after=right.id if right else None,
        tables=tuple(sorted(told.core)),
        came=came,
        gone=gone,
        payoff=told.payoff,
        note=note,
    )


def _born(cluster: RecordedCluster, old: Record, before: list[Record]) -> tuple[Change, str]:
    split = overlapping(cluster, old.duplicates)
    if split:
        return Change.BORN, f"split off from '{split[0].name}'"
    for record in before:
        then = overlapping(cluster, record.duplicates)
        if then:
            tables = ", ".join(sorted(then[0].core))
            day = record.source.read_at[:10]
            return Change.REGROWN, f"it was there on {day} ({tables}), and was closed"
    other = [one for one in overlapping(cluster, old.clusters) if cluster.core <= one.core]
    return Change.BORN, f"its tables were '{other[0].verdict}' before" if other else ""


def _what_closed(cluster: RecordedCluster, new: Record) -> str:
    joined = overlapping(cluster, new.duplicates)
    if joined:
        return f"joined '{joined[0].name}'"
    return _left(tuple(sorted(cluster.core)), new)


def _left(tables: tuple[str, ...], new: Record) -> str:
    """Return what became of tables that are in a cluster no more."""
    if new.tables is None:
        return ""
    there = set(new.tables).intersection(tables)
    dropped = [each for each in tables if each not in there]
    parts = [f"dropped: {', '.join(dropped)}"] if dropped else []
    for verdict, words in ((Verdict.REVIEW, "for a person to decide"), (Verdict.KEEP_APART, "")):
        for one in new.clusters:
            inside = sorted(there & {member.table for member in one.members})
            if one.verdict is verdict and len(inside) > 1:
                parts.append(f"now {words or 'kept apart'}: {', '.join(inside)} ({one.reason})")
                there -= set(inside)
    if there and not dropped:
        parts.append(f"still there: {', '.join(sorted(there))}")
    return "; ".join(parts)


def _side(record: Record) -> Side:
    return Side(
        database=record.source.database,
        read_at=record.source.read_at,
        fingerprint=record.source.fingerprint,
        score=record.score.value,
        grade=record.score.grade,
        pack=record.score.pack,
        pack_fingerprint=record.score.pack_fingerprint,
        tables=record.totals.tables,
        clusters=len(record.duplicates),
        duplicates=record.leaving,
        waived=len(record.waived),
    )
