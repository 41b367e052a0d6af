"""Audits over time."""

from cmis_audit.model.value import Value


class Past(Value, frozen=True, kw_only=True, order=True):
    """An audit, as a trend shows it."""

    read_at: str
    """ISO 8601, UTC."""
    score: int
    grade: str
    pack_fingerprint: str
    """Scores of two packs are not of one scale."""
    tables: int
    duplicates: int
    """Tables that would go if every cluster to consolidate were merged."""
    clusters: int
    """To consolidate."""
    waived: int
    """Clusters and findings that a waiver covers."""
