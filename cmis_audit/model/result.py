"""What other programs are told: the findings of an audit or a guard, each at a place."""

from enum import StrEnum

from cmis_audit.model.place import Place
from cmis_audit.model.value import Value


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class ResultRule(Value, frozen=True, kw_only=True):
    id: str
    title: str
    level: Level
    help: str
    """Markdown."""


class Result(Value, frozen=True, kw_only=True):
    id: str
    """Stable between runs on the same tables."""
    rule: str
    level: Level
    message: str
    """One line."""
    detail: str
    """Further lines; may be empty."""
    place: Place
    others: tuple[Place, ...] = ()
    """Where the other tables stand that it is about."""
    tables: tuple[str, ...] = ()
    waived: str | None = None
    """Why a team lives with it; None where it does not. What is waived fails nothing."""


class Results(Value, frozen=True, kw_only=True):
    tool_version: str
    subject: str
    """What was looked at: a database."""
    rules: tuple[ResultRule, ...]
    results: tuple[Result, ...]
    passed: tuple[str, ...] = ()
    """What was looked at and found in order, in words."""
