"""Classes of languages whose blocks are told by their indentation."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from cmis_audit.codebase.text import Span, Text

_CLASS: Final = re.compile(
    r"^(?P<indent>[ \t]*)class[ \t]+(?P<name>\w+)[ \t]*"
    r"(?:\((?P<bases>[^()]{0,400}(?:\([^()]{0,200}\))?[^()]{0,100})\))?[ \t]*:",
    re.MULTILINE,
)
_LINE: Final = re.compile(r"^(?P<indent>[ \t]*)(?=\S)", re.MULTILINE)


class Block(NamedTuple):
    name: str
    bases: str
    start: int
    body: Span


def classes(text: Text) -> Iterator[Block]:
    """Yield the classes of a Python file, those within another too."""
    for found in _CLASS.finditer(text.bare):
        depth = len(found["indent"].expandtabs())
        end = next(
            (
                line.start()
                for line in _LINE.finditer(text.bare, found.end())
                if len(line["indent"].expandtabs()) <= depth and line.start() > found.end()
            ),
            len(text.bare),
        )
        start = found.start() + len(found["indent"])
        yield Block(found["name"], found["bases"] or "", start, Span(found.end(), end))
