"""Tables that an earlier audit did not have, and what they resemble."""

from collections import defaultdict
from collections.abc import Iterable

from cmis_audit.model.comparison import NewTable, Resemblance
from cmis_audit.model.record import Record

_MOST = 3
"""Tables that are named for one new table."""


def new_tables(names: Iterable[str], record: Record) -> tuple[NewTable, ...]:
    """Return the tables with those that they resemble, by the pairs of the audit's clusters."""
    near: dict[str, dict[str, Resemblance]] = defaultdict(dict)
    for cluster in record.clusters:
        for pair in cluster.pairs:
            for table, other in ((pair.left, pair.right), (pair.right, pair.left)):
                known = near[table].get(other)
                if pair.bits > 0 and (known is None or known.bits < pair.bits):
                    near[table][other] = Resemblance(
                        table=other,
                        bits=pair.bits,
                        cluster=cluster.id,
                        name=cluster.name,
                        verdict=cluster.verdict,
                        reason=cluster.reason,
                    )
    return tuple(
        NewTable(
            table=name,
            resembles=tuple(
                sorted(near[name].values(), key=lambda one: (-one.bits, one.table))[:_MOST]
            ),
        )
        for name in names
    )
