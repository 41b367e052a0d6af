"""Where comments and strings stand, by the ending of a file.

Every pattern takes what is not closed for closed at the end of the file, and repeats possessively:
no text makes it look at a letter twice.
"""

import re
from dataclasses import dataclass
from typing import Final

_SLASHES: Final = r"//[^\n]*"
_BLOCK: Final = r"/\*.*?(?:\*/|\Z)"
_HASH: Final = r"(?<![^\s;({\[])#[^\n]*"


def _quoted(quote: str, *, lines: bool) -> str:
    """Match a string with backslash escapes, over several lines or to the end of its own."""
    if lines:
        return rf"{quote}(?:[^{quote}\\]++|\\.)*+(?:{quote}|\\?\Z)"
    return rf"{quote}(?:[^{quote}\\\n]++|\\.)*+(?:{quote}|(?=\n)|\\?\Z)"


def _tripled(quote: str) -> str:
    return rf"{quote * 3}(?:[^{quote}\\]++|\\.|{quote}(?!{quote * 2}))*+(?:{quote * 3}|\\?\Z)"


_LETTER: Final = r"'(?:\\[^'\n]{1,8}|[^'\\\n])'"


@dataclass(frozen=True, slots=True)
class Language:
    name: str
    token: re.Pattern[str]
    """A comment (group `c`), a string (`s`), or something to be passed over."""
    indented: bool = False
    """Blocks are told by their indentation, and a string that stands alone is a comment."""


def _language(name: str, comments: list[str], strings: list[str], **fields: bool) -> Language:
    pattern = f"(?P<c>{'|'.join(comments)})|(?P<s>{'|'.join(strings)})"
    return Language(name, re.compile(pattern, re.DOTALL | re.MULTILINE), **fields)


_PHP: Final = _language(
    "php",
    [r"\?>[^<]*+(?:<(?!\?)[^<]*+)*+", _SLASHES, r"#(?!\[)[^\n]*", _BLOCK],
    [
        r"<<<[ \t]*(?P<q>['\"]?)(?P<tag>\w+)(?P=q)[^\n]*\n.*?(?:^[ \t]*(?P=tag)\b|\Z)",
        _quoted('"', lines=True),
        _quoted("'", lines=True),
    ],
)
_PYTHON: Final = _language(
    "python",
    [r"#[^\n]*"],
    [_tripled('"'), _tripled("'"), _quoted('"', lines=False), _quoted("'", lines=False)],
    indented=True,
)
_RUBY: Final = _language(
    "ruby",
    [_HASH, r"^=begin\b.*?(?:^=end\b|\Z)"],
    [
        r"<<(?:[~-]|(?=['\"]?SQL))(?P<q>['\"`]?)(?P<tag>[A-Z_]\w*)(?P=q)[^\n]*\n"
        r".*?(?:^[ \t]*(?P=tag)\b|\Z)",
        _quoted('"', lines=True),
        _quoted("'", lines=True),
    ],
)
_SCRIPT: Final = _language(
    "javascript",
    [_SLASHES, _BLOCK],
    [_quoted("`", lines=True), _quoted('"', lines=False), _quoted("'", lines=False)],
)
_BRACES: Final = _language(
    "braces",
    [_SLASHES, _BLOCK],
    [
        r'(?<!\w)r(?P<h>#{1,8})".*?(?:"(?P=h)|\Z)',
        r'@"(?:[^"]++|"")*+(?:"|\Z)',
        _tripled('"'),
        _quoted('"', lines=False),
        r"`[^`]*+(?:`|\Z)",
        _LETTER,
    ],
)
_SHELL: Final = _language(
    "shell",
    [_HASH],
    [
        r"<<-?[ \t]*(?P<q>['\"]?)(?P<tag>[A-Za-z_]\w*)(?P=q)[^\n]*\n.*?(?:^[ \t]*(?P=tag)\b|\Z)",
        _quoted('"', lines=True),
        r"'[^']*+(?:'|\Z)",
    ],
)
_ELIXIR: Final = _language("elixir", [_HASH], [_tripled('"'), _quoted('"', lines=True)])
_PRISMA: Final = _language("prisma", [_SLASHES], [_quoted('"', lines=False)])
_XML: Final = _language("xml", [r"<!--.*?(?:-->|\Z)"], [r"(?<=>)[^<]{12,}"])
SQL: Final = Language(
    "sql",
    re.compile(
        r"(?P<c>--[^\n]*|/\*.*?(?:\*/|\Z))"
        r"|(?P<s>[eE]'(?:[^'\\]++|\\.|'')*+(?:'|\\?\Z)|'(?:[^']++|'')*+(?:'|\Z)"
        r"|(?i:\bfrom[ \t]+stdin\b)[^;\n]*;[^\n]*\n.*?(?:^\\\.|\Z))"
        r'|"(?:[^"\n]++|"")*+"',
        re.DOTALL | re.MULTILINE,
    ),
)

_ENDINGS: Final = {
    _PHP: "php phtml inc",
    _PYTHON: "py pyi pyx",
    _RUBY: "rb rake gemspec ru",
    _SCRIPT: "js jsx mjs cjs ts tsx mts cts vue svelte dart groovy gradle",
    _BRACES: "java kt kts scala cs go rs swift c h cc cpp hpp m fs",
    _SHELL: "sh bash zsh pl pm r",
    _ELIXIR: "ex exs",
    _PRISMA: "prisma",
    _XML: "xml",
    SQL: "sql psql pgsql ddl",
}
LANGUAGES: Final = {
    ending: language for language, endings in _ENDINGS.items() for ending in endings.split()
}
_TEMPLATES: Final = (".blade.php",)


def language_of(file_name: str) -> Language | None:
    """Return the language of a file, None for what is no code."""
    if file_name.endswith(_TEMPLATES):
        return None
    return LANGUAGES.get(file_name.rpartition(".")[2].lower()) if "." in file_name else None
