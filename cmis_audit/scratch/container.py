"""A container of PostgreSQL's official image, through Testcontainers, where Docker is there.

What is brought along ends here: the tests reach the two errors below and not a running container,
for want of Docker where they run. From its connection string on, a container is a server like any
other that the user names (`guest`).
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from cmis_audit.errors import ScratchError


@contextmanager
def container(major: int) -> Iterator[str]:
    """Run `postgres:MAJOR` and give its connection string; it is removed on leaving.

    Raises ScratchError where Testcontainers or Docker is missing, or the image cannot be had.
    """
    try:
        # The library has moved this class, and warns from the old place.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from testcontainers.postgres import PostgresContainer
    except ImportError:
        raise ScratchError(
            "--scratch docker needs Testcontainers: pip install testcontainers; "
            "or name a server of yours"
        ) from None
    try:
        # Of exceptions, the library lets through those of Docker, HTTP and its own.
        made = PostgresContainer(f"postgres:{major}", driver=None, username="postgres")
        made.start()
    except Exception as error:
        why = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        raise ScratchError(f"--scratch docker: no container of postgres:{major}: {why}") from error
    try:
        yield made.get_connection_url()
    finally:
        made.stop()
