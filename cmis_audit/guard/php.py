"""The words of a PHP file, as far as Laravel's migrations need them. Nothing is executed."""

import re
from typing import NamedTuple

from cmis_audit.guard.said import MadeByCodeError, Missed

MOST_TOKENS = 300_000
_TOKEN = re.compile(
    r"""
      (?P<blank> (?: \s+ | //[^\n]* | \#(?!\[)[^\n]* | /\*.*?\*/ )+ )
    | (?P<heredoc> <<<[ \t]*(?P<quote>['"]?)(?P<tag>[A-Za-z_]\w*)(?P=quote)\r?\n )
    | (?P<single> '(?:[^'\\]|\\.)*+' )
    | (?P<double> "(?:[^"\\]|\\.)*+" )
    | (?P<variable> \$[A-Za-z_]\w* )
    | (?P<number> \d[\d_]*(?:\.\d+)? )
    | (?P<word> \\?[A-Za-z_][\w\\]* )
    | (?P<mark> ::|\?->|->|=>|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_INTERPOLATED = re.compile(r"(?<!\\)(?:\$[A-Za-z_{]|\{\$)")
_OPEN, _CLOSE = "([{", ")]}"


class Word(NamedTuple):
    kind: str
    """`variable`, `word`, `text`, `made` (a text with variables in it), `number` or `mark`."""
    text: str
    line: int


def php_words(text: str) -> list[Word]:
    """Return the words of a file without its comments. Stops at what is too long."""
    found: list[Word] = []
    position, line = 0, 1
    while len(found) < MOST_TOKENS and (match := _TOKEN.match(text, position)):
        kind, start, position = str(match.lastgroup), position, match.end()
        shown = match[0]
        if match["heredoc"]:
            closing = re.compile(rf"^[ \t]*{match['tag']}\b", re.MULTILINE).search(text, position)
            end = closing.start() if closing else len(text)
            shown = text[position:end]
            plain = match["quote"] == "'" or not _INTERPOLATED.search(shown)
            found.append(Word("text" if plain else "made", shown, line))
            position = closing.end() if closing else len(text)
        elif match["single"]:
            found.append(Word("text", re.sub(r"\\([\\'])", r"\1", shown[1:-1]), line))
        elif match["double"]:
            plain = not _INTERPOLATED.search(shown)
            inner = re.sub(r"\\(.)", r"\1", shown[1:-1].replace("\\n", "\n"), flags=re.DOTALL)
            found.append(Word("text" if plain else "made", inner, line))
        elif not match["blank"]:
            found.append(Word(kind, shown.replace("?->", "->"), line))
        line += text.count("\n", start, position)
    return found


def closing(words: list[Word], start: int) -> int:
    """Return where the bracket that opens at `start` closes; the end if it never does."""
    depth = 0
    for place in range(start, len(words)):
        if words[place].kind == "mark":
            depth += (words[place].text in _OPEN) - (words[place].text in _CLOSE)
            if depth <= 0:
                return place
    return len(words)


def split(words: list[Word], mark: str) -> list[list[Word]]:
    """Return what stands between the marks outside of brackets; what is empty is left out."""
    parts: list[list[Word]] = [[]]
    place = 0
    while place < len(words):
        word = words[place]
        if word.kind == "mark" and word.text in _OPEN:
            end = closing(words, place)
            parts[-1] += words[place : end + 1]
            place = end + 1
            continue
        if word.kind == "mark" and word.text == mark:
            parts.append([])
        else:
            parts[-1].append(word)
        place += 1
    return [part for part in parts if part]


class Call(NamedTuple):
    """A method with its arguments: `->string('name', 50)`."""

    name: str
    arguments: list[list[Word]]
    line: int


def calls(words: list[Word], start: int) -> tuple[list[Call], int]:
    """Return the chain of calls that begins at an arrow, and where it ends."""
    found: list[Call] = []
    place = start
    while place + 1 < len(words) and words[place].text in ("->", "::"):
        name = words[place + 1]
        place += 2
        if place < len(words) and words[place].text == "(":
            end = closing(words, place)
            found.append(Call(name.text, split(words[place + 1 : end], ","), name.line))
            place = end + 1
        else:
            found.append(Call(name.text, [], name.line))
    return found, place


def literal(words: list[Word]) -> object:
    """Return the value written there: a text, number, constant or list. Raises ValueError."""
    if len(words) > 2 and words[0].kind == "word" and words[1].text == ":":
        return literal(words[2:])  # a named argument
    if len(words) == 1:
        word = words[0]
        if word.kind == "text":
            return word.text
        if word.kind == "number":
            return float(word.text) if "." in word.text else int(word.text.replace("_", ""))
        if word.text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word.text.lower()]
    if len(words) == 2 and words[0].text == "-":
        number = literal(words[1:])
        if isinstance(number, int | float):
            return -number
    if words and words[0].text == "[" and closing(words, 0) == len(words) - 1:
        return [literal(part) for part in split(words[1:-1], ",")]
    joined = split(words, ".")
    if len(joined) > 1:
        parts = [literal(part) for part in joined]
        if all(isinstance(part, str) for part in parts):
            return "".join(map(str, parts))
    raise MadeByCodeError("made by code")


def missed(word: Word | Call, what: str, why: str) -> Missed:
    return Missed(word.line, what, why)
