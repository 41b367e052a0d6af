"""A catalog as a file: readable, diff-friendly, the same bytes for the same catalog."""

import os
import stat
from pathlib import Path

import msgspec

from cmis_audit.errors import SourceError
from cmis_audit.model.canonical import fingerprint
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.value import Value
from cmis_audit.source.consistency import first_fault

FORMAT = "cmis-audit-snapshot"
FORMAT_VERSION = 1
MAXIMUM_BYTES = 2_000_000_000
"""Some twenty times a catalog of 50,000 tables."""

_PARTLY = "the file is damaged or not complete; write it again with `cmis-audit snapshot`"


class _Header(Value, frozen=True, kw_only=True):
    format: str | None = None
    format_version: int | None = None


class _Snapshot(Value, frozen=True, kw_only=True):
    format: str
    format_version: int
    fingerprint: str
    catalog: Catalog


class SnapshotSource:
    """Reads a snapshot file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Catalog:
        """Return the catalog of the file; raises SourceError as read_snapshot() does."""
        return read_snapshot(self._path)


def snapshot_text(catalog: Catalog) -> str:
    """Return the catalog as JSON with one value a line; fields at their defaults are left out."""
    snapshot = _Snapshot(
        format=FORMAT,
        format_version=FORMAT_VERSION,
        fingerprint=fingerprint(catalog),
        catalog=catalog,
    )
    return msgspec.json.format(msgspec.json.encode(snapshot), indent=1).decode() + "\n"


def read_snapshot(path: Path) -> Catalog:
    """Return the catalog of a snapshot file.

    Raises SourceError in one line when the file cannot be read, is no snapshot, of a version that
    is not known, damaged, edited (the fingerprint does not fit), or contradicts itself.
    """
    data = _content(path)
    _check_header(path, data)
    try:
        snapshot = msgspec.json.decode(data, type=_Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(path, f"{_said(error)}; {_PARTLY}") from None
    fault = first_fault(snapshot.catalog)
    if fault is not None:
        raise _refusal(path, f"it contradicts itself: {fault}")
    if fingerprint(snapshot.catalog) != snapshot.fingerprint:
        raise _refusal(
            path,
            "its fingerprint does not fit its content: it was edited or damaged; "
            "write it again with `cmis-audit snapshot`",
        )
    return snapshot.catalog


def _content(path: Path) -> bytes:
    """Return the bytes of a regular file; a pipe or device would never end."""
    try:
        # Non-blocking, because opening a named pipe waits for a writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _refusal(path, "it is not a regular file")
            if status.st_size > MAXIMUM_BYTES:
                raise _refusal(path, f"it has more than {MAXIMUM_BYTES:,} bytes")
            return file.read(MAXIMUM_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refusal(path, reason.lower()) from None
    except MemoryError:
        raise _refusal(path, "it does not fit into memory") from None


def _check_header(path: Path, data: bytes) -> None:
    if not data.strip():
        raise _refusal(path, "it is empty")
    try:
        header = msgspec.json.decode(data, type=_Header)
    except msgspec.ValidationError:
        raise _refusal(path, f"it is not a {FORMAT} file") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(path, f"{_said(error)}; {_PARTLY}") from None
    if header.format != FORMAT:
        raise _refusal(path, f"it is JSON but not a {FORMAT} file")
    if header.format_version != FORMAT_VERSION:
        raise _refusal(
            path,
            f"its format version is {header.format_version}, this version of cmis-audit reads "
            f"{FORMAT_VERSION}; write it again with `cmis-audit snapshot`",
        )


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    text = " ".join(str(error).split())
    text = text if text.startswith("JSON") else f"{text[:1].lower()}{text[1:]}"
    return text if text.isprintable() else "it is not valid JSON"


def _refusal(path: Path, reason: str) -> SourceError:
    name = "".join(c if c.isprintable() else "?" for c in str(path))
    return SourceError(f"cannot read the snapshot {name}: {reason}")
