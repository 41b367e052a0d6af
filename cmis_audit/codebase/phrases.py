"""Single phrases by which many libraries name a table: one pattern each."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from cmis_audit.codebase.mention import Mention, dotted
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

_NAME: Final = r"['\"`](?P<name>[\w.\"$-]{1,130})['\"`]"


class _Phrase(NamedTuple):
    pattern: re.Pattern[str]
    """Groups `name` and, where a table is given another one, `new`."""
    needles: tuple[str, ...]
    """One of them stands in what matches."""
    use: CodeUse
    framework: str
    weak: bool = False


def _phrase(needles: str, pattern: str, use: CodeUse, framework: str) -> _Phrase:
    return _Phrase(re.compile(pattern, re.MULTILINE), tuple(needles.split()), use, framework)


_CONSTANT: Final = _Phrase(
    re.compile(
        rf"(?:[tT]able|TABLE)(?:_?[nN]ame|_NAME)?\s*(?::\s*\w+\s*)?(?:=>?|:)\s*{_NAME}",
    ),
    ("able", "TABLE"),
    CodeUse.QUERY,
    "",
    weak=True,
)
_SCRIPT: Final = (
    _phrase("createTable", rf"\bcreateTable(?:IfNotExists)?\(\s*{_NAME}", CodeUse.CREATES, "knex"),
    _phrase("schema.", rf"\bschema\.(?:alterTable|table)\(\s*{_NAME}", CodeUse.ALTERS, "knex"),
    _phrase("dropTable", rf"\bdropTable(?:IfExists)?\(\s*{_NAME}", CodeUse.DROPS, "knex"),
    _phrase(
        "renameTable",
        rf"\brenameTable\(\s*{_NAME}\s*,\s*['\"`](?P<new>[\w.]{{1,130}})['\"`]",
        CodeUse.ALTERS,
        "knex",
    ),
    _phrase("knex( trx(", rf"\b(?:knex|trx)\(\s*{_NAME}", CodeUse.QUERY, "knex"),
    _phrase(
        ".from( .into( .join( Join(",
        rf"\.(?<!Array\.)(?<!Buffer\.)(?:from|into|(?:left|inner)?[jJ]oin)\(\s*{_NAME}",
        CodeUse.QUERY,
        "knex",
    ),
    _phrase("pgTable(", rf"\bpgTable\(\s*{_NAME}", CodeUse.MODEL, "drizzle"),
    _phrase(".define(", rf"\.define\(\s*{_NAME}", CodeUse.MODEL, "sequelize"),
)
_BRACES: Final = (
    _phrase("[Table(", rf"\[Table\(\s*{_NAME}", CodeUse.MODEL, "entity framework"),
    _phrase(".ToTable(", rf"\.ToTable\(\s*{_NAME}", CodeUse.MODEL, "entity framework"),
    _phrase(
        "TableName()",
        rf"\bTableName\(\)\s*string\s*\{{\s*return\s+{_NAME}",
        CodeUse.MODEL,
        "gorm",
    ),
    _phrase(".Table(", rf"\.Table\(\s*{_NAME}", CodeUse.QUERY, "gorm"),
    _phrase("table_name", rf"\btable_name\s*=\s*{_NAME}", CodeUse.MODEL, "diesel"),
)
_ELIXIR: Final = (
    _phrase("schema", rf"^[ \t]*schema\s+{_NAME}\s+do\b", CodeUse.MODEL, "ecto"),
    _phrase("table(:", r"\bcreate\s+table\(:(?P<name>\w+)", CodeUse.CREATES, "ecto"),
    _phrase("table(:", r"\balter\s+table\(:(?P<name>\w+)", CodeUse.ALTERS, "ecto"),
)
_PHP: Final = (
    _phrase("Table(", rf"#\[(?:\w+\\)?Table\(\s*(?:name:\s*)?{_NAME}", CodeUse.MODEL, "doctrine"),
)
_PHRASES: Final = {
    "javascript": (*_SCRIPT, _CONSTANT),
    "braces": (*_BRACES, _CONSTANT),
    "elixir": (*_ELIXIR, _CONSTANT),
    "php": (*_PHP, _CONSTANT),
    "python": (_CONSTANT,),
    "ruby": (_CONSTANT,),
    "shell": (_CONSTANT,),
}


def mentions(text: Text) -> Iterator[Mention]:
    for phrase in _PHRASES.get(text.language.name, ()):
        for found in text.matches(phrase.pattern, *phrase.needles):
            new = found.groupdict().get("new")
            yield Mention(
                names=(dotted(found["name"]),),
                use=phrase.use,
                offset=found.start(),
                framework=phrase.framework,
                renamed_to=dotted(new) if new else None,
                weak=phrase.weak,
            )
