"""What a team has decided: what each table is for, and what it lives with."""

from cmis_audit.model.value import Value
from cmis_audit.model.waiver import Waiver


class Registered(Value, frozen=True, kw_only=True, order=True):
    """A table in the team's own register."""

    name: str
    """As SQL writes it, with its schema."""
    owner: str | None = None
    purpose: str | None = None
    canonical_for: tuple[str, ...] = ()
    """Tables, with their schema, that this one stands for; or concepts, one word or more."""


class Decisions(Value, frozen=True, kw_only=True):
    waivers: tuple[Waiver, ...] = ()
    register: tuple[Registered, ...] = ()
    today: str = ""
    """The day for which waivers are judged, ISO 8601."""
    file: str = ""
    """Where they stand, as it was given; empty where they stand in none."""


UNDECIDED = Decisions()


def is_table(name: str) -> bool:
    """Tell a table's name, which has its schema before it, from a concept."""
    return "." in name
