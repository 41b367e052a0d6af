"""Names at odds with how nearly all others of the database are written: one finding a table."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from cmis_audit.checks.on_table import finding_on, number_of, stored_tables, words_of
from cmis_audit.model.catalog import Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule
from cmis_audit.model.value import Value

_LETTERS = re.compile(r"[^\W\d_]+\Z")
_KEY = re.compile(r"(.+?)_?id\Z", re.IGNORECASE)
_MIXED = re.compile(r"[a-z0-9][A-Z]|[A-Z]")


class _Habit(Value, frozen=True, kw_only=True):
    table: Table
    habit: str
    detail: str


def table_number(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table named in the singular among plurals, or the other way round.

    Words that have no plural, or none that tells, take no part.
    """
    passed = words_of(rule, "uncountable")
    tables = {table.ref: table for table in stored_tables(facts)}
    found = []
    for traits in facts.traits:
        found_word = _LETTERS.search(traits.ref.name)
        word = traits.words[-1] if traits.words else ""
        if traits.ref not in tables or not found_word or word in passed or traits.affixes:
            continue
        last = found_word[0].lower()
        if last.endswith(word) and last.endswith("s"):
            continue  # `address`, `ids`: the ending does not tell
        habit = "the singular" if last.endswith(word) else "the plural"
        found.append(_Habit(table=tables[traits.ref], habit=habit, detail=f"`{traits.ref.name}`"))
    yield from _at_odds(rule, found, "is named in")


def name_style(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table that is written, or writes its columns, in another style.

    A name of lower-case letters alone is in either style.
    """
    tables = list(stored_tables(facts))
    own = [
        _Habit(table=table, habit=style, detail=f"`{table.ref.name}`")
        for table in tables
        if (style := _style(table.ref.name))
    ]
    columns = [
        _Habit(table=table, habit=style, detail=", ".join(f"`{name}`" for name in names))
        for table in tables
        for style, names in _styles(column.name for column in table.columns).items()
    ]
    yield from _at_odds(rule, own, "is written in")
    yield from _at_odds(rule, columns, "writes columns in", part="columns")


def _style(name: str) -> str:
    if _MIXED.search(name):
        return "capitals"
    return "snake_case" if "_" in name.strip("_") else ""


def _styles(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        if style := _style(name):
            found.setdefault(style, []).append(name)
    return found


def key_name(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table whose key is `id` among `order_id`s, or the other way round.

    A key that is a foreign key as well bears the name of what it refers to.
    """
    words = {traits.ref: traits.words for traits in facts.traits}
    found = []
    for table in stored_tables(facts):
        key = table.primary_key.columns if table.primary_key else ()
        if len(key) != 1 or any(key[0] in one.columns for one in table.foreign_keys):
            continue
        named = _KEY.match(key[0])
        own = "".join(words.get(table.ref, ()))
        if key[0].lower() == "id":
            found.append(_Habit(table=table, habit="a plain `id`", detail=f"`{key[0]}`"))
        elif named and own.endswith(named[1].lower().replace("_", "")):
            habit = "an id with its name"
            found.append(_Habit(table=table, habit=habit, detail=f"`{key[0]}`"))
    yield from _at_odds(rule, found, "has as its key")


def _at_odds(rule: Rule, found: list[_Habit], verb: str, part: str = "") -> Iterator[Finding]:
    """Yield a finding for what does not do as nearly all do, where there is such a habit."""
    if len(found) < number_of(rule, "tables", 10):
        return
    times = Counter(one.habit for one in found)
    usual, count = max(times.items(), key=lambda entry: (entry[1], entry[0]))
    if count < number_of(rule, "share", 0.8) * len(found):
        return
    for one in found:
        if one.habit != usual:
            yield finding_on(
                rule,
                one.table.ref,
                f"{one.table.ref} {verb} {one.habit}, where {usual} is the rule",
                f"{one.detail}; {count} of {len(found)} keep to {usual}",
                part=part,
            )
