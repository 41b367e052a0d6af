"""What the server's statistics say of two tables: as many rows, alike columns, one of them unused.

Without statistics it says nothing. What speaks for a pair counts by the share of the smaller table
that has a partner, and not at all below half of it: two lists of 250 rows are not one list. That a
table is empty, or has fewer rows, speaks against nothing: so is an old copy.
"""

from collections.abc import Iterator
from datetime import datetime

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.catalog import ColumnStatistics, TableStatistics
from cmis_audit.model.match import ColumnMatch, Evidence

_LEAST_SHARE = 0.5  # of the smaller table's bits, aligned
_MANY_ROWS = 1_000
_EQUAL = 0.99  # of the larger number of rows
_LIKE = 0.9
_FEWEST_DISTINCT = 10
_UNIQUE = 0.9  # distinct values over rows: as good as a key, and so of as many values as rows
_TELLING_BITS = 2.0  # of a column that at most a quarter of the tables have
_FEWEST_COLUMNS, _ENOUGH_COLUMNS = 2, 4
_NULLS_AGREE, _NULLS_CONTRADICT = 0.05, 0.5
_DISTINCT_AGREE, _DISTINCT_CONTRADICT = 0.8, 0.1
_LIVELY = 1_000  # scans and rows written
_HARDLY = 0.001  # of the other's
_LONG_AGO_DAYS = 180


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield a little for rows, columns and use that agree, and against columns that contradict."""
    left, right = pair.left.table.statistics, pair.right.table.statistics
    if left is None or right is None:
        return
    rows = left.rows_estimate or 0, right.rows_estimate or 0
    if not all(rows):
        return
    small = pair.smaller
    whole = pair.database.whole_bits(small)
    if not whole:
        return
    share = min(sum(match.bits for match in pair.alignment) / whole, 1.0)
    if share < _LEAST_SHARE:
        return
    yield from _rows(pair, rows, share)
    yield from _columns(pair, left, right, rows, share)
    yield from _use(pair, left, right, share)


def at_most(left: TableForm, right: TableForm, database: Database) -> float:
    """Return the most that `evidence` says for two tables."""
    if left.table.statistics is None or right.table.statistics is None:
        return 0.0
    return most(database)


def most(database: Database) -> float:
    """Return the most that `evidence` says for any two tables."""
    return sum(database.weights[f"data.{name}"] for name in ("rows", "columns", "superseded"))


def _rows(pair: Pair, rows: tuple[int, int], share: float) -> Iterator[Evidence]:
    few, many = sorted(rows)
    if few >= _MANY_ROWS and few >= _EQUAL * many:
        yield Evidence(
            signal="rows",
            bits=round(pair.weight("data.rows") * share, 2),
            detail=f"as many rows in both, about {many:,}",
        )


def _columns(
    pair: Pair,
    left: TableStatistics,
    right: TableStatistics,
    rows: tuple[int, int],
    share: float,
) -> Iterator[Evidence]:
    """Yield bits for rare columns with as many values and nulls, if there are several.

    Against it counts only that columns of equally many rows contradict each other: of other rows
    other figures are to be expected.
    """
    agreeing, contradicting = [], 0
    compared = list(_compared(pair, left, right))
    for match, one, other in compared:
        nulls = abs(one.null_fraction - other.null_fraction)
        fewer, more = sorted((_distinct(one, rows[0]), _distinct(other, rows[1])))
        if nulls <= _NULLS_AGREE and fewer >= max(_DISTINCT_AGREE * more, _FEWEST_DISTINCT):
            agreeing.append(match.left)
        contradicting += nulls >= _NULLS_CONTRADICT or (
            more >= _FEWEST_DISTINCT and fewer <= _DISTINCT_CONTRADICT * more
        )
    if len(agreeing) >= _FEWEST_COLUMNS:
        part = min(len(agreeing) / _ENOUGH_COLUMNS, 1.0)
        yield Evidence(
            signal="statistics",
            bits=round(pair.weight("data.columns") * part * share, 2),
            detail=f"as many different values and nulls in {', '.join(sorted(agreeing)[:5])}",
        )
    few, many = sorted(rows)
    if few < max(_MANY_ROWS, _LIKE * many) or 2 * contradicting <= len(compared):
        return
    if contradicting >= _FEWEST_COLUMNS:
        yield Evidence(
            signal="statistics",
            bits=round(pair.weight("data.contradict") * contradicting / len(compared), 2),
            detail=f"{contradicting} of {len(compared)} columns are filled quite differently "
            "in as many rows",
        )


def _compared(
    pair: Pair, left: TableStatistics, right: TableStatistics
) -> Iterator[tuple[ColumnMatch, ColumnStatistics, ColumnStatistics]]:
    """Yield the rare aligned columns that hold data of their own, not keys and references."""
    mine = {one.column: one for one in left.columns}
    theirs = {one.column: one for one in right.columns}
    for match in pair.alignment:
        if match.bits < _TELLING_BITS or match.left not in mine or match.right not in theirs:
            continue
        forms = pair.left.by_name[match.left], pair.right.by_name[match.right]
        if forms[0].family != forms[1].family or any(f.is_key or f.reference for f in forms):
            continue
        one, other = mine[match.left], theirs[match.right]
        if min(one.distinct, other.distinct) > -_UNIQUE:
            yield match, one, other


def _distinct(one: ColumnStatistics, rows: int) -> float:
    return one.distinct if one.distinct >= 0 else -one.distinct * rows


def _use(
    pair: Pair, left: TableStatistics, right: TableStatistics, share: float
) -> Iterator[Evidence]:
    """Yield a little where nothing uses the rows of the one any more, and much uses the other."""
    for dead, live, ref in (
        (left, right, pair.left.traits.ref),
        (right, left, pair.right.traits.ref),
    ):
        if live.writes and (said := _superseded(dead, live)):
            yield Evidence(
                signal="use",
                bits=round(pair.weight("data.superseded") * share, 2),
                detail=f"{ref} looks superseded: {said}",
            )
            return


def _superseded(dead: TableStatistics, live: TableStatistics) -> str:
    """Return how it is known that the one is used no more; empty where it is not known."""
    if dead.scans is not None and dead.writes is not None and live.scans is not None:
        little, much = dead.scans + dead.writes, live.scans + (live.writes or 0)
        if much >= _LIVELY and little <= _HARDLY * much:
            return f"{little:,} scans and writes beside {much:,}"
    if dead.last_use and live.last_use:
        days = (datetime.fromisoformat(live.last_use) - datetime.fromisoformat(dead.last_use)).days
        if days >= _LONG_AGO_DAYS:
            return f"last read {days} days before the other"
    return ""
