"""A place in a file that names a table, before it is known which table that is."""

from dataclasses import dataclass

from cmis_audit.model.code import CodeUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    names: tuple["Name", ...]
    """What it may be called, the likeliest first: a convention leaves room for several."""
    use: CodeUse
    offset: int
    framework: str = ""
    label: str = ""
    renamed_to: "Name | None" = None
    """Set where the statement gives the table another name."""
    weak: bool = False
    """A name beside a word such as `table`: said only where nothing better is in the file."""


@dataclass(frozen=True, slots=True)
class Name:
    schema: str
    """Empty for a bare name."""
    name: str
    exact: bool = True
    """Whether capitals count: not in SQL without quotes."""


def dotted(text: str, schema: str = "") -> Name:
    """Return the name that a framework's string holds: `posts`, `social.posts`."""
    text = text.strip().replace('"', "")
    before, _, last = text.rpartition(".")
    return Name(before.rpartition(".")[2] or schema, last)
