"""Running SQL files of our own, such as those of the demo: all of a file or an error."""

from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable

import psycopg
from psycopg import sql

from cmis_audit.errors import ScratchError
from cmis_audit.model.catalog import Table
from cmis_audit.model.table_rows import TableRows
from cmis_audit.scratch.notes import excerpt
from cmis_audit.sqlfile.statements import MetaCommand, Script


def run_files(conninfo: str, files: Iterable[Traversable]) -> None:
    """Run trusted SQL files in the order of their names, each in one transaction.

    What cannot run in a transaction (VACUUM), psql's commands and COPY ... FROM STDIN are errors.
    Raises ScratchError naming the file, the line and the beginning of the statement.
    """
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            for file in sorted(files, key=lambda file: file.name):
                text = file.read_text(encoding="utf-8")
                try:
                    connection.execute(text.encode())
                except psycopg.Error:
                    # Sent whole, a file is one round trip; only a failure is worth the second
                    # run, statement by statement, that finds it.
                    _find_failure(connection, file.name, text)
                    raise
    except psycopg.Error as error:
        raise ScratchError(f"the scratch server failed: {_first_line(error)}") from error


def analyze(conninfo: str) -> None:
    """Let the planner count rows, so that an audit can tell an empty table from an unknown one."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("ANALYZE")


def rows_of(conninfo: str, tables: Iterable[Table]) -> Iterator[TableRows]:
    """Yield the rows of those tables that have any, as they lie there."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for table in tables:
            columns = tuple(each.name for each in table.columns if each.generated is None)
            query = sql.SQL("SELECT {columns} FROM {table}").format(
                columns=sql.SQL(", ").join(
                    sql.SQL("CAST({} AS text)").format(sql.Identifier(name)) for name in columns
                ),
                table=sql.Identifier(table.ref.schema, table.ref.name),
            )
            rows = tuple(connection.execute(query).fetchall()) if columns else ()
            if rows:
                yield TableRows(table=table.ref, columns=columns, rows=rows)


def _find_failure(connection: psycopg.Connection, name: str, text: str) -> None:
    with connection.transaction():
        for piece in Script(text).pieces():
            if isinstance(piece, MetaCommand):
                raise ScratchError(f"{name} line {piece.line}: {piece.name} is a command of psql's")
            try:
                connection.execute(piece.text.encode())
            except psycopg.Error as error:
                raise ScratchError(
                    f"{name} line {piece.line} ({excerpt(piece)}): {_first_line(error)}"
                ) from error


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]
