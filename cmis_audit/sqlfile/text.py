"""The text of an SQL file in any encoding; what is no SQL text is told apart by its bytes."""

import codecs
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from cmis_audit.errors import SourceError

# Signature → what the file is and what to do about it.
_SIGNATURES = (
    (b"PGDMP", "a pg_dump archive: turn it into SQL first with pg_restore -f out.sql"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first with gunzip"),
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"\xfd7zXZ\x00", "compressed with xz: unpack it first with unxz"),
    (b"BZh", "compressed with bzip2: unpack it first with bunzip2"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first with unzstd"),
    (b"SQLite format 3\x00", "an SQLite database, not PostgreSQL SQL"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CLIENT_ENCODING = re.compile(
    rb"^\s*SET\s+client_encoding\s*(?:=|TO)\s*'?([\w-]+)", re.IGNORECASE | re.MULTILINE
)
_PYTHON_NAMES = {
    **{f"LATIN{number}": f"iso8859-{number}" for number in range(1, 5)},
    "LATIN5": "iso8859-9",
    "LATIN9": "iso8859-15",
    "SQL_ASCII": "latin-1",
    **{f"WIN{number}": f"cp{number}" for number in (*range(1250, 1259), 866, 874)},
    "KOI8R": "koi8-r",
    "KOI8U": "koi8-u",
    "UHC": "cp949",
}
"""PostgreSQL's name of an encoding → Python's, where Python does not know the former."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlText:
    """A decoded file."""

    text: str
    note: str | None = None
    """What the reader should know of the decoding; None where nothing was guessed."""


def read_sql_text(path: Path, file_bytes: int) -> SqlText:
    """Read an SQL file of at most `file_bytes`; raises SourceError for what is none."""
    content = _content(path, file_bytes)
    for signature, remedy in _SIGNATURES:
        if content.startswith(signature):
            raise SourceError(f"{path} is {remedy}")
    if content[257:262] == b"ustar" and content.startswith(b"toc.dat"):
        raise SourceError(f"{path} is a pg_dump archive (tar): pg_restore -f out.sql {path.name}")
    decoded = _decoded(path, content)
    # PostgreSQL cannot hold NUL in a text, so a file with one is something else.
    if "\x00" in decoded.text:
        line = decoded.text.count("\n", 0, decoded.text.index("\x00")) + 1
        raise SourceError(f"{path} is no SQL text: it holds a zero byte in line {line}")
    return SqlText(text=decoded.text.replace("\r\n", "\n"), note=decoded.note)


def _content(path: Path, file_bytes: int) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SourceError(
                f"{path} is a folder; of a dump in directory format make SQL with "
                "pg_restore -f out.sql"
            )
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{path} is no regular file: save it as a file first")
        with path.open("rb") as file:
            content = file.read(file_bytes + 1)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(content) > file_bytes:
        size = max(status.st_size, len(content))
        raise SourceError(
            f"{path} has {_mib(size)}, more than the {_mib(file_bytes)} that are read: "
            "give the schema alone (pg_dump --schema-only)"
        )
    return content


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):,.0f} MiB" if size_bytes >= 1 << 20 else f"{size_bytes} bytes"


def _decoded(path: Path, content: bytes) -> SqlText:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _certain(path, content[len(mark) :], encoding)
    if encoding_without_mark := _utf16(content):
        return _certain(path, content, encoding_without_mark)
    try:
        return SqlText(text=content.decode("utf-8"))
    except UnicodeDecodeError as error:
        said = _CLIENT_ENCODING.search(content)
        name = said[1].decode("ascii", "replace").upper() if said else ""
        line = content.count(b"\n", 0, error.start) + 1
    try:
        if name not in ("", "UTF8", "UTF-8", "UNICODE"):
            return SqlText(text=content.decode(_PYTHON_NAMES.get(name, name)))
    except (LookupError, UnicodeDecodeError):
        pass
    return SqlText(
        text=content.decode("latin-1"),
        note=f"not valid UTF-8 from line {line} on: read as Latin-1",
    )


def _certain(path: Path, content: bytes, encoding: str) -> SqlText:
    try:
        return SqlText(text=content.decode(encoding))
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} says it is {encoding} and is not: {error.reason}") from error


def _utf16(content: bytes) -> str | None:
    """Return the byte order of UTF-16 without a mark: every other byte of ASCII text is zero."""
    head = content[:512]
    if len(head) < 4 or len(head) % 2 or b"\x00" not in head:
        return None
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > 0.9 * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > 0.9 * len(even) and not odd.count(0):
        return "utf-16-be"
    return None
