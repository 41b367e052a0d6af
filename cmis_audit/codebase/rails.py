"""Rails: Active Record classes and migrations."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.mention import Mention, Name, dotted
from cmis_audit.codebase.naming import plurals, snake
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

FRAMEWORK: Final = "rails"

_CLASS: Final = re.compile(
    r"^[ \t]*class\s+(?P<class>[A-Z][\w:]*)\s*<\s*(?P<base>[A-Z][\w:]*)", re.MULTILINE
)
_MODULE: Final = re.compile(r"^[ \t]*module\s+(?P<name>[A-Z][\w:]*)", re.MULTILINE)
_RECORD: Final = re.compile(r"(?:\AActiveRecord::Base|Record)\Z")
_TABLE_NAME: Final = re.compile(
    r"\bself\.table_name\s*=\s*(?:['\"](?P<name>[^'\"\n]{1,130})['\"]|:(?P<symbol>\w+))"
)
_ABSTRACT: Final = re.compile(r"\bself\.abstract_class\s*=\s*true\b")
_NAME: Final = r"(?:['\"](?P<name>[^'\"\n]{1,130})['\"]|:(?P<symbol>\w+))"
_OPERATION: Final = re.compile(
    r"(?<![\w.:])(?P<verb>create_table|drop_table|rename_table|change_table|add_column|remove_column"
    r"|rename_column|change_column|add_reference|add_index|add_timestamps|add_foreign_key"
    rf"|add_check_constraint|create_join_table)[ \t(]+{_NAME}"
    r"(?:\s*,\s*(?:['\"](?P<second>[^'\"\n]{1,130})['\"]|:(?P<other>\w+)))?"
)
_VERBS: Final = {
    "create_table": CodeUse.CREATES,
    "create_join_table": CodeUse.CREATES,
    "drop_table": CodeUse.DROPS,
}


def mentions(text: Text) -> Iterator[Mention]:
    yield from _models(text)
    for found in text.matches(_OPERATION, "_"):
        yield _operation(found)


def _models(text: Text) -> Iterator[Mention]:
    found = list(text.matches(_CLASS, "class"))
    for number, one in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text.code)
        said = _TABLE_NAME.search(text.code, one.end(), end)
        if said:
            names: tuple[Name, ...] = (dotted(said["name"] or said["symbol"]),)
        elif not _RECORD.search(one["base"]) or _ABSTRACT.search(text.code, one.end(), end):
            continue
        else:
            names = _conventional(text, one)
        yield Mention(
            names=names,
            use=CodeUse.MODEL,
            offset=one.start("class"),
            framework=FRAMEWORK,
            label=one["class"],
        )


def _conventional(text: Text, found: re.Match[str]) -> tuple[Name, ...]:
    """Return the plural of the class; with the words of its modules before it where there are."""
    before = _MODULE.finditer(text.bare, 0, found.start())
    outer = [part for one in before for part in one["name"].split("::")]
    *own, last = found["class"].split("::")
    names = plurals(snake(last))
    prefix = "_".join(map(snake, [*outer, *own]))
    prefixed = [f"{prefix}_{name}" for name in names] if prefix else []
    return tuple(map(dotted, [*prefixed, *names]))


def _operation(found: re.Match[str]) -> Mention:
    verb = found["verb"]
    first = found["name"] or found["symbol"]
    second = found["second"] or found["other"] or ""
    if verb == "create_join_table" and second:
        first = "_".join(sorted((first, second)))
    new = second if verb == "rename_table" else ""
    return Mention(
        names=(dotted(first),),
        use=_VERBS.get(verb, CodeUse.ALTERS),
        offset=found.start(),
        framework=FRAMEWORK,
        renamed_to=dotted(new) if new else None,
    )
