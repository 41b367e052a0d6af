"""What a team has decided to live with, why, and until when."""

from enum import StrEnum

from cmis_audit.model.value import Value


class Waiver(Value, frozen=True, kw_only=True, order=True):
    """Names a cluster, finding or repeated schema by its id, or all that concern some tables, or
    schemas that repeat each other.
    """

    reason: str
    id: str | None = None
    tables: tuple[str, ...] = ()
    rule: str | None = None
    """With `tables`: only findings of this rule."""
    schemas: tuple[str, ...] = ()
    until: str | None = None
    """The last day it holds, ISO 8601; None for good."""


class WaiverStatus(StrEnum):
    HOLDS = "holds"
    EXPIRED = "expired"
    """Its last day has passed: what it covers is charged again."""
    UNMATCHED = "unmatched"
    """There is nothing that it would cover."""


class Waived(Value, frozen=True, kw_only=True):
    """A waiver, and what it covers; where it has expired, what it would cover."""

    waiver: Waiver
    status: WaiverStatus = WaiverStatus.HOLDS
    clusters: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    """Those of the clusters among them."""
    schema_copies: tuple[str, ...] = ()
    """Ids of schemas that repeat each other; their clusters are among the clusters."""
