"""Laravel: migrations, Eloquent models, the query builder."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.mention import Mention, Name, dotted
from cmis_audit.codebase.naming import each_capital, plurals
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

FRAMEWORK: Final = "laravel"

_NAME: Final = r"(?P<q>['\"])(?P<name>[\w.\"$-]{1,130})(?P=q)"
_SCHEMA: Final = re.compile(
    rf"\bSchema::(?:connection\([^()]{{0,80}}\)\s*->\s*)?"
    rf"(?P<verb>create|table|dropIfExists|drop|rename)\(\s*{_NAME}"
    r"(?:\s*,\s*['\"](?P<new>[\w.]{1,130})['\"])?"
)
_VERBS: Final = {
    "create": CodeUse.CREATES,
    "table": CodeUse.ALTERS,
    "rename": CodeUse.ALTERS,
    "drop": CodeUse.DROPS,
    "dropIfExists": CodeUse.DROPS,
}
_CLASS: Final = re.compile(
    r"^[ \t]*(?P<kind>(?:(?:final|abstract|readonly)\s+)*)class\s+(?P<class>\w+)\s+extends\s+"
    r"(?P<base>[\w\\]+)",
    re.MULTILINE,
)
_TABLE: Final = re.compile(r"\b(?:protected|public)\s+(?:\??string\s+)?\$table\s*=\s*" + _NAME)
_MODEL: Final = re.compile(r"(?:Model|Authenticatable|Pivot|Eloquent)\Z")
_MODELS: Final = re.compile(r"\bnamespace\s+[\w\\]*\bModels\b|\buse\s+[\w\\]+\\Eloquent\\")
_BUILDER: Final = re.compile(
    r"(?:\bDB::(?:connection\([^()]{0,80}\)\s*->\s*)?table|->\s*(?:table|from|(?:left|right|cross)?[jJ]oin))"
    r"\(\s*(?P<q>['\"])(?P<name>[\w.\"$-]{1,130})(?:\s+as\s+\w+)?(?P=q)"
)
_RULE: Final = re.compile(r"(?<![\w:])(?:exists|unique):(?P<name>[\w.]{1,130})")


def mentions(text: Text) -> Iterator[Mention]:
    yield from _migrations(text)
    yield from _models(text)
    for found in text.matches(_BUILDER, "->", "DB::"):
        yield _mention(found, CodeUse.QUERY)
    rules = "exists:" in text.whole or "unique:" in text.whole
    for start, string in text.spoken() if rules else ():
        for found in _RULE.finditer(string):
            name = dotted(found["name"])
            yield Mention(
                names=(name,),
                use=CodeUse.QUERY,
                offset=start + found.start(),
                framework=FRAMEWORK,
            )


def _migrations(text: Text) -> Iterator[Mention]:
    for found in text.matches(_SCHEMA, "Schema::"):
        verb = found["verb"]
        new = found["new"] if verb == "rename" else None
        yield Mention(
            names=(dotted(found["name"]),),
            use=_VERBS[verb],
            offset=found.start(),
            framework=FRAMEWORK,
            renamed_to=dotted(new) if new else None,
        )


def _models(text: Text) -> Iterator[Mention]:
    classes = list(text.matches(_CLASS, "class"))
    among_models = bool(classes) and _MODELS.search(text.bare) is not None
    for number, found in enumerate(classes):
        end = classes[number + 1].start() if number + 1 < len(classes) else len(text.code)
        said = _TABLE.search(text.code, found.end(), end)
        if said:
            names: tuple[Name, ...] = (dotted(said["name"]),)
        elif "abstract" in found["kind"] or not (among_models or _MODEL.search(found["base"])):
            continue
        else:
            bare = each_capital(found["class"])
            pivot = found["base"].endswith("Pivot")
            names = tuple(map(dotted, (bare,) if pivot else plurals(bare)))
        yield Mention(
            names=names,
            use=CodeUse.MODEL,
            offset=found.start(),
            framework=FRAMEWORK,
            label=found["class"],
        )


def _mention(found: re.Match[str], use: CodeUse) -> Mention:
    return Mention(
        names=(dotted(found["name"]),), use=use, offset=found.start(), framework=FRAMEWORK
    )
