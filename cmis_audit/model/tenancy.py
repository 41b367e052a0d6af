"""How row security tells tenants' rows apart: by a column and a setting of the session."""

import re
from collections.abc import Iterator, Mapping

from cmis_audit.model.catalog import Catalog, Function, Table
from cmis_audit.model.value import Value

_SETTING = re.compile(r"current_setting\(\s*'([^']+)'", re.IGNORECASE)
_WORD = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_][\w$]*)')
_OPERAND_END = re.compile(r" (?:AND|OR) ")
_CAST = re.compile(r"::[\w .\"\[\]]+$")


class Tenancy(Value, frozen=True, kw_only=True, order=True):
    """A policy that compares a column with a setting."""

    column: str
    setting: str
    """`app.tenant`."""


def tenancies(catalog: Catalog, table: Table) -> tuple[Tenancy, ...]:
    """Return what the table's policies compare, in their order; nothing without row security."""
    if not table.row_security:
        return ()
    names = {column.name for column in table.columns}
    found: dict[Tenancy, None] = {}
    functions = functions_by_name(catalog)
    for policy in table.policies:
        for text in (policy.using, policy.check):
            for left, right in _comparisons(text or ""):
                for side, other in ((left, right), (right, left)):
                    column = _bare(side)
                    if column in names:
                        for setting in settings_of(called(other, functions)):
                            found[Tenancy(column=column, setting=setting)] = None
    return tuple(found)


def functions_by_name(catalog: Catalog) -> Mapping[str, tuple[Function, ...]]:
    found: dict[str, list[Function]] = {}
    for function in catalog.functions:
        found.setdefault(function.ref.name, []).append(function)
    return {name: tuple(functions) for name, functions in found.items()}


def called(text: str, functions: Mapping[str, tuple[Function, ...]]) -> Iterator[str]:
    """Yield an expression and the bodies of the functions that it names."""
    yield text
    for word in dict.fromkeys(words(text)):
        yield from (each.body or "" for each in functions.get(word, ()))


def settings_of(texts: Iterator[str]) -> tuple[str, ...]:
    """Return the settings that the texts read, each once."""
    return tuple(dict.fromkeys(name for text in texts for name in _SETTING.findall(text)))


def words(text: str) -> list[str]:
    """Return the names in an expression, as the catalog has them."""
    return [quoted.replace('""', '"') or bare for quoted, bare in _WORD.findall(text)]


def _comparisons(text: str) -> Iterator[tuple[str, str]]:
    """Yield both sides of each `=`, as far as its own parentheses and conjunctions reach."""
    for sign in re.finditer(" = ", text):
        yield _before(text[: sign.start()]), _after(text[sign.end() :])


def _after(text: str) -> str:
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth < 0 or (depth == 0 and _OPERAND_END.match(text, position)):
            return text[:position]
    return text


def _before(text: str) -> str:
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] == ")") - (text[position] == "(")
        if depth < 0:
            return text[position + 1 :]
        if depth == 0 and (ended := _OPERAND_END.match(text, position)):
            return text[ended.end() :]
    return text


def _bare(side: str) -> str:
    """Return the column if the side is nothing but one, in parentheses or cast."""
    text = _CAST.sub("", side.strip())
    while text.startswith("(") and text.endswith(")"):
        text = _CAST.sub("", text[1:-1].strip())
    found = _WORD.fullmatch(text.rpartition(".")[2] if '"' not in text else text)
    return (found[1] or "").replace('""', '"') or found[2] if found else ""
