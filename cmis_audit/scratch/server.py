"""A server that may be filled, broken and thrown away."""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchServer:
    """How to reach a throw-away server as its superuser."""

    host: str
    """The folder of the Unix socket."""
    user: str
    password: str = field(repr=False)
    version: str
    """`16.4`."""
    version_number: int
    """`160004`."""
    port: int = 5432

    def conninfo(self, dbname: str = "postgres") -> str:
        """Return a libpq conninfo of the superuser; it holds the throw-away password."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=dbname,
        )

    def create_database(self, name: str) -> str:
        """Create an empty database and return its conninfo; a name that is taken is an error."""
        with psycopg.connect(self.conninfo(), autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
            )
        return self.conninfo(name)
