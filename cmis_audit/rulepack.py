"""Rule packs: a folder of Markdown pages and TOML files becomes a RulePack.

A pack is a folder that holds

- `pack.toml`: `name`, `title`, the `[[grades]]`, and optionally `extends`, the name of a shipped
  pack whose lexicon and weights are taken (its rules are not)
- `lexicon.toml` and `weights.toml`: what words mean, and the numbers of the engine; a pack that
  extends another has neither
- `<CODE>-<slug>.md`: a rule each; `README.md` is not read

A team's own directory is either such a pack, which then stands in for the chosen one, or, without
a `pack.toml`, rule pages only: they join those of the chosen pack, and a page whose code the pack
has takes the place of the pack's page.
"""

import hashlib
import itertools
import math
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import msgspec

from cmis_audit import resources
from cmis_audit.errors import RuleError, did_you_mean
from cmis_audit.model.rule import Grade, Lexicon, Parameter, Rule, RulePack, Severity, Unit, Weight

SECTIONS = ("Why", "Fires", "Silent", "Remedy")
"""What every rule page explains."""

Checks = Mapping[str, Collection[str]]
"""The name of each check with the parameters that it takes."""

_PAGE_NAME = re.compile(r"([A-Z]+[0-9]{3})-[a-z0-9]+(?:-[a-z0-9]+)*\.md\Z")
_CODE = re.compile(r"[A-Z]+[0-9]{3}\Z")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*(\w*)")
_HEADING = re.compile(r"## +(\S.*?)\s*\Z")
_TOML_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_UNKNOWN = re.compile(r"unknown field `(.+?)`")
_KEY_OF_PATH = re.compile(r"`\$[^`]*\.(\w+)")
_MISSING = re.compile(r"missing required field `(.+?)`")

_KNOWLEDGE = ("lexicon.toml", "weights.toml")

_T = TypeVar("_T", bound=msgspec.Struct)


class _File(msgspec.Struct, frozen=True):
    """A text with the path that messages name."""

    path: str
    text: str
    first_line: int = 1
    """Of `text`, within the file."""

    def error(self, line: int, message: str) -> RuleError:
        return RuleError(f"{self.path}:{line + self.first_line - 1}: {message}")

    def line_of(self, key: str) -> int:
        """Return the line that sets a key or opens a table of that name; the first if none does."""
        name = rf"""["']?{re.escape(key)}["']?"""
        found = re.search(
            rf"(?m)^[ \t]*(?:{name}\s*[=.]|\[+[^\]\n]*\b{name}\s*\]|.*[{{,]\s*{name}\s*=)",
            self.text,
        )
        return self.text.count("\n", 0, found.start()) + 1 if found else 1


_Folder = dict[str, _File]
"""The files of a folder by their name."""


class _Grade(msgspec.Struct, forbid_unknown_fields=True):
    grade: str
    label: str
    at_least: float


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    title: str
    grades: list[_Grade]
    extends: str = ""


class _FrontMatter(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    title: str
    severity: Severity
    check: str
    unit: Unit
    points: float
    cap: float
    params: dict[str, str | int | float | bool | list[str]] = {}


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship with the program, sorted."""
    folders = resources.rule_packs().iterdir()
    return tuple(sorted(each.name for each in folders if (each / "pack.toml").is_file()))


def load_pack(name: str, extra: Path | None = None, *, checks: Checks | None = None) -> RulePack:
    """Return the named pack, with a team's own directory in its place or on top of it.

    Without `checks` the pages' checks and parameters are taken as they stand. Raises RuleError,
    which names file and line.
    """
    names = pack_names()
    if name not in names:
        known = ", ".join(names)
        raise RuleError(f"no rule pack '{name}'{did_you_mean(name, names)}; there is: {known}")
    own = _folder(extra, str(extra)) if extra is not None else {}
    if extra is not None and not own:
        raise RuleError(f"{extra}: holds neither a pack.toml nor a rule page <CODE>-<slug>.md")
    if "pack.toml" in own:
        return _pack(own, {}, checks)
    stray = [file for file in own if not file.endswith(".md")]
    if stray:
        raise RuleError(f"{extra}/{min(stray)}: needs a pack.toml beside it")
    return _pack(_folder(resources.rule_packs() / name, name), own, checks)


def _folder(folder: Traversable, label: str) -> _Folder:
    if not folder.is_dir():
        raise RuleError(f"{label}: no such directory of rules")
    files = {}
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.name != "README.md" and each.name.endswith((".md", ".toml")):
            path = f"{label}/{each.name}"
            try:
                text = each.read_text(encoding="utf-8").replace("\r\n", "\n")
            except (OSError, UnicodeDecodeError) as error:
                raise RuleError(f"{path}: cannot be read: {error}") from error
            files[each.name] = _File(path, text)
    return files


def _pack(files: _Folder, own: _Folder, checks: Checks | None) -> RulePack:
    """Return the pack of a folder, with more pages that win over its own."""
    pack = files["pack.toml"]
    head = _converted(_toml(pack), _Head, pack)
    knowledge = files
    if head.extends:
        for name in _KNOWLEDGE:
            if name in files:
                raise files[name].error(
                    1, f"stands beside 'extends = \"{head.extends}\"'; drop one"
                )
        if head.extends not in pack_names():
            hint = did_you_mean(head.extends, pack_names())
            raise pack.error(pack.line_of("extends"), f"no rule pack '{head.extends}'{hint}")
        knowledge = _folder(resources.rule_packs() / head.extends, head.extends)
    missing = [name for name in _KNOWLEDGE if name not in knowledge]
    if missing:
        raise pack.error(1, f"there is no {missing[0]} beside it, nor an 'extends'")
    stray = [
        file for file in files if file.endswith(".toml") and file not in ("pack.toml", *_KNOWLEDGE)
    ]
    if stray:
        raise files[stray[0]].error(1, "no such file belongs to a pack")
    rules = _rules(files, checks) | _rules(own, checks)
    read = [*files.values(), *own.values()]
    if head.extends:
        read += [knowledge[name] for name in _KNOWLEDGE]
    return RulePack(
        name=head.name,
        title=head.title,
        fingerprint=_fingerprint(read),
        rules=tuple(rules[code] for code in sorted(rules)),
        grades=_grades(head.grades, pack),
        lexicon=_lexicon(knowledge["lexicon.toml"]),
        weights=_weights(knowledge["weights.toml"]),
    )


def _fingerprint(files: Iterable[_File]) -> str:
    """Return the SHA-256 over names and texts; where the folders lie makes no difference."""
    digest = hashlib.sha256()
    for entry in sorted((PurePosixPath(file.path).name, file.text) for file in files):
        for part in entry:
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _grades(grades: list[_Grade], pack: _File) -> tuple[Grade, ...]:
    line = pack.line_of("grades")
    if not grades:
        raise pack.error(line, "at least one grade is needed")
    bounds = [grade.at_least for grade in grades]
    if not all(math.isfinite(bound) for bound in bounds) or bounds[-1] > 0:
        raise pack.error(line, "the last grade must take what is left: at_least = 0")
    if any(upper <= lower for upper, lower in itertools.pairwise(bounds)):
        raise pack.error(line, "grades stand best first, each with a lower at_least")
    return tuple(
        Grade(grade=each.grade, label=each.label, at_least=each.at_least) for each in grades
    )


def _lexicon(file: _File) -> Lexicon:
    data = _toml(file)
    known = tuple(Lexicon.__struct_fields__)
    for key in data:
        if key not in known:
            raise file.error(file.line_of(key), f"unknown key '{key}'{did_you_mean(key, known)}")
    # a table stands for pairs; the value types are the model's to judge
    pairs = {
        key: sorted(value.items(), key=lambda pair: pair[0]) if isinstance(value, dict) else value
        for key, value in data.items()
    }
    return _converted(pairs, Lexicon, file)


def _weights(file: _File) -> tuple[Weight, ...]:
    found = []
    for key, value in _toml(file).items():
        nested = value if isinstance(value, dict) else {"": value}
        for inner, number in nested.items():
            line = file.line_of(inner or key)
            name = f"{key}.{inner}" if inner else key
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise file.error(line, f"'{name}' must be a number")
            if not math.isfinite(number):
                raise file.error(line, f"'{name}' must be finite, not {number}")
            found.append(Weight(name=name, value=float(number)))
    return tuple(sorted(found, key=lambda weight: weight.name))


def _rules(files: _Folder, checks: Checks | None) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    pages: dict[str, _File] = {}
    for name, file in files.items():
        if not name.endswith(".md"):
            continue
        rule = _rule(name, file, checks)
        if rule.code in rules:
            other = PurePosixPath(pages[rule.code].path).name
            raise file.error(2, f"code {rule.code} is taken by {other}")
        rules[rule.code], pages[rule.code] = rule, file
    return rules


def _rule(name: str, file: _File, checks: Checks | None) -> Rule:
    front, body = _front_matter(file)
    matter = _converted(_toml(front), _FrontMatter, front)
    named = _PAGE_NAME.match(name)
    if not _CODE.match(matter.code):
        raise front.error(front.line_of("code"), f"code '{matter.code}' is not like ABC001")
    if not named or named[1] != matter.code:
        message = f"the file of rule {matter.code} must be named {matter.code}-<slug>.md"
        raise front.error(front.line_of("code"), message)
    for key, number in (("points", matter.points), ("cap", matter.cap)):
        if not (math.isfinite(number) and number >= 0):
            raise front.error(front.line_of(key), f"'{key}' must be 0 or more, not {number}")
    if checks is not None:
        _verify_check(matter, front, checks)
    sections = _sections(body)
    parameters = (
        Parameter(name=key, value=tuple(value) if isinstance(value, list) else value)
        for key, value in sorted(matter.params.items())
    )
    return Rule(
        code=matter.code,
        title=matter.title,
        severity=matter.severity,
        check=matter.check,
        unit=matter.unit,
        points=matter.points,
        cap=matter.cap,
        parameters=tuple(parameters),
        page=body.text.strip() + "\n",
        fires=_sql_of("Fires", sections, body),
        silent=_sql_of("Silent", sections, body),
    )


def _verify_check(matter: _FrontMatter, front: _File, checks: Checks) -> None:
    if matter.check not in checks:
        hint = did_you_mean(matter.check, checks)
        raise front.error(front.line_of("check"), f"unknown check '{matter.check}'{hint}")
    for key in matter.params:
        if key not in checks[matter.check]:
            hint = did_you_mean(key, checks[matter.check])
            message = f"check '{matter.check}' takes no parameter '{key}'{hint}"
            raise front.error(front.line_of(key), message)


def _front_matter(file: _File) -> tuple[_File, _File]:
    """Return the TOML between the two `+++` lines and the Markdown below."""
    lines = file.text.split("\n")
    if lines[0].rstrip() != "+++":
        raise file.error(1, "a rule page begins with TOML between two lines '+++'")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "+++":
            front = _File(file.path, "\n".join(lines[1:number]), 2)
            return front, _File(file.path, "\n".join(lines[number + 1 :]), number + 2)
    raise file.error(1, "the front matter has no closing line '+++'")


def _sections(body: _File) -> dict[str, list[tuple[str, int, str]]]:
    """Return the code blocks (language, line, text) under each `##` heading."""
    sections: dict[str, list[tuple[str, int, str]]] = {}
    filled: set[str] = set()
    current = ""
    for line, text, block in _pieces(body):
        heading = _HEADING.match(text) if block is None else None
        if heading:
            current = heading[1]
            if current in sections:
                raise body.error(line, f"a second section '{current}'")
            sections[current] = []
        elif current and (text.strip() or block is not None):
            filled.add(current)
            if block is not None:
                sections[current].append((text, line, block))
    for name in SECTIONS:
        if name not in sections:
            raise body.error(1, f"section '## {name}' is missing{did_you_mean(name, sections)}")
        if name not in filled:
            raise body.error(1, f"section '## {name}' is empty")
    return sections


def _pieces(body: _File) -> Iterator[tuple[int, str, str | None]]:
    """Yield each line outside code blocks, and each block as (line, language, text)."""
    fence, language, start = "", "", 0
    block: list[str] = []
    for number, line in enumerate(body.text.split("\n"), start=1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2]:
                yield start, language, "\n".join(block) + "\n"
                fence, block = "", []
            else:
                block.append(line)
        elif mark:
            fence, language, start = mark[1], mark[2].lower(), number
        else:
            yield number, line, None
    if fence:
        raise body.error(start, "the code block is never closed")


def _sql_of(
    name: str, sections: Mapping[str, list[tuple[str, int, str]]], body: _File
) -> tuple[str, ...]:
    blocks = tuple(text for language, _, text in sections[name] if language == "sql")
    if not blocks:
        raise body.error(1, f"section '## {name}' holds no ```sql block")
    return blocks


def _toml(file: _File) -> dict[str, Any]:
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _TOML_LINE.search(message)
        line = int(place[1]) if place else file.text.count("\n") + 1
        reason = _TOML_LINE.sub("", message).replace(" (at end of document)", " at the end")
        raise file.error(line, f"not TOML: {reason}") from error


def _converted(data: Mapping[str, Any], kind: type[_T], file: _File) -> _T:
    """Return the data as a value of the type; any key it does not know is an error."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message = str(error)
    if unknown := _UNKNOWN.search(message):
        known = {*kind.__struct_fields__, *_Grade.__struct_fields__}
        hint = did_you_mean(unknown[1], known)
        raise file.error(file.line_of(unknown[1]), f"unknown key '{unknown[1]}'{hint}")
    if missing := _MISSING.search(message):
        raise file.error(1, f"'{missing[1]}' is missing")
    place = _KEY_OF_PATH.search(message)
    key = place[1] if place else ""
    reason = message.split(" - at ", maxsplit=1)[0]
    raise file.error(file.line_of(key), f"'{key}': {reason[:1].lower()}{reason[1:]}")
