"""An audit held against one that a team has accepted."""

from cmis_audit.model.rule import Severity
from cmis_audit.model.value import Value


class Worse(Value, frozen=True, kw_only=True):
    """A group or a finding that the baseline does not have, or not so."""

    what: str
    why: str = ""
    """What has become worse; empty for what is new."""
    severity: Severity


class Against(Value, frozen=True, kw_only=True):
    same_rules: bool
    same_database: bool
    worse: tuple[Worse, ...]
    """Most severe first."""
    fixed: tuple[str, ...]
    """Findings of the baseline that are gone."""
    beside: tuple[Worse, ...] = ()
    """What packs beside the main one find new or worse: told, and no gate looks at it."""
    strangers: tuple[str, ...] = ()
    """Titles of packs beside the main one of which the baseline knows nothing."""
