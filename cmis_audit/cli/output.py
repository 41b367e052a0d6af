"""Standard output, and files that are written whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from cmis_audit.errors import UsageError

_PLAIN = str.maketrans({"█": "#", "░": ".", "−": "-", "→": "->", "⚠": "!", "·": "-"})


def one_line(text: str) -> str:
    """Return the text in one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def showable(text: str) -> str:
    """Return what is drawn with the signs that standard output can show."""
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN)
    return text


def say(text: str) -> None:
    """Print to standard output; a reader that has gone away (`| head`) is no failure."""
    _on_stdout(lambda: sys.stdout.write(text if text.endswith("\n") else text + "\n"))


def flush() -> None:
    """Write out what is buffered; raises UsageError, as say() does, if there is no room."""
    _on_stdout(sys.stdout.flush)


def _on_stdout(action: Callable[[], object]) -> None:
    try:
        action()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        raise UsageError(f"cannot write to standard output: {error.strerror}") from error


def _silence() -> None:
    """Let the interpreter's own flush at exit go nowhere, as the Python manual has it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def check_directory(directory: Path) -> None:
    """Raise UsageError if files could not be written there; nothing is created yet."""
    nearest = directory.absolute()
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        raise UsageError(f"cannot write to {directory}: {nearest} is not a directory; see -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UsageError(f"cannot write to {directory}: no permission in {nearest}; see -o")


def write_files(directory: Path, files: Mapping[str, str | bytes]) -> None:
    """Write all files or none: each beside its place first, then all are renamed.

    A name may hold folders. Raises UsageError; what stood there before stays then.
    """
    written: list[tuple[Path, Path]] = []
    target = directory
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            target = directory / name
            if target.is_dir():
                raise IsADirectoryError(None, "it is a directory")
            written.append((_written(directory, content), target))
        for _, target in written:
            target.parent.mkdir(parents=True, exist_ok=True)
        for temporary, target in written:
            temporary.replace(target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"cannot write {target}: {reason}; choose another place with -o"
        ) from error
    finally:
        for temporary, _ in written:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _written(directory: Path, content: str | bytes) -> Path:
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(prefix=".cmis-audit-", dir=directory)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes private files; a report is as public as any file of the user's
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
