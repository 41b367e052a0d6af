"""Which cluster of one audit is which of another: by the tables they share, not by id alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from cmis_audit.model.record import RecordedCluster

Pairing = tuple[RecordedCluster | None, RecordedCluster | None]


def paired(old: Sequence[RecordedCluster], new: Sequence[RecordedCluster]) -> list[Pairing]:
    """Return each cluster once: with its partner of the other audit, or alone.

    A table is to be merged in one cluster at most, so one shared table makes two clusters the same
    question; of several partners the one with most tables in common is taken.
    """
    before, after = dict(enumerate(old)), dict(enumerate(new))
    places: dict[str, int] = {table: place for place, one in after.items() for table in one.core}
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for place, one in before.items():
        for table in one.core:
            if table in places:
                shared[place, places[table]] += 1
    pairs: list[Pairing] = []
    for left, right in sorted(shared, key=lambda pair: _nearness(pair, shared[pair], old, new)):
        if left in before and right in after:
            pairs.append((before.pop(left), after.pop(right)))
    return [*pairs, *((one, None) for one in before.values()), *((None, o) for o in after.values())]


def overlapping(one: RecordedCluster, others: Iterable[RecordedCluster]) -> list[RecordedCluster]:
    """Return those of the others that share a table with the cluster, most tables first."""
    found = [other for other in others if not one.core.isdisjoint(other.core)]
    return sorted(found, key=lambda other: (-len(one.core & other.core), other.name, other.id))


def _nearness(
    pair: tuple[int, int],
    shared: int,
    old: Sequence[RecordedCluster],
    new: Sequence[RecordedCluster],
) -> tuple[int, bool, list[tuple[str, str]]]:
    left, right = old[pair[0]], new[pair[1]]
    names = sorted(((left.name, left.id), (right.name, right.id)))
    return -shared, left.id != right.id, names
