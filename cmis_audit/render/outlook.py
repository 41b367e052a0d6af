"""What the clusters of a report add up to: who goes, what remains, which words are crowded."""

import re
from collections import Counter
from typing import Final

from cmis_audit.model.cluster import Cluster, Kind, Priority, Role, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.model.schema_copy import SchemaCopies, SchemaKind
from cmis_audit.model.value import Value

PRIORITIES: Final = tuple(Priority)
KINDS: Final = {
    Kind.VERSION: "versions of one table",
    Kind.COPY: "copies of one table",
    Kind.CROSS_SCHEMA: "one table in several schemas",
    Kind.RENAMED_TWIN: "one table under several names",
    Kind.OVERLAPPING_ENTITY: "one entity kept under several names",
    Kind.FRAGMENTED_METRICS: "measurements kept in several shapes",
    Kind.SPLIT: "a table that lives on in several",
    Kind.SAME_WORD: "same word, different things",
    Kind.FAMILY: "same shape, each for its own parent",
    Kind.HISTORY: "history beside its entity",
    Kind.SATELLITE: "a table that serves another",
    Kind.VIEW: "views over the table they resemble",
    Kind.GRAIN: "one kind of fact at several grains",
    Kind.SERIES: "parts of a numbered series",
    Kind.TYPED_STORE: "one store split by type of value",
    Kind.LOOKUP: "lookup lists of one shape",
    Kind.LAYERS: "stages of one load",
    Kind.LIKENESS: "nearly the same columns, unrelated names",
    Kind.TENANTS: "one set of tables for each tenant",
}
SCHEMA_KINDS: Final = {
    SchemaKind.VERSION: "a second version of a schema",
    SchemaKind.BACKUP: "a schema put away as a copy",
    SchemaKind.COPY: "a schema repeated by another",
    SchemaKind.ALIKE: "two tenants or a copy",
    SchemaKind.TENANT: "one template for each tenant",
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VERSION: Final = re.compile(r"(?:_?v)?\d+\Z", re.IGNORECASE)


class DomainRow(Value, frozen=True, kw_only=True):
    """Tables of the whole database that carry one word in their name."""

    word: str
    tables: int
    members: int
    """Of them, those that stand in a consolidate cluster."""
    leaving: int


class Totals(Value, frozen=True, kw_only=True):
    """The consolidate clusters together, a table counted once."""

    before: int
    after: int
    leaving: int
    repeated: tuple[TableRef, ...]
    """Tables that stand in several clusters."""


def with_verdict(report: Report, verdict: Verdict) -> tuple[Cluster, ...]:
    """Return the clusters with a verdict, most urgent first, then the largest, then by name.

    Those that a waiver covers are told with it.
    """
    waived = report.waived_clusters
    return tuple(
        sorted(
            (one for one in report.clusters if one.verdict is verdict and one.id not in waived),
            key=lambda cluster: (
                PRIORITIES.index(cluster.priority),
                -len(cluster.members),
                cluster.name,
                cluster.id,
            ),
        )
    )


def repeated_schemas(report: Report, verdict: Verdict) -> tuple[SchemaCopies, ...]:
    """Return the schemas that others repeat, with a verdict, in the report's order.

    Those that a waiver covers are told with it.
    """
    waived = report.waived_schema_copies
    return tuple(
        one for one in report.schema_copies if one.verdict is verdict and one.id not in waived
    )


def told_by_schemas(report: Report) -> frozenset[str]:
    """Return the ids of the clusters that say nothing but that a schema is repeated."""
    return frozenset(cluster for one in report.schema_copies for cluster in one.clusters)


def apart(report: Report) -> tuple[Cluster, ...]:
    """Return the look-alikes, without those of schemas that a person must judge as a whole."""
    told = told_by_schemas(report)
    kept = with_verdict(report, Verdict.KEEP_APART)
    return tuple(cluster for cluster in kept if cluster.id not in told)


def schema_payoff(report: Report, copies: SchemaCopies) -> float:
    """Return the points that the score would gain if all of the schema's copies were merged."""
    return sum(
        gain.points for gain in report.score.schema_payoffs if gain.schema_copies == copies.id
    )


def counted_members(cluster: Cluster) -> tuple[TableRef, ...]:
    """Return the members that `tables_before` speaks of: all, or all but the related ones."""
    everyone = tuple(member.table for member in cluster.members)
    if len(everyone) == cluster.tables_before:
        return everyone
    return tuple(member.table for member in cluster.members if member.role is not Role.RELATED)


def totals(clusters: tuple[Cluster, ...]) -> Totals:
    """Return what the consolidate clusters come to when each table is counted once."""
    times = Counter(ref for cluster in clusters for ref in counted_members(cluster))
    leaving = sum(cluster.tables_before - cluster.tables_after for cluster in clusters)
    return Totals(
        before=len(times),
        after=len(times) - leaving,
        leaving=leaving,
        repeated=tuple(sorted(ref for ref, count in times.items() if count > 1)),
    )


def leaving_tables(clusters: tuple[Cluster, ...]) -> frozenset[TableRef]:
    """Return the tables that a merge would empty."""
    return frozenset(
        member.table
        for cluster in clusters
        for member in cluster.members
        if member.role is Role.MERGE
    )


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a table name, lower case and singular, the version marker left out."""
    bare = _VERSION.sub("", name)
    return tuple(_singular(word.lower()) for word in _WORD.findall(_CAMEL.sub("_", bare)))


def domain_rows(report: Report, clusters: tuple[Cluster, ...]) -> tuple[DomainRow, ...]:
    """Return the words that crowd: heads of some table's name, carried by two members or more.

    Most members first. A table whose name holds two of the words stands in both rows.
    """
    words = _words(report)
    heads = {words_of(ref.name)[-1] for ref in words if words_of(ref.name)}
    members = frozenset(member.table for cluster in clusters for member in cluster.members)
    leaving = leaving_tables(clusters)
    everywhere = Counter(word for found in words.values() for word in found)
    inside = Counter(word for ref in members for word in words.get(ref, ()))
    gone = Counter(word for ref in leaving for word in words.get(ref, ()))
    return tuple(
        DomainRow(word=word, tables=everywhere[word], members=count, leaving=gone[word])
        for word, count in sorted(inside.items(), key=lambda item: (-item[1], item[0]))
        if count > 1 and word in heads and len(word) > 2
    )


def domain_total(
    report: Report, clusters: tuple[Cluster, ...], rows: tuple[DomainRow, ...]
) -> DomainRow:
    """Return the rows together, a table with several of the words counted once."""
    counted = {row.word for row in rows}
    carrying = {ref for ref, found in _words(report).items() if found & counted}
    members = {member.table for cluster in clusters for member in cluster.members}
    return DomainRow(
        word="",
        tables=len(carrying),
        members=len(carrying & members),
        leaving=len(carrying & leaving_tables(clusters)),
    )


def _words(report: Report) -> dict[TableRef, frozenset[str]]:
    return {table.ref: frozenset(words_of(table.ref.name)) for table in report.catalog.tables}


def payoffs(report: Report) -> dict[str, float]:
    """Return the points that the score would gain if a cluster alone were merged, by its id."""
    return {gain.cluster: gain.points for gain in report.score.payoffs}


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "tics")):
        return word[:-1]
    return word
