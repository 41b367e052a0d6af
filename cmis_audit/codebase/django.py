"""Django: models with `db_table` or the convention app_model, and migrations."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.blocks import Block, classes
from cmis_audit.codebase.mention import Mention, Name, dotted
from cmis_audit.codebase.text import Span, Text
from cmis_audit.model.code import CodeUse

FRAMEWORK: Final = "django"

_MODELS: Final = re.compile(r"\bdjango\.(?:contrib\.gis\.)?db\b|\bmodels\.Model\b")
_QUOTED: Final = r"(?P<q>['\"])(?P<value>[^'\n]{1,130}?)(?P=q)"
_DB_TABLE: Final = re.compile(rf"['\"]?\bdb_table['\"]?\s*[=:]\s*{_QUOTED}")
_APP: Final = re.compile(rf"\bapp_label\s*=\s*{_QUOTED}")
_UNSTORED: Final = re.compile(r"\b(?:abstract|proxy)\s*=\s*True\b")
_MANY: Final = re.compile(r"^[ \t]+(?P<field>\w+)\s*=\s*models\.ManyToManyField\(", re.MULTILINE)
_OPERATION: Final = re.compile(
    r"\b(?:migrations\.)?(?P<verb>CreateModel|DeleteModel|RenameModel|AlterModelTable"
    r"|AddField|AlterField|RemoveField|RenameField|AddIndex|AddConstraint|AlterUniqueTogether)\("
)
_ARGUMENT: Final = r"\b{}\s*=\s*(?P<q>['\"])(?P<value>[^'\"\n]{{1,130}})(?P=q)"
_ARGUMENTS: Final = {
    key: re.compile(_ARGUMENT.format(key))
    for key in ("name", "model_name", "old_name", "new_name", "table")
}
_PLAIN: Final = re.compile(r"\s*(?P<q>['\"])(?P<value>\w{1,100})(?P=q)")
_VERBS: Final = {"CreateModel": CodeUse.CREATES, "DeleteModel": CodeUse.DROPS}


def mentions(text: Text, path: str) -> Iterator[Mention]:
    if "models" not in text.whole or not _MODELS.search(text.bare):
        return
    if "/migrations/" in f"/{path}":
        yield from _migration(text, _app_of(path, "migrations"))
        return
    for block in classes(text):
        yield from _model(text, block, _app_of(path, "models"))


def _app_of(path: str, folder: str) -> str:
    """Return the app that a file belongs to: the directory of its models or migrations."""
    parts = path.split("/")[:-1]
    if folder in parts:
        parts = parts[: len(parts) - parts[::-1].index(folder) - 1]
    return parts[-1] if parts else ""


def _model(text: Text, block: Block, app: str) -> Iterator[Mention]:
    body = text.code[block.body.start : block.body.end]
    if not block.bases or block.name == "Meta" or _UNSTORED.search(body):
        return
    own_app = _APP.search(body)
    app = own_app["value"] if own_app else app
    said = _DB_TABLE.search(body)
    name = _stored(said["value"]) if said else Name("", f"{app}_{block.name.lower()}")
    yield _mention(name, CodeUse.MODEL, block.start, block.name)
    for found in _MANY.finditer(body):
        call = text.call(block.body.start + found.end() - 1)
        inside = text.code[call.start : call.end]
        said = _DB_TABLE.search(inside)
        if "through" not in inside:
            own = _stored(said["value"]) if said else dotted(f"{name.name}_{found['field']}")
            where = block.body.start + found.start("field")
            yield _mention(own, CodeUse.MODEL, where, f"{block.name}.{found['field']}")


def _stored(value: str) -> Name:
    """Return the name of `db_table`: `posts`, `"social"."posts"`, `social"."posts`."""
    return dotted(value.replace('\\"', '"'))


def _migration(text: Text, app: str) -> Iterator[Mention]:
    for found in text.matches(_OPERATION, "("):
        span = text.call(found.end() - 1)
        verb = found["verb"]
        mention = _operation(text, verb, span, app)
        if mention is not None:
            name, new = mention
            use = _VERBS.get(verb, CodeUse.ALTERS)
            yield _mention(name, use, found.start(), new=new)


def _operation(text: Text, verb: str, span: Span, app: str) -> tuple[Name, Name | None] | None:
    if verb == "RenameModel":
        old = _argument(text, span, "old_name") or _plain(text, span)
        new = _argument(text, span, "new_name")
        if not old or not new:
            return None
        return Name("", f"{app}_{old.lower()}"), Name("", f"{app}_{new.lower()}")
    model = verb in ("CreateModel", "DeleteModel", "AlterModelTable")
    name = _argument(text, span, "name" if model else "model_name") or _plain(text, span)
    if not name:
        return None
    usual = Name("", f"{app}_{name.lower()}")
    if verb == "AlterModelTable":
        table = _argument(text, span, "table")
        return (usual, _stored(table)) if table else None
    if verb == "CreateModel":
        said = _DB_TABLE.search(text.code, span.start, span.end)
        return (_stored(said["value"]) if said else usual), None
    return usual, None


def _argument(text: Text, span: Span, key: str) -> str:
    found = _ARGUMENTS[key].search(text.code, span.start, span.end)
    return found["value"] if found else ""


def _plain(text: Text, span: Span) -> str:
    """Return the first argument where it is given without its name."""
    found = _PLAIN.match(text.code, span.start, span.end)
    return found["value"] if found else ""


def _mention(
    name: Name, use: CodeUse, offset: int, label: str = "", new: Name | None = None
) -> Mention:
    return Mention(
        names=(name,), use=use, offset=offset, framework=FRAMEWORK, label=label, renamed_to=new
    )
