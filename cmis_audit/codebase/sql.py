"""The tables that a text of SQL names; read by pattern, so that half a statement speaks as well."""

import re
from collections.abc import Iterator
from typing import Final

from cmis_audit.codebase.languages import SQL
from cmis_audit.codebase.mention import Mention, Name
from cmis_audit.codebase.text import Text
from cmis_audit.model.code import CodeUse

_PART: Final = r'(?:\\?"[^"\\\n]{1,63}\\?"|[^\W\d][\w$]{0,62})'
_NAME: Final = rf"{_PART}(?:\s?\.\s?{_PART}){{0,2}}"
_ITEM: Final = rf"{_NAME}(?:\s+(?:as\s+)?(?!(?:where|on|set|order|group|limit|join)\b){_PART})?"
_ONLY: Final = r"(?:only\s+)?"
_EXISTS: Final = r"(?:if\s+(?:not\s+)?exists\s+)?"

_STATEMENT: Final = re.compile(
    rf"""\b(?:
      create\s+(?P<temporary>(?:global\s+|local\s+)?temp(?:orary)?\s+)?
        (?:unlogged\s+|foreign\s+)?table\s+{_EXISTS}(?P<creates>{_NAME})
    | alter\s+(?:foreign\s+)?table\s+{_EXISTS}{_ONLY}(?P<alters>{_NAME})
        (?:\s+(?:rename\s+to\s+(?P<to>{_PART})|set\s+schema\s+(?P<schema>{_PART})))?
    | comment\s+on\s+table\s+(?P<told>{_NAME})
    | create\s+(?:unique\s+)?(?:index|trigger|policy|rule)\s[^;]{{0,200}}?\son\s+{_ONLY}
        (?P<on>{_NAME})
    | drop\s+(?:foreign\s+)?table\s+{_EXISTS}(?P<drops>{_NAME}(?:\s*,\s*{_NAME}){{0,40}})
    | (?:insert|merge)\s+into\s+(?P<into>{_NAME})
    | truncate\s+(?:table\s+)?{_ONLY}(?P<empties>{_NAME})
    | (?:lock\s+table|copy|references|on\s+table)\s+(?P<names>{_NAME})
    | (?<!for\s)(?<!on\s)(?<!do\s)update\s+{_ONLY}(?P<updates>{_NAME})
    | (?<!distinct\s)from\s+{_ONLY}(?P<reads>{_ITEM}(?:\s*,\s*{_ITEM}){{0,20}})(?P<called>\s*\()?
    | join\s+{_ONLY}(?P<joins>{_NAME})(?P<applied>\s*\()?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_COMMON: Final = re.compile(
    rf"(?:\bwith\s+(?:recursive\s+)?|\)\s*,\s*)({_PART})\s*(?:\([^()]{{0,400}}\)\s*)?as\s+"
    r"(?:not\s+)?(?:materialized\s+)?\(",
    re.IGNORECASE,
)
_USES: Final = {
    "creates": CodeUse.CREATES,
    "alters": CodeUse.ALTERS,
    "told": CodeUse.ALTERS,
    "on": CodeUse.ALTERS,
    "drops": CodeUse.DROPS,
}
_GROUPS: Final = (
    *("creates", "alters", "told", "on", "drops", "into", "empties", "names", "updates"),
    *("reads", "joins"),
)

_START: Final = re.compile(
    r"[\s(]*+(?:--[^\n]*\n\s*+|/\*[^*]*\*/\s*+)*+[\s(]*+(?P<verb>select|insert|update|delete|with|create"
    r"|alter|drop|truncate|merge|copy|lock|comment|grant|refresh|vacuum|analyze|explain|begin|set"
    r"|from|join|left|right|inner|cross|full|union|and|references)\b",
    re.IGNORECASE,
)
_ANY_CASE: Final = (
    *("select", "insert", "update", "delete", "with", "create", "alter", "drop", "truncate"),
    "explain",
)
_CAPITALS: Final = (
    *("MERGE", "COPY", "LOCK", "COMMENT", "GRANT", "REFRESH", "VACUUM", "ANALYZE", "BEGIN", "SET"),
    *("FROM", "JOIN", "UNION", "REFERENCES"),
)
_VERBS: Final = (
    *(form for verb in _ANY_CASE for form in (verb, verb.title(), verb.upper())),
    *_CAPITALS,
)
"""Of what `is_sql` takes for SQL, one stands in it."""
_INSIDE: Final = re.compile(r"\bSELECT\b[^;]{1,400}?\bFROM\b|\(\s*select\b[^;]{1,400}?\bfrom\b")
_LOWER: Final = re.compile(
    r"""[\s(]*(?:
      (?:explain\s.{0,40}?)?select\s+(?:distinct\s+)?(?:\w+|(?P<list>[^;]{1,2000}?))\s+from\s
    | insert\s+into\s+\S+\s*(?:\(|values|select|default)
    | update\s+\S+(?:\s+(?:as\s+)?\w+)?\s+set\s+\S+\s*=
    | delete\s+from\s+\S+\s*(?:\Z|;|where\b|using\b|returning\b)
    | with\s+(?:recursive\s+)?\w+\s*(?:\(.{0,400}?\)\s*)?as\s+\(
    | create\s+(?:unlogged\s+|temp\s+|temporary\s+)?table\s+(?:if\s+not\s+exists\s+)?
        \S+\s*(?:\(|as\b)
    | create\s+(?:unique\s+)?index\s.{0,200}?\son\s+\S+\s*(?:using\s+\w+\s*)?\(
    | alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?\S+\s+
        (?:add|drop|alter|rename|enable|disable|set|owner)\b
    | drop\s+table\s+(?:if\s+exists\s+)?\S+\s*(?:\Z|;|cascade|restrict|,)
    | truncate\s+(?:table\s+)?\S+\s*(?:\Z|;|cascade|restart)
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_SIGNS: Final = re.compile(r"[*,(.:%{$'\"_]|\bas\b", re.IGNORECASE)
"""One of them stands in a list of columns, and in few sentences."""
_FIRST: Final = re.compile(_NAME)
_SHORTEST: Final = 8
_HEAD: Final = 4000
"""Letters of a string that are enough to know it by."""


def may_hold_sql(text: str) -> bool:
    """Tell at a glance whether any string of a file could be SQL."""
    return any(verb in text for verb in _VERBS)


def is_sql(text: str) -> bool:
    """Tell whether a string is SQL and no sentence: `delete from orders where`, not `from orders`.

    What is written in capitals may be a piece of a statement; the rest has to look like a whole.
    """
    if len(text) < _SHORTEST:
        return False
    text = text[:_HEAD]
    found = _START.match(text)
    if found and found["verb"].isupper():
        return True
    if found:
        whole = _LOWER.match(text)
        if whole and (whole["list"] is None or _SIGNS.search(whole["list"])):
            return True
    return _INSIDE.search(text) is not None


def sql_mentions(text: str, offset: int = 0) -> Iterator[Mention]:
    """Yield the tables that SQL names, those in its own strings too where these are SQL."""
    parsed = Text(text, SQL)
    bare = parsed.bare
    local = {_parts(found[1])[-1].name.lower() for found in _COMMON.finditer(bare)}
    for found in _STATEMENT.finditer(bare):
        group = next(name for name in _GROUPS if found[name] is not None)
        if found["temporary"]:
            local.add(_parts(found[group])[-1].name.lower())
            continue
        if found["applied"]:
            continue
        names = [_name(each) for each in _listed(found[group], group)]
        if found["called"]:
            names.pop()
        for name in names:
            if not name.schema and name.name.lower() in local:
                continue
            yield Mention(
                names=(name,),
                use=_USES.get(group, CodeUse.QUERY),
                offset=offset + found.start(),
                renamed_to=_new_name(name, found["to"], found["schema"]),
            )
    for span in parsed.strings:
        inner = text[span.start + 1 : span.end - 1]
        if text[span.start] == "'" and is_sql(inner):
            yield from sql_mentions(inner.replace("''", "' "), offset + span.start + 1)


def _listed(text: str, group: str) -> list[str]:
    """Return the items of a list of tables, each without its alias."""
    if group not in ("reads", "drops"):
        return [text]
    found = (_FIRST.match(each.strip()) for each in text.split(","))
    return [one.group() for one in found if one]


def _new_name(name: Name, to: str | None, schema: str | None) -> Name | None:
    if to:
        new = _parts(to)[-1]
        return Name(name.schema, new.name, new.exact)
    if schema:
        return Name(_parts(schema)[-1].name, name.name, name.exact)
    return None


def _name(text: str) -> Name:
    parts = _parts(text)
    schema = parts[-2].name if len(parts) > 1 else ""
    return Name(schema, parts[-1].name, parts[-1].exact)


def _parts(text: str) -> list[Name]:
    """Return the parts of a dotted name as PostgreSQL reads them: in lower case unless quoted."""
    return [
        Name("", quoted) if quoted else Name("", plain.lower(), exact=False)
        for quoted, plain in re.findall(r'\\?"([^"\\]+)\\?"|([^\W\d][\w$]*)', text)
    ]
