"""Measurements scattered over several tables, in several shapes."""

from collections import defaultdict

from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import Traits
from cmis_audit.model.value import Value

_FEWEST_TABLES = 3
_FEWEST_SHAPES = 2


class MetricGroup(Value, frozen=True, kw_only=True):
    members: tuple[Traits, ...]
    related: tuple[Traits, ...]
    """Tables of the same subject that hold no measurements: configuration, reports."""


def metric_groups(traits: tuple[Traits, ...], metric_words: frozenset[str]) -> list[MetricGroup]:
    """Return, for each schema, its metric tables when they store one thing in several shapes.

    Three tables in two shapes at least: several wide tables alone are the counters of several
    entities, and one name/value table beside one wide table may be a split by design.
    """
    by_schema: dict[str, list[Traits]] = defaultdict(list)
    for one in traits:
        if one.shape:
            by_schema[one.ref.schema].append(one)
    groups = []
    for schema, members in sorted(by_schema.items()):
        shapes = {member.shape for member in members}
        if len(members) >= _FEWEST_TABLES and len(shapes) >= _FEWEST_SHAPES:
            known = {member.ref for member in members}
            related = tuple(
                one
                for one in traits
                if one.ref.schema == schema
                and one.ref not in known
                and not metric_words.isdisjoint(one.words)
                and _shares_parent(one, members)
            )
            groups.append(MetricGroup(members=tuple(members), related=related))
    return groups


def _shares_parent(one: Traits, members: list[Traits]) -> bool:
    """Tell whether the table belongs to something that a metric table belongs to as well."""
    parents: set[TableRef] = set()
    for member in members:
        parents.update(member.parents)
    return not parents.isdisjoint(one.parents) or not one.parents
