"""Files that people write by hand: settings and rules."""

from importlib.resources.abc import Traversable

MAXIMUM_BYTES = 1_000_000


class TooLargeError(Exception):
    """The file has more than MAXIMUM_BYTES; the message says so."""


def text_of(file: Traversable) -> str:
    r"""Return the text of a file, its lines ending in `\n`.

    Raises OSError, UnicodeDecodeError, or TooLargeError without having read the rest.
    """
    with file.open("rb") as opened:
        data = opened.read(MAXIMUM_BYTES + 1)
    if len(data) > MAXIMUM_BYTES:
        raise TooLargeError(f"has more than {MAXIMUM_BYTES:,} bytes")
    return data.decode().replace("\r\n", "\n")
