"""A server that may be filled, broken and thrown away, or a corner of one."""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

CREATE_DATABASE = (
    "CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchServer:
    """How to reach a scratch server as whoever may make databases and roles there."""

    base: str = field(repr=False)
    """A libpq conninfo; it may hold a password."""
    host: str
    """Of an embedded server, the folder of the Unix socket."""
    version: str
    """`16.4`."""
    version_number: int
    """`160004`."""
    prefix: str = ""
    """With it begins the name of every database and role made there; empty where all is ours."""
    superuser: bool = True
    bypasses: bool = True
    """Whether a role may be made that looks past row security."""

    def conninfo(self, dbname: str | None = None) -> str:
        """Return a libpq conninfo, of another database than the usual one if that is named."""
        return make_conninfo(self.base, **({"dbname": dbname} if dbname else {}))

    def create_database(self, name: str) -> str:
        """Create an empty database and return its conninfo; a name that is taken is an error."""
        with psycopg.connect(self.conninfo(), autocommit=True) as admin:
            admin.execute(sql.SQL(CREATE_DATABASE).format(database=sql.Identifier(name)))
        return self.conninfo(name)

    def may_make(self, role: str) -> bool:
        """Return whether a role of that name may be made, or joined, for what is loaded."""
        return role.startswith(self.prefix)
