"""What a team has decided to live with, why, and until when."""

from cmis_audit.model.value import Value


class Waiver(Value, frozen=True, kw_only=True, order=True):
    """Names a cluster or finding by its id, or all that concern some tables."""

    reason: str
    id: str | None = None
    tables: tuple[str, ...] = ()
    rule: str | None = None
    """With `tables`: only findings of this rule."""
    until: str | None = None
    """The last day it holds, ISO 8601; None for good."""


class Waived(Value, frozen=True, kw_only=True):
    """A waiver that holds, and what it covers."""

    waiver: Waiver
    clusters: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
