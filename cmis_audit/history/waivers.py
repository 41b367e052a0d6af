"""What waivers take out of the score, and which of them do not hold."""

from collections.abc import Iterable, Iterator

from cmis_audit.history.notices import EXPIRED_WAIVER, UNMATCHED_WAIVER, notice
from cmis_audit.model.cluster import Cluster, Role, Verdict
from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.value import Value
from cmis_audit.model.waiver import Waived, Waiver, WaiverStatus


class Reach(Value, frozen=True, kw_only=True):
    """What a waiver itself names, by id."""

    clusters: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    schema_copies: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.clusters or self.findings or self.schema_copies)


class Waivings(Value, frozen=True, kw_only=True):
    charged: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    """Findings that a waiver covers."""
    holds: tuple[Waived, ...]
    lapsed: tuple[Waived, ...]
    """Waivers that have expired or cover nothing."""
    notices: tuple[Finding, ...]
    """One for each of these."""


def waived(
    waivers: Iterable[Waiver],
    today: str,
    clusters: tuple[Cluster, ...],
    findings: tuple[Finding, ...],
    *,
    beside: tuple[Finding, ...] = (),
    schema_copies: tuple[SchemaCopies, ...] = (),
) -> Waivings:
    """Return the findings that are charged, and what became of each waiver.

    `beside` is what packs beside the main one find alone. It is covered by a waiver that names its
    id or its rule: whoever lives with two tables for one thing has said nothing of their security.

    A cluster is covered by its id, or when all its tables that are to be merged are among the
    waiver's: one that has grown beyond them is not. With a cluster go the findings that come from
    no other cluster than waived ones. Schemas that repeat each other are covered by their id, or
    when all of them are among the waiver's; with them go the clusters that say nothing else, of
    whatever tables.
    """
    given = list(dict.fromkeys(waivers))
    reach = {
        waiver: _by_schemas(waiver, clusters, schema_copies)
        or _covered(waiver, clusters, findings, beside)
        for waiver in given
    }
    findings = (*findings, *beside)
    holding = [one for one in given if not _expired(one, today) and reach[one]]
    open_clusters = frozenset(each for one in holding for each in reach[one].clusters)
    told = [_waived(one, reach[one], open_clusters, findings, today) for one in given]
    holds = tuple(one for one in told if one.status is WaiverStatus.HOLDS)
    lapsed = tuple(one for one in told if one.status is not WaiverStatus.HOLDS)
    out = {each for one in holds for each in one.findings}
    return Waivings(
        charged=tuple(each for each in findings if each.id not in out),
        waived=tuple(each for each in findings if each.id in out),
        holds=holds,
        lapsed=lapsed,
        notices=tuple(_notices(lapsed, clusters, findings, schema_copies)),
    )


def _expired(waiver: Waiver, today: str) -> bool:
    return waiver.until is not None and waiver.until < today


def _by_schemas(
    waiver: Waiver, clusters: tuple[Cluster, ...], schema_copies: tuple[SchemaCopies, ...]
) -> Reach:
    """Return the repeated schemas that a waiver names, with their clusters."""
    found = [
        one
        for one in schema_copies
        if one.verdict is not Verdict.KEEP_APART
        and (one.id == waiver.id or set(waiver.schemas).issuperset(schemas_of(one)))
    ]
    told = {cluster for one in found for cluster in one.clusters}
    return Reach(
        clusters=frozenset(one.id for one in clusters if one.id in told and _to_decide(one)),
        schema_copies=frozenset(one.id for one in found),
    )


def schemas_of(copies: SchemaCopies) -> tuple[str, ...]:
    return (copies.source, *(one.schema for one in copies.copies))


def _covered(
    waiver: Waiver,
    clusters: tuple[Cluster, ...],
    findings: tuple[Finding, ...],
    beside: tuple[Finding, ...],
) -> Reach:
    """Return the clusters and findings that a waiver itself names."""
    if waiver.id is not None or waiver.rule is not None:
        findings = (*findings, *beside)
    if waiver.id is not None:
        return Reach(
            clusters=frozenset(o.id for o in clusters if o.id == waiver.id and _to_decide(o)),
            findings=frozenset(one.id for one in findings if one.id == waiver.id),
        )
    tables = frozenset(waiver.tables)
    return Reach(
        clusters=frozenset(
            one.id
            for one in clusters
            if waiver.rule is None and _to_decide(one) and tables.issuperset(_core(one))
        ),
        findings=frozenset(
            one.id
            for one in findings
            if one.subjects
            and waiver.rule in (None, one.rule)
            and tables.issuperset(map(str, one.subjects))
        ),
    )


def _to_decide(cluster: Cluster) -> bool:
    return cluster.verdict is not Verdict.KEEP_APART


def _core(cluster: Cluster) -> frozenset[str]:
    """Return the tables to be merged; of a group that a person is to judge, all of them."""
    merged = [one for one in cluster.members if one.role is not Role.RELATED]
    return frozenset(str(one.table) for one in merged or cluster.members)


def _waived(
    waiver: Waiver,
    reach: Reach,
    open_clusters: frozenset[str],
    findings: tuple[Finding, ...],
    today: str,
) -> Waived:
    clusters, named = reach.clusters, reach.findings
    status = WaiverStatus.HOLDS
    if _expired(waiver, today):
        status = WaiverStatus.EXPIRED
    elif not reach:
        status = WaiverStatus.UNMATCHED
    return Waived(
        waiver=waiver,
        status=status,
        clusters=tuple(sorted(clusters)),
        schema_copies=tuple(sorted(reach.schema_copies)),
        findings=tuple(
            sorted(
                one.id
                for one in findings
                if one.id in named
                or (
                    not clusters.isdisjoint(one.clusters)
                    and (open_clusters | clusters).issuperset(one.clusters)
                )
            )
        ),
    )


def _notices(
    lapsed: tuple[Waived, ...],
    clusters: tuple[Cluster, ...],
    findings: tuple[Finding, ...],
    schema_copies: tuple[SchemaCopies, ...],
) -> Iterator[Finding]:
    for one in lapsed:
        waiver = one.waiver
        names = (*waiver.tables, *waiver.schemas)
        key = (waiver.id or "", *names, waiver.rule or "", waiver.until or "")
        what, evidence = _target(waiver), f"the reason given: {waiver.reason}"
        if one.status is WaiverStatus.EXPIRED:
            again = [_repeated(each) for each in schema_copies if each.id in one.schema_copies]
            again = again or [f"'{each.name}'" for each in clusters if each.id in one.clusters]
            again = again or [each.id for each in findings if each.id in one.findings]
            then = f"charged again: {', '.join(again)}" if again else "it covers nothing any more"
            message = f"the waiver of {what} ended on {waiver.until}; {then}"
            yield notice(EXPIRED_WAIVER, key, message, evidence, _subjects(one, clusters, findings))
        else:
            message = f"the waiver of {what} covers nothing"
            message += _beyond(waiver, clusters) or _schemas_beyond(waiver, schema_copies)
            yield notice(UNMATCHED_WAIVER, key, message, evidence)


def _target(waiver: Waiver) -> str:
    if waiver.schemas:
        return f"schemas {', '.join(waiver.schemas)}"
    named = waiver.id or ", ".join(waiver.tables)
    return f"{named} ({waiver.rule})" if waiver.rule else named


def _beyond(waiver: Waiver, clusters: tuple[Cluster, ...]) -> str:
    """Return which group the waiver's tables stand in, and with what others."""
    tables = frozenset(waiver.tables)
    for one in clusters:
        if _to_decide(one) and tables.intersection(_core(one)):
            more = ", ".join(sorted(_core(one) - tables))
            return f": the group '{one.name}' has {more} besides" if more else ""
    return ""


def _schemas_beyond(waiver: Waiver, schema_copies: tuple[SchemaCopies, ...]) -> str:
    """Return which schemas repeat each other beside those of the waiver."""
    for one in schema_copies:
        here = set(schemas_of(one))
        if one.verdict is not Verdict.KEEP_APART and len(here.intersection(waiver.schemas)) > 1:
            return f": {', '.join(sorted(here.difference(waiver.schemas)))} repeats them besides"
    return ""


def _repeated(copies: SchemaCopies) -> str:
    return f"schemas {', '.join(schemas_of(copies))}"


def _subjects(
    one: Waived, clusters: tuple[Cluster, ...], findings: tuple[Finding, ...]
) -> set[TableRef]:
    found = {ref for each in findings if each.id in one.findings for ref in each.subjects}
    for cluster in clusters:
        if cluster.id in one.clusters:
            found.update(member.table for member in cluster.members)
    return found
