"""Measurements scattered over several tables, in several shapes."""

from collections import defaultdict

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Lexicon
from cmis_audit.model.traits import MetricShape, Traits
from cmis_audit.model.value import Value

_FEWEST_TABLES = 3
_FEWEST_SHAPES = 2
_FEWEST_SINGLES = 2
_FEWEST_NUMBERS = 3
_SUBJECT = 0.95
_BESIDE_OWNER = 0.9


class MetricGroup(Value, frozen=True, kw_only=True):
    members: tuple[Traits, ...]
    related: tuple[Traits, ...]
    """Tables of the same subject that hold no measurements: configuration, reports."""
    owner: TableRef | None = None
    """The member that holds the same measurements as columns beside other things."""
    confidence: float = _SUBJECT


def metric_groups(
    catalog: Catalog, traits: tuple[Traits, ...], lexicon: Lexicon
) -> list[MetricGroup]:
    """Return groups of tables that store the same measurements; a table is in one at most.

    Three patterns: all metric tables of a schema, when they have several shapes; one table a metric
    beside the table that has those metrics as columns; name/value rows beside a table that is wide.
    Roll-ups of the first are another grain of what they sum up, not another store of it.
    """
    metric_words = lexicon.metric_table_words
    plain = tuple(one for one in traits if lexicon.grain_words.isdisjoint(one.words))
    groups = _by_subject(plain, metric_words)
    taken = {member.ref for group in groups for member in group.members}
    for group in (*_singles(catalog, traits), *_beside_owner(catalog, traits, metric_words)):
        refs = {member.ref for member in group.members}
        if taken.isdisjoint(refs):
            taken |= refs
            groups.append(group)
    return groups


def _by_subject(traits: tuple[Traits, ...], metric_words: frozenset[str]) -> list[MetricGroup]:
    """Return, for each schema, its metric tables when they store one thing in several shapes.

    Three tables in two shapes at least.
    """
    by_schema: dict[str, list[Traits]] = defaultdict(list)
    speaking: dict[str, list[Traits]] = defaultdict(list)
    for one in traits:
        if not one.shape and not metric_words.isdisjoint(one.words):
            speaking[one.ref.schema].append(one)
        if one.shape and one.shape != MetricShape.SINGLE:
            by_schema[one.ref.schema].append(one)
    groups = []
    for schema, every in sorted(by_schema.items()):
        members = _of_one_subject(every)
        shapes = {member.shape for member in members}
        if len(members) >= _FEWEST_TABLES and len(shapes) >= _FEWEST_SHAPES:
            known = {member.ref for member in members}
            related = tuple(
                one
                for one in speaking[schema]
                if one.ref not in known and _shares_parent(one, members)
            )
            groups.append(MetricGroup(members=tuple(members), related=related))
    return groups


def _of_one_subject(every: list[Traits]) -> list[Traits]:
    """Return the metric tables of a schema without the wide ones that count something else.

    A wide table mostly holds the counters of its own entity. Where wide tables are in the majority,
    those are kept that share a parent or a measure with the other shapes, and only if these are of
    several shapes themselves.
    """
    wide = [one for one in every if one.shape == MetricShape.WIDE]
    others = [one for one in every if one.shape != MetricShape.WIDE]
    if len(wide) <= len(others):
        return every
    if len({one.shape for one in others}) < _FEWEST_SHAPES:
        return []
    parents = {parent for one in others for parent in one.parents}
    near = [one for one in wide if not parents.isdisjoint(one.parents)]
    return [one for one in every if one in others or one in near]


def _shares_parent(one: Traits, members: list[Traits]) -> bool:
    """Tell whether the table belongs to something that a metric table belongs to as well."""
    parents: set[TableRef] = set()
    for member in members:
        parents.update(member.parents)
    return not parents.isdisjoint(one.parents) or not one.parents


def _singles(catalog: Catalog, traits: tuple[Traits, ...]) -> list[MetricGroup]:
    """Return tables named after one column of another each, with an owner, a time and a value.

    Two at least: one alone is the history of that column.
    """
    tables = {table.ref: table for table in catalog.tables}
    names = _ByName(traits)
    found: dict[TableRef, list[Traits]] = defaultdict(list)
    for single in traits:
        if single.shape == MetricShape.SINGLE:
            for owner in names.begun_by(single):
                named = _bare("".join(single.words[len(owner.words) :]))
                if any(_bare(column.name) == named for column in tables[owner.ref].columns):
                    found[owner.ref].append(single)
                    break
    by_ref = {one.ref: one for one in traits}
    return [
        MetricGroup(
            members=(by_ref[owner], *members), related=(), owner=owner, confidence=_BESIDE_OWNER
        )
        for owner, members in sorted(found.items())
        if len(members) >= _FEWEST_SINGLES
    ]


def _beside_owner(
    catalog: Catalog, traits: tuple[Traits, ...], metric_words: frozenset[str]
) -> list[MetricGroup]:
    """Return name/value tables with the wide table after which they are named.

    They have a time of their own: without one they add values to a row, and repeat none.
    """
    timed = {
        table.ref
        for table in catalog.tables
        if any(column.type.startswith(("timestamp", "date")) for column in table.columns)
    }
    names = _ByName(traits)
    groups = []
    for rows in traits:
        if rows.shape not in {MetricShape.NAME_VALUE, MetricShape.TARGET} or rows.ref not in timed:
            continue
        for owner in names.begun_by(rows):
            rest = rows.words[len(owner.words) :]
            if len(owner.numbers) >= _FEWEST_NUMBERS and not metric_words.isdisjoint(rest):
                groups.append(
                    MetricGroup(
                        members=(owner, rows),
                        related=(),
                        owner=owner.ref,
                        confidence=_BESIDE_OWNER,
                    )
                )
    return groups


class _ByName:
    """Tables that may hold the same measurements as columns, by schema and words."""

    def __init__(self, traits: tuple[Traits, ...]) -> None:
        self._named: dict[tuple[str, tuple[str, ...]], list[Traits]] = defaultdict(list)
        for one in traits:
            if one.shape in {None, MetricShape.WIDE}:
                self._named[one.ref.schema, one.words].append(one)

    def begun_by(self, one: Traits) -> list[Traits]:
        """Return the tables whose name the other's begins with, the longest name first."""
        return [
            other
            for length in range(len(one.words) - 1, 0, -1)
            for other in self._named.get((one.ref.schema, one.words[:length]), ())
        ]


def _bare(name: str) -> str:
    """Return the name without separators and plurals: every `s` goes, on both sides alike."""
    return name.lower().replace("_", "").replace("s", "")
