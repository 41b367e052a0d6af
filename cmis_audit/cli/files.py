"""Files that a command is given beside its SOURCE."""

from pathlib import Path

from cmis_audit.errors import UsageError

MAXIMUM_BYTES = 2_000_000_000


def read_file(path: Path) -> bytes:
    """Return what a regular file holds. Raises UsageError, which names it."""
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"cannot read {path}: it is not a regular file")
        if path.stat().st_size > MAXIMUM_BYTES:
            raise UsageError(f"cannot read {path}: it has more than {MAXIMUM_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error


def audits_in(directory: Path, *, new: bool = False) -> list[tuple[Path, bytes]]:
    """Return the audits that a history keeps, by name; a `new` one need not be there yet.

    Raises UsageError.
    """
    if new and not directory.exists():
        return []
    if not directory.is_dir():
        raise UsageError(f"there is no history in {directory}: it is not a directory")
    return [(path, read_file(path)) for path in sorted(directory.glob("*.audit.json"))]
