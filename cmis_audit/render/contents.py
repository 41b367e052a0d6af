"""What `report.md` and `report.html` both tell: worked out in one place, worded in one place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.rehearsal import ClusterRehearsal
from cmis_audit.model.report import Report
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.render import (
    evidence,
    outlook,
    overview,
    rehearsals,
    risk,
    schema_sections,
    schema_tables,
    schema_words,
    sections,
    units,
)
from cmis_audit.render.decisions import notice_places
from cmis_audit.render.escape import Safe, code
from cmis_audit.render.formula import formula
from cmis_audit.render.index import Index
from cmis_audit.render.prose import prose

_UNITS: Final = ("counted", "human_bytes", "human_rows", "percent", "points", "signed")

WORDS: Final[Mapping[str, object]] = {
    "sections": sections,
    "rehearsal": rehearsals,
    "schema_tables": schema_tables,
    "schema_words": schema_words,
    "overview": overview,
    "evidence": evidence,
    "outlook": outlook,
    "risk": risk,
    "code": code,
    "formula": formula,
    "notice_places": notice_places,
    **{name: getattr(units, name) for name in _UNITS},
}
"""What the templates of both may call."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A report, ready for templates, which get the fields by their names."""

    report: Report
    index: Index
    schemas: Sequence[schema_sections.SchemaSection]
    """Schemas that others repeat."""
    consolidate: Sequence[sections.ClusterSection]
    review: Sequence[sections.ClusterSection]
    merges: Sequence[overview.Merge]
    """What would give points back: schemas, then groups."""
    groups: int
    """To consolidate, those that a schema's section tells with them."""
    undecided: Sequence[SchemaCopies]
    templates: Sequence[SchemaCopies]
    total: outlook.Totals
    domains: tuple[outlook.DomainRow, ...]
    domain_total: outlook.DomainRow
    tried: Mapping[str, ClusterRehearsal]
    prose: Callable[[str], Safe]

    @property
    def anchors(self) -> dict[str, str]:
        """Return where the groups are told that a section of their own or of a schema tells."""
        found = {one.cluster.id: one.anchor for one in (*self.consolidate, *self.review)}
        for section in self.schemas:
            found |= {cluster.id: section.anchor for cluster in section.clusters}
        return found


def contents(report: Report) -> Contents:
    """Return what there is to tell of the report."""
    index = Index(report.catalog, report.code)
    schemas = schema_sections.schema_sections(report, index)
    consolidate = sections.cluster_sections(report, index, Verdict.CONSOLIDATE)
    clusters = outlook.with_verdict(report, Verdict.CONSOLIDATE)
    domains = outlook.domain_rows(report, clusters)
    return Contents(
        report=report,
        index=index,
        schemas=schemas,
        consolidate=consolidate,
        review=sections.cluster_sections(report, index, Verdict.REVIEW),
        merges=[*schemas, *consolidate],
        groups=len(clusters),
        undecided=outlook.repeated_schemas(report, Verdict.REVIEW),
        templates=outlook.repeated_schemas(report, Verdict.KEEP_APART),
        total=outlook.totals(clusters),
        domains=domains,
        domain_total=outlook.domain_total(report, clusters, domains),
        tried=rehearsals.by_cluster(report),
        prose=prose(report),
    )
