"""Audits over time."""

from cmis_audit.model.value import Value


class PastRule(Value, frozen=True, kw_only=True, order=True):
    """What a rule of a pack found, against the audit before."""

    rule: str
    came: int
    gone: int


class PastPack(Value, frozen=True, kw_only=True, order=True):
    """What a pack beside the main one said: a score of its own."""

    pack: str
    title: str
    score: int
    grade: str
    pack_fingerprint: str
    findings: int
    rules: tuple[PastRule, ...] = ()
    """Those whose findings came or went; none where the audit before lacks the pack."""


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
    beside: tuple[PastPack, ...] = ()
    """By name of the pack."""
