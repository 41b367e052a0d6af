"""One module a signal, for or against; this is the one registry.

A signal looks at a pair and yields evidence in bits; it knows neither verdicts nor their
thresholds.
"""

from collections.abc import Callable, Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.match.signals import (
    bodies,
    children,
    columns,
    comments,
    coverage,
    data,
    few_columns,
    foreign_key_between,
    grain,
    measurements,
    names,
    natural_keys,
    order,
    own_parent,
    parents,
    schemas,
    types,
    value_type_split,
)
from cmis_audit.model.match import Evidence

Signal = Callable[[Pair], Iterator[Evidence]]

SIGNALS: tuple[Signal, ...] = (
    names.evidence,
    columns.evidence,
    coverage.evidence,
    few_columns.evidence,
    schemas.evidence,
    order.evidence,
    natural_keys.evidence,
    comments.evidence,
    bodies.evidence,
    children.evidence,
    parents.evidence,
    measurements.evidence,
    types.evidence,
    own_parent.evidence,
    foreign_key_between.evidence,
    value_type_split.evidence,
    grain.evidence,
    data.evidence,
)
