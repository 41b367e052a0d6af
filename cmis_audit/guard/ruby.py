"""The words of a Ruby file, as far as Rails' migrations need them. Nothing is executed."""

import re
from typing import NamedTuple

from cmis_audit.guard.said import MadeByCodeError

MOST_TOKENS = 300_000
_TOKEN = re.compile(
    r"""
      (?P<end> \n )
    | (?P<blank> (?: [ \t\r]+ | \\\n | \#[^\n]* )+ )
    | (?P<heredoc> <<[~-]?(?P<quote>['"]?)(?P<tag>[A-Z_]\w*)(?P=quote) )
    | (?P<percent> %(?P<flag>[wiqQ])?[\[(\{<] )
    | (?P<single> '(?:[^'\\]|\\.)*+' )
    | (?P<double> "(?:[^"\\]|\\.)*+" )
    | (?P<label> [A-Za-z_]\w*[?!]?:(?!:) )
    | (?P<symbol> :(?:[A-Za-z_]\w*[?!]?|"[^"\\]*") )
    | (?P<number> \d[\d_]*(?:\.\d+)? )
    | (?P<word> [A-Za-z_@]\w*[?!]? )
    | (?P<mark> ::|=>|->|&\.|\|\||. )
    """,
    re.VERBOSE | re.DOTALL,
)
_PAIRS = {"[": "]", "(": ")", "{": "}", "<": ">"}
_OPEN, _CLOSE = "([{", ")]}"
_GOES_ON = (",", ".", "(", "[", "{", "=", "=>", "+", "|", "&.")


class Word(NamedTuple):
    kind: str
    """`word`, `label`, `symbol`, `text`, `made` (a text with code in it), `list`, `number`,
    `mark` or `end` (of a line)."""
    text: str
    line: int


def ruby_words(text: str) -> list[Word]:
    """Return the words of a file without its comments. Stops at what is too long."""
    found: list[Word] = []
    waiting: list[tuple[str, int]] = []
    """Here-documents that begin on the next line, with their place in `found`."""
    position, line = 0, 1
    while len(found) < MOST_TOKENS and (match := _TOKEN.match(text, position)):
        kind, start, position = str(match.lastgroup), position, match.end()
        shown = match[0]
        if match["end"]:
            found.append(Word("end", "", line))
            for tag, place in waiting:
                body, position = _heredoc(text, position, tag)
                found[place] = _text(body, found[place].line)
            waiting.clear()
        elif match["heredoc"]:
            waiting.append((match["tag"], len(found)))
            found.append(Word("made", "", line))
        elif match["percent"]:
            ends = text.find(_PAIRS[shown[-1]], position)
            inner = text[position:ends] if ends >= 0 else ""
            position = ends + 1 if ends >= 0 else len(text)
            lists = match["flag"] in ("w", "i")
            found.append(Word("list", inner, line) if lists else _text(inner, line))
        elif match["single"]:
            found.append(Word("text", re.sub(r"\\([\\'])", r"\1", shown[1:-1]), line))
        elif match["double"]:
            found.append(_text(shown[1:-1], line))
        elif match["symbol"]:
            found.append(Word("symbol", shown[1:].strip('"'), line))
        elif match["label"]:
            found.append(Word("label", shown[:-1], line))
        elif not match["blank"]:
            found.append(Word(kind, shown, line))
        line += text.count("\n", start, position)
    return found


def _heredoc(text: str, position: int, tag: str) -> tuple[str, int]:
    closing = re.compile(rf"^[ \t]*{tag}[ \t]*\r?$", re.MULTILINE).search(text, position)
    if closing is None:
        return text[position:], len(text)
    return text[position : closing.start()], closing.end()


def _text(inner: str, line: int) -> Word:
    made = re.search(r"(?<!\\)#\{", inner)
    return Word("made" if made else "text", inner.replace('\\"', '"'), line)


def lines_of(words: list[Word]) -> list[list[Word]]:
    """Return the statements: lines, joined where a bracket is open or a comma ends one."""
    lines: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        if word.kind == "mark":
            depth = max(0, depth + (word.text in _OPEN) - (word.text in _CLOSE))
        last = lines[-1][-1] if lines[-1] else None
        ends = word.kind == "end" or (word.kind == "mark" and word.text == ";")
        if ends and (depth == 0 or _opens_block(lines[-1])):
            depth = 0
            goes_on = (
                last is not None
                and last.kind in ("mark", "label")
                and (last.text in _GOES_ON or last.kind == "label")
            )
            if not goes_on or _opens_block(lines[-1]):
                lines.append([])
        elif not ends:
            lines[-1].append(word)
    return [line for line in lines if line]


def _opens_block(line: list[Word]) -> bool:
    """Tell whether the line ends in `do |t|`."""
    return len(line) > 2 and line[-1].text == "|" and line[-3].text == "|"


def literal(words: list[Word]) -> object:
    """Return the value written there: a text, symbol, number, constant or list.

    Raises ValueError.
    """
    if len(words) == 1:
        word = words[0]
        if word.kind in ("text", "symbol"):
            return word.text
        if word.kind == "list":
            return word.text.split()
        if word.kind == "number":
            plain = word.text.replace("_", "")
            return float(plain) if "." in plain else int(plain)
        if word.text in ("true", "false", "nil"):
            return {"true": True, "false": False, "nil": None}[word.text]
    if len(words) == 2 and words[0].text == "-":
        number = literal(words[1:])
        if isinstance(number, int | float):
            return -number
    if words and words[0].text == "[" and words[-1].text == "]":
        return [literal(part) for part in split(words[1:-1])]
    if len(words) > 2 and words[1].text == "." and words[2].text in ("freeze", "squish", "to_s"):
        return literal(words[:1])
    raise MadeByCodeError("made by code")


def split(words: list[Word]) -> list[list[Word]]:
    """Return what stands between the commas outside of brackets."""
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        if word.kind == "mark":
            depth += (word.text in _OPEN) - (word.text in _CLOSE)
            if word.text == "," and depth == 0:
                parts.append([])
                continue
        parts[-1].append(word)
    return [part for part in parts if part]


class Arguments:
    """What a call is given: by place, and by name."""

    def __init__(self, words: list[Word]) -> None:
        if words and words[0].text == "(" and words[-1].text == ")":
            words = words[1:-1]
        self.placed: list[list[Word]] = []
        self.named: dict[str, list[Word]] = {}
        for part in split(words):
            if part[0].kind == "label":
                self.named[part[0].text] = part[1:]
            elif len(part) > 2 and part[1].text == "=>":
                self.named[part[0].text] = part[2:]
            else:
                self.placed.append(part)

    def text(self, place: int) -> str:
        """Return the name given there. Raises ValueError, IndexError."""
        found = literal(self.placed[place])
        if not isinstance(found, str):
            raise MadeByCodeError("no name")
        return found

    def texts(self, start: int = 0) -> list[str]:
        found: list[str] = []
        for part in self.placed[start:]:
            one = literal(part)
            found += map(str, one) if isinstance(one, list) else [str(one)]
        return found

    def option(self, name: str, otherwise: object = None) -> object:
        """Return what is given by name. Raises ValueError for what is no literal."""
        return literal(self.named[name]) if name in self.named else otherwise

    def denies(self, name: str) -> bool:
        """Tell whether `name: false` is given."""
        return name in self.named and self.option(name) is False
