"""A rule page: TOML between `+++` lines, then Markdown with the sections that every page has."""

import math
import re
from collections.abc import Collection, Iterator, Mapping

import msgspec

from cmis_audit.errors import did_you_mean
from cmis_audit.model.rule import Parameter, Rule, Severity, Unit
from cmis_audit.rulefile import RuleFile, converted, toml_of

SECTIONS = ("Why", "Fires", "Silent", "Remedy")
"""What every rule page explains."""

Checks = Mapping[str, Collection[str]]
"""The name of each check with the parameters that it takes."""

_PAGE_NAME = re.compile(r"([A-Z]+[0-9]{3})-[a-z0-9]+(?:-[a-z0-9]+)*\.md\Z")
_CODE = re.compile(r"[A-Z]+[0-9]{3}\Z")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*(\w*)")
_HEADING = re.compile(r"## +(\S.*?)\s*\Z")


class _FrontMatter(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    title: str
    severity: Severity
    check: str
    unit: Unit
    points: float
    cap: float
    drops: bool = False
    params: dict[str, str | int | float | bool | list[str]] = {}


def rule_of(name: str, file: RuleFile, checks: Checks | None) -> Rule:
    """Return the rule of a page with that file name; raises RuleError with file and line."""
    front, body = _front_matter(file)
    matter = converted(toml_of(front), _FrontMatter, front)
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
        drops=matter.drops,
        parameters=tuple(parameters),
        page=body.text.strip() + "\n",
        fires=_sql_of("Fires", sections, body),
        silent=_sql_of("Silent", sections, body),
    )


def _verify_check(matter: _FrontMatter, front: RuleFile, checks: Checks) -> None:
    if matter.check not in checks:
        hint = did_you_mean(matter.check, checks)
        raise front.error(front.line_of("check"), f"unknown check '{matter.check}'{hint}")
    for key in matter.params:
        if key not in checks[matter.check]:
            hint = did_you_mean(key, checks[matter.check])
            message = f"check '{matter.check}' takes no parameter '{key}'{hint}"
            raise front.error(front.line_of(key), message)


def _front_matter(file: RuleFile) -> tuple[RuleFile, RuleFile]:
    """Return the TOML between the two `+++` lines and the Markdown below."""
    lines = file.text.split("\n")
    if lines[0].rstrip() != "+++":
        raise file.error(1, "a rule page begins with TOML between two lines '+++'")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "+++":
            front = RuleFile(file.path, "\n".join(lines[1:number]), 2)
            return front, RuleFile(file.path, "\n".join(lines[number + 1 :]), number + 2)
    raise file.error(1, "the front matter has no closing line '+++'")


def _sections(body: RuleFile) -> dict[str, list[tuple[str, int, str]]]:
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


def _pieces(body: RuleFile) -> Iterator[tuple[int, str, str | None]]:
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
    name: str, sections: Mapping[str, list[tuple[str, int, str]]], body: RuleFile
) -> tuple[str, ...]:
    blocks = tuple(text for language, _, text in sections[name] if language == "sql")
    if not blocks:
        raise body.error(1, f"section '## {name}' holds no ```sql block")
    return blocks
