"""What a team has decided: what each table is for, and what it lives with."""

from cmis_audit.model.place import Place
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
    waiver_lines: tuple[int, ...] = ()
    """The line of each waiver in it; none where that is not known."""
    register_lines: tuple[int, ...] = ()

    def place_of(self, entry: Waiver | Registered) -> Place | None:
        """Return where an entry stands, the first of two alike; None where it stands in no file."""
        entries: tuple[Waiver | Registered, ...] = self.waivers
        lines = self.waiver_lines
        if isinstance(entry, Registered):
            entries, lines = self.register, self.register_lines
        if not self.file:
            return None
        return Place(file=self.file, line=lines[entries.index(entry)] if lines else 1)


UNDECIDED = Decisions()


def is_table(name: str) -> bool:
    """Tell a table's name, which has its schema before it, from a concept."""
    return "." in name
