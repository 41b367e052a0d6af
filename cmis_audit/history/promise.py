"""The figures that a plan promises, and that the next audit is held against."""

from cmis_audit.model.cluster import Role, Verdict
from cmis_audit.model.plan import Plan, Promise, PromisedCluster
from cmis_audit.model.report import Report


def promise(report: Report, plan: Plan, score_after: int) -> Promise:
    """Return what a plan promises once it has gone all the way, the old tables dropped."""
    before = {table.ref for table in report.catalog.tables}
    groups = {one.id: one for one in report.clusters if one.verdict is Verdict.CONSOLIDATE}
    # A rename takes no table away and changes no score.
    planned = tuple(each for each in plan.clusters if each.cluster in groups)
    gone = {member.table for each in planned for member in each.members}
    made = {target.ref for each in planned for target in each.targets}
    gains = {one.cluster: one.points for one in report.score.payoffs}
    return Promise(
        tables_before=len(before),
        tables_after=len((before - gone) | made),
        clusters_before=len(groups),
        clusters_after=len(groups) - len(planned),
        score_before=report.score.value,
        score_after=score_after,
        clusters=tuple(
            PromisedCluster(
                cluster=each.cluster,
                name=each.name,
                tables=tuple(
                    str(member.table)
                    for member in groups[each.cluster].members
                    if member.role is not Role.RELATED
                ),
                payoff=round(gains[each.cluster], 4),
            )
            for each in planned
        ),
    )
