"""Single phrases by which many libraries name a table: one pattern each."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.mention import Mention, dotted
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

_NAME: Final = r"['\"`](?P<name>[\w.\"$-]{1,130})['\"`]"

_CONSTANT: Final = re.compile(
    rf"(?:[tT]able|TABLE)(?:_?[nN]ame|_NAME)?\s*(?::\s*\w+\s*)?(?:=>?|:)\s*{_NAME}"
)
_SCRIPT: Final = (
    (re.compile(rf"\bcreateTable(?:IfNotExists)?\(\s*{_NAME}"), CodeUse.CREATES, "knex"),
    (re.compile(rf"\bschema\.(?:alterTable|table)\(\s*{_NAME}"), CodeUse.ALTERS, "knex"),
    (re.compile(rf"\bdropTable(?:IfExists)?\(\s*{_NAME}"), CodeUse.DROPS, "knex"),
    (
        re.compile(
            rf"(?:\bknex|\btrx|(?<!\bArray)(?<!\bBuffer)\.(?:from|into|(?:left|inner)?[jJ]oin))\(\s*{_NAME}"
        ),
        CodeUse.QUERY,
        "knex",
    ),
    (re.compile(rf"\bpgTable\(\s*{_NAME}"), CodeUse.MODEL, "drizzle"),
    (re.compile(rf"\.define\(\s*{_NAME}"), CodeUse.MODEL, "sequelize"),
)
_RENAME: Final = re.compile(rf"\brenameTable\(\s*{_NAME}\s*,\s*['\"`](?P<new>[\w.]{{1,130}})['\"`]")
_BRACES: Final = (
    (re.compile(rf"\[Table\(\s*{_NAME}"), CodeUse.MODEL, "entity framework"),
    (re.compile(rf"\.ToTable\(\s*{_NAME}"), CodeUse.MODEL, "entity framework"),
    (
        re.compile(rf"\bTableName\(\)\s*string\s*\{{\s*return\s+{_NAME}"),
        CodeUse.MODEL,
        "gorm",
    ),
    (re.compile(rf"\.Table\(\s*{_NAME}"), CodeUse.QUERY, "gorm"),
    (re.compile(rf"\btable_name\s*=\s*{_NAME}"), CodeUse.MODEL, "diesel"),
)
_ELIXIR: Final = (
    (re.compile(rf"^[ \t]*schema\s+{_NAME}\s+do\b", re.MULTILINE), CodeUse.MODEL, "ecto"),
    (re.compile(r"\bcreate\s+table\(:(?P<name>\w+)"), CodeUse.CREATES, "ecto"),
    (re.compile(r"\balter\s+table\(:(?P<name>\w+)"), CodeUse.ALTERS, "ecto"),
)
_DOCTRINE: Final = (
    (
        re.compile(rf"#\[(?:\w+\\)?Table\(\s*(?:name:\s*)?{_NAME}"),
        CodeUse.MODEL,
        "doctrine",
    ),
)
_PHRASES: Final = {
    "javascript": _SCRIPT,
    "braces": _BRACES,
    "elixir": _ELIXIR,
    "php": _DOCTRINE,
}
_WITHOUT_CONSTANTS: Final = frozenset({"sql", "xml", "prisma"})


def mentions(text: Text) -> Iterator[Mention]:
    for pattern, use, framework in _PHRASES.get(text.language.name, ()):
        for found in text.matches(pattern):
            name = dotted(found["name"])
            yield Mention(names=(name,), use=use, offset=found.start(), framework=framework)
    if text.language.name == "javascript":
        for found in text.matches(_RENAME):
            yield Mention(
                names=(dotted(found["name"]),),
                use=CodeUse.ALTERS,
                offset=found.start(),
                framework="knex",
                renamed_to=dotted(found["new"]),
            )
    if text.language.name not in _WITHOUT_CONSTANTS:
        for found in text.matches(_CONSTANT):
            name = dotted(found["name"])
            yield Mention(names=(name,), use=CodeUse.QUERY, offset=found.start(), weak=True)
