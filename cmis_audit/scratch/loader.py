"""The statements of an SQL file, one after the other, and again those that came too early."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cmis_audit.scratch.confined import ConfinedConnection, Failure
from cmis_audit.scratch.extensions import CREATE_EXTENSION
from cmis_audit.scratch.notes import Notes, excerpt
from cmis_audit.scratch.repair import Repairs, plain
from cmis_audit.sqlfile.statements import MetaCommand, Script, Statement

# As many missing things as one statement is mended for: a wide table may name many types.
REMEDIES = 100
PASSES = 10
COPY_BLOCK = 1 << 16
# Something is missing that may come further down in the file.
MISSING = frozenset({"3F000", "42P01", "42703", "42704", "42883"})
RETRIED = MISSING | {"42830", "42P17", "42804", "42809", "23503"}

_I = re.IGNORECASE
_TRANSACTION = re.compile(
    r"(?:BEGIN|START\s+TRANSACTION|COMMIT|END|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b", _I
)
_ROLLBACK = re.compile(r"(?:ROLLBACK|ABORT)\b", _I)
_CREATE_ROLE = re.compile(
    r'CREATE\s+(?:ROLE|USER|GROUP)\s+(?!MAPPING\b)("(?:[^"]|"")+"|[\w$]+)', _I
)
_CLUSTER = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:DATABASE|TABLESPACE|(?:ROLE|USER|GROUP)\b(?!\s+MAPPING))", _I
)
_OF_DATABASE = re.compile(r"(?:COMMENT|SECURITY\s+LABEL)\b[^;']*\bON\s+(?:DATABASE|ROLE)\b", _I)
_EXTENSION = re.compile(r"(?:ALTER|DROP)\s+EXTENSION\b", _I)
_COMMENT_ON_EXTENSION = re.compile(r"COMMENT\s+ON\s+EXTENSION\b", _I)
_INSERT = re.compile(r"INSERT\b", _I)
# Only what builds is tried again: a DROP that failed in the empty database must not succeed once
# the table is there.
_BUILDS = re.compile(r"(?:CREATE|ALTER|COMMENT|GRANT|REVOKE|COPY|INSERT|SELECT)\b", _I)
_DROPS = re.compile(r"DROP\b|ALTER\b[^;]*\bDROP\b", _I)
_CREATE_SCHEMA = re.compile(
    r'CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?("(?:[^"]|"")+"|[\w$]+)', _I
)
# Settings of the client's side, or of other versions of pg_dump and the server; none bears on
# what is created. The file is sent as UTF-8 whatever it was written in.
_UNNEEDED = re.compile(
    r"SET\s+(?:SESSION\s+|LOCAL\s+)?(?:client_encoding|NAMES|transaction_timeout|default_with_oids"
    r"|client_min_messages|\w+_timeout|row_security|xmloption|escape_string_warning)\b",
    _I,
)
_SILENT_COMMANDS = frozenset({"\\restrict", "\\unrestrict", "\\.", "\\g", "\\gx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    statement: Statement
    failure: Failure
    search_path: str | None


class Loader:
    """One load. `current` is the statement at hand, `statements` how many the file has so far."""

    def __init__(
        self,
        script: Script,
        confined: ConfinedConnection,
        repairs: Repairs,
        notes: Notes,
        *,
        data_bytes: int,
    ) -> None:
        self.script = script
        self.confined = confined
        self.repairs = repairs
        self.notes = notes
        self.current: Statement | None = None
        self.statements = 0
        self._data_bytes = data_bytes
        self._data_left = data_bytes

    def load(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Run the whole file; what fails for good is in the notes."""
        waiting: list[_Waiting] = []
        for piece in self.script.pieces():
            if progress:
                progress(piece.line, self.script.lines)
            if isinstance(piece, MetaCommand):
                if piece.name not in _SILENT_COMMANDS:
                    why = "a command of psql's, never executed"
                    self.notes.at(piece.line, piece.name, why)
                continue
            self.statements += 1
            self.current = piece
            if not self._set_aside(piece) and (failed := self._first_try(piece)):
                waiting.append(failed)
        waiting = self._retry(waiting)
        self.repairs.generous = True
        for failed in self._retry(waiting):
            self._give_up(failed.statement, failed.failure)

    def _first_try(self, statement: Statement) -> _Waiting | None:
        failure = self._attempt(statement)
        if failure is None:
            return None
        if _DROPS.match(statement.text):
            if failure.sqlstate not in MISSING:
                self._give_up(statement, failure)
            return None  # what a new database has not got need not be dropped
        builds = _BUILDS.match(statement.text) and not statement.unclosed
        if failure.sqlstate not in RETRIED or not builds:
            self._give_up(statement, failure)
            return None
        path = self.confined.value("SHOW search_path")
        return _Waiting(statement=statement, failure=failure, search_path=path)

    def _retry(self, waiting: list[_Waiting]) -> list[_Waiting]:
        """Try again in file order while that brings something; return what still fails."""
        if waiting:
            self.confined.run("RESET ROLE")
        for _ in range(PASSES):
            failed = []
            for item in waiting:
                self.current = item.statement
                if item.search_path is not None:
                    path = "'" + item.search_path.replace("'", "''") + "'"
                    self.confined.run(f"SELECT pg_catalog.set_config('search_path', {path}, false)")
                if failure := self._attempt(item.statement):
                    failed.append(
                        _Waiting(
                            statement=item.statement,
                            failure=failure,
                            search_path=item.search_path,
                        )
                    )
            if not failed or len(failed) == len(waiting):
                return failed
            waiting = failed
        return waiting

    def _attempt(self, statement: Statement) -> Failure | None:
        text = statement.text
        tried: set[tuple[Failure, str]] = set()
        while (failure := self._run(statement, text)) is not None:
            # The same complaint about the same words: the remedy was none.
            if (failure, text) in tried or len(tried) == REMEDIES:
                return failure
            tried.add((failure, text))
            mended = self.repairs.remedy(failure, text)
            if mended is None:
                return failure
            text = mended
        return None

    def _run(self, statement: Statement, text: str) -> Failure | None:
        if statement.data is None:
            return self.confined.run(text)
        return self.confined.copy_in(text, self._rows(statement, statement.data))

    def _rows(self, statement: Statement, data: tuple[int, int]) -> Iterator[bytes]:
        """Yield the rows of a COPY as far as the budget of data goes, up to the end of a line."""
        start, end = data
        if end - start > self._data_left:
            end = self.script.text.rfind("\n", start, start + self._data_left) + 1
            end = max(end, start)
            self._note_left_out(statement)
        self._data_left -= end - start
        for position in range(start, end, COPY_BLOCK):
            yield self.script.text[position : min(position + COPY_BLOCK, end)].encode(
                "utf-8", "replace"
            )

    def _note_left_out(self, statement: Statement) -> None:
        why = f"rows beyond the first {self._data_bytes / (1 << 20):,.3g} MiB of data are left out"
        self.notes.at(statement.line, excerpt(statement), why)

    def _set_aside(self, statement: Statement) -> bool:
        """Return True where the statement is not for the server, having noted why."""
        text = statement.text
        if _TRANSACTION.match(text) or _UNNEEDED.match(text) or _COMMENT_ON_EXTENSION.match(text):
            return True
        if CREATE_EXTENSION.match(text):
            return True  # done or noted before the first statement
        why = None
        if _ROLLBACK.match(text):
            why = "transactions are not kept: what was rolled back is loaded"
        elif created := _CREATE_ROLE.match(text):
            self.repairs.create_role(plain(created[1]))
            return True
        elif _CLUSTER.match(text) or _OF_DATABASE.match(text):
            why = "concerns the cluster and not the schema: not executed"
        elif _EXTENSION.match(text):
            why = "extensions are taken as they are here: not executed"
        elif _INSERT.match(text):
            if len(text) > self._data_left:
                self._note_left_out(statement)
                return True
            self._data_left -= len(text)
        if why:
            self.notes.at(statement.line, excerpt(statement), why)
        return why is not None

    def _give_up(self, statement: Statement, failure: Failure) -> None:
        made = _CREATE_SCHEMA.match(statement.text)
        if failure.sqlstate == "42P06" and made and plain(made[1]) in self.repairs.schemas:
            return  # a stand-in came first
        if failure.sqlstate == "42P06" and made and plain(made[1]) == "public":
            return  # every new database has it, and pg_dump --clean creates it
        why = failure.message.partition("\n")[0]
        if statement.unclosed:
            why += f" ({statement.unclosed} is opened and not closed in the file)"
        self.notes.failed(statement.line, excerpt(statement), why)
