"""SQLAlchemy, SQLModel and Alembic."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.blocks import Block, classes
from cmis_audit.codebase.mention import Mention, Name, dotted
from cmis_audit.codebase.naming import snake
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

MAPPER: Final = "sqlalchemy"
MIGRATIONS: Final = "alembic"

_VALUE: Final = r"(?P<q>['\"])(?P<value>[^'\"\n]{1,130})(?P=q)"
_TABLENAME: Final = re.compile(rf"\b__tablename__\s*(?::[^=\n]{{1,60}})?=\s*{_VALUE}")
_SCHEMA: Final = re.compile(rf"(?:['\"]schema['\"]\s*:|\bschema\s*=)\s*{_VALUE}")
_ARGS: Final = re.compile(r"\b__table_args__\s*(?::[^=\n]{1,60})?=")
_ARGS_LETTERS: Final = 4000
_TABLE: Final = re.compile(rf"(?<![\w.])(?:\w{{1,20}}\.)?Table\(\s*{_VALUE}\s*,\s*[\w.]*[mM]eta\w*")
_METADATA: Final = re.compile(r"\bMetaData\(")
_OPERATION: Final = re.compile(
    r"\bop\.(?P<verb>create_table|drop_table|rename_table|batch_alter_table|add_column|alter_column"
    rf"|drop_column|create_table_comment|bulk_insert)\(\s*{_VALUE}"
    r"(?:\s*,\s*['\"](?P<second>[^'\"\n]{1,130})['\"])?"
)
_VERBS: Final = {"create_table": CodeUse.CREATES, "drop_table": CodeUse.DROPS}
_SQLMODEL: Final = re.compile(r"\btable\s*=\s*True\b")


def mentions(text: Text) -> Iterator[Mention]:
    default = _default_schema(text)
    for block in classes(text) if _may_map(text.whole) else ():
        name = _mapped(text, block, default)
        if name:
            yield Mention(
                names=(name,),
                use=CodeUse.MODEL,
                offset=block.start,
                framework=MAPPER,
                label=block.name,
            )
    for found in text.matches(_TABLE, "Table("):
        opening = text.code.index("(", found.start())
        schema = _schema_in(text, opening) or default
        yield Mention(
            names=(dotted(found["value"], schema),),
            use=CodeUse.MODEL,
            offset=found.start(),
            framework=MAPPER,
        )
    yield from _migrations(text)


def _may_map(code: str) -> bool:
    return "__tablename__" in code or "SQLModel" in code or "db.Model" in code


def _mapped(text: Text, block: Block, default: str) -> Name | None:
    code = text.code
    said = _TABLENAME.search(code, *block.body)
    if said is None:
        if _SQLMODEL.search(block.bases):
            return dotted(block.name.lower(), _schema_of(text, block) or default)
        if re.search(r"\bdb\.Model\b", block.bases):
            return dotted(snake(block.name), _schema_of(text, block) or default)
        return None
    nested = re.search(r"^[ \t]*class\s", text.bare[block.body.start : said.start()], re.MULTILINE)
    return None if nested else dotted(said["value"], _schema_of(text, block) or default)


def _schema_of(text: Text, block: Block) -> str:
    found = _ARGS.search(text.code, *block.body)
    if not found:
        return ""
    end = min(found.end() + _ARGS_LETTERS, block.body.end)
    schema = _SCHEMA.search(text.code, found.end(), end)
    return schema["value"] if schema else ""


def _default_schema(text: Text) -> str:
    """Return the schema that the file's MetaData gives to all of its tables."""
    found = next(text.matches(_METADATA, "MetaData("), None)
    return _schema_in(text, found.end() - 1) if found else ""


def _schema_in(text: Text, opening: int) -> str:
    span = text.call(opening)
    schema = _SCHEMA.search(text.code, span.start, span.end)
    return schema["value"] if schema else ""


def _migrations(text: Text) -> Iterator[Mention]:
    for found in text.matches(_OPERATION, "op."):
        verb = found["verb"]
        schema = _schema_in(text, text.code.index("(", found.start()))
        new = found["second"] if verb == "rename_table" else None
        yield Mention(
            names=(dotted(found["value"], schema),),
            use=_VERBS.get(verb, CodeUse.ALTERS),
            offset=found.start(),
            framework=MIGRATIONS,
            renamed_to=dotted(new, schema) if new else None,
        )
