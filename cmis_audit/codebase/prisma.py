"""Prisma: the models of a schema file."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.mention import Mention, dotted
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

_MODEL: Final = re.compile(r"^[ \t]*model\s+(?P<name>\w+)\s*\{(?P<body>[^{}]*)\}", re.MULTILINE)
_MAP: Final = re.compile(r"@@map\(\s*(?:name:\s*)?\"(?P<name>[^\"\n]{1,130})\"\s*\)")
_SCHEMA: Final = re.compile(r"@@schema\(\s*\"(?P<name>[^\"\n]{1,130})\"\s*\)")


def mentions(text: Text) -> Iterator[Mention]:
    for found in text.matches(_MODEL):
        mapped = _MAP.search(found["body"])
        schema = _SCHEMA.search(found["body"])
        name = mapped["name"] if mapped else found["name"]
        yield Mention(
            names=(dotted(name, schema["name"] if schema else ""),),
            use=CodeUse.MODEL,
            offset=found.start("name"),
            framework="prisma",
            label=found["name"],
        )
