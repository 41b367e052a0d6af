"""Classes marked as entities: TypeORM and MikroORM, Java's persistence."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.mention import Mention, Name, dotted
from cmis_audit.codebase.naming import snake
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

_ENTITY: Final = re.compile(r"@Entity\b\s*(?P<call>\()?")
_CLASS: Final = re.compile(r"\bclass\s+(?P<name>\w+)")
_FIRST: Final = re.compile(r"\s*['\"`](?P<value>[^'\"`\n]{1,130})['\"`]")
_NAME: Final = re.compile(r"\b(?:name|tableName)\s*[:=]\s*['\"`](?P<value>[^'\"`\n]{1,130})['\"`]")
_SCHEMA: Final = re.compile(r"\bschema\s*[:=]\s*['\"`](?P<value>[^'\"`\n]{1,130})['\"`]")
_JPA_TABLE: Final = re.compile(r"@Table\s*\(")
_NEAR: Final = 2000
"""Letters between a mark and its class."""


def mentions(text: Text) -> Iterator[Mention]:
    java = text.language.name == "braces"
    before = 0
    for found in text.matches(_ENTITY, "@Entity"):
        named = _CLASS.search(text.bare, found.end(), found.end() + _NEAR)
        if not named:
            continue
        name = _jpa(text, before, named) if java else _typeorm(text, found)
        yield Mention(
            names=(name or Name("", snake(named["name"])),),
            use=CodeUse.MODEL,
            offset=named.start(),
            framework="jpa" if java else "typeorm",
            label=named["name"],
        )
        before = named.end()


def _typeorm(text: Text, found: re.Match[str]) -> Name | None:
    if not found["call"]:
        return None
    span = text.call(found.end() - 1)
    return _name_in(text, span.start, span.end, plain=True)


def _jpa(text: Text, before: int, named: re.Match[str]) -> Name | None:
    table = _JPA_TABLE.search(text.bare, max(before, named.start() - _NEAR), named.start())
    if not table:
        return None
    span = text.call(table.end() - 1)
    return _name_in(text, span.start, span.end, plain=False)


def _name_in(text: Text, start: int, end: int, *, plain: bool) -> Name | None:
    first = _FIRST.match(text.code, start, end) if plain else None
    name = first or _NAME.search(text.code, start, end)
    schema = _SCHEMA.search(text.code, start, end)
    return dotted(name["value"], schema["value"] if schema else "") if name else None
