"""What a rehearsal needs of the world: a database that may be filled, broken and put back.

The room of the scratch servers has it; the pipeline brings the two together.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.rehearsal import Refused

Row = tuple[str | None, ...]


class Failure(Protocol):
    """Why the server refused a statement."""

    @property
    def sqlstate(self) -> str: ...
    @property
    def message(self) -> str: ...


class Session(Protocol):
    """One connection, as a role that owns the clone and may do nothing else."""

    @property
    def discreet(self) -> bool:
        """Whether rows are somebody's, so that none of their values may be told."""

    def run(self, statement: str) -> Failure | None:
        """Run one statement and throw its rows away."""

    def rows(self, query: str) -> list[Row] | Failure:
        """Return the rows of a query as text."""

    def copy_in(self, statement: str, blocks: Iterable[bytes]) -> Failure | None:
        """Run COPY ... FROM STDIN."""


class Place(Protocol):
    """The database of the rehearsal."""

    def session(self) -> AbstractContextManager[Session]:
        """Give a connection for a while, perhaps one that was used before."""

    def fresh_session(self) -> AbstractContextManager[Session]:
        """Give a connection that nobody has used."""

    def run_file(self, name: str, text: str) -> Refused | None:
        """Run a file as `psql -v ON_ERROR_STOP=1 -f` does: on a connection of its own."""

    def save(self, name: str) -> None:
        """Keep the present state under a name."""

    def restore(self, name: str) -> None:
        """Go back to a state that was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a rehearsal takes place, and what it may ask for."""

    place: Place
    read: Callable[[], Catalog]
    """The catalog of the place as it is now."""
    notify: Callable[[str], None]


class QueryError(Exception):
    """A query of ours that has to work did not."""


def asked(session: Session, query: str) -> list[Row]:
    """Return the rows of a query that has to work. Raises QueryError."""
    found = session.rows(query)
    if isinstance(found, list):
        return found
    raise QueryError(_told(session, found, query))


def done(session: Session, statement: str) -> None:
    """Run a statement that has to work. Raises QueryError."""
    failure = session.run(statement)
    if failure is not None:
        raise QueryError(_told(session, failure, statement))


def _told(session: Session, failure: Failure, statement: str) -> str:
    if session.discreet:
        return f"{failure.message} ({statement.split(maxsplit=1)[0]} ...)"
    return f"{failure.message} ({' '.join(statement.split())[:200]})"
