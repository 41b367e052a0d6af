"""The part of an SQL migration that goes forward, where the way back stands in the same file."""

import re

_MARK = re.compile(
    r"^[ \t]*--[ \t]*(?:\+goose|\+migrate|migrate:|@?rambler|\+micrate)[ \t]*"
    r"(?P<way>up|down)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)


def forward(text: str) -> str:
    """Return the text with blank lines for what dbmate, goose and sql-migrate run to go back."""
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    parts = [text[: marks[0].start()]]
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        part = text[mark.start() : after.start() if after else len(text)]
        parts.append(part if mark["way"].lower() == "up" else "\n" * part.count("\n"))
    return "".join(parts)
