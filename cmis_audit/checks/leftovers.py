"""Backups and temporary tables that were left behind, by their names: one finding a table."""

import re
from collections import Counter
from collections.abc import Iterator

from cmis_audit.checks.on_table import finding_on, stored_tables, words_of
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?\Z")


def leftover_table(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table whose name says that it was to be gone by now.

    Some words say so by themselves (`bak`, `tmp`); of others (`old`, `copy`) and of a date the
    table must be there of which it is the copy. Several tables with dates are a series: partitions
    made by hand.
    """
    always, beside = words_of(rule, "always"), words_of(rule, "beside")
    tables = list(stored_tables(facts))
    names = {(table.ref.schema, table.ref.name.lower()) for table in tables}
    bare = {name for _, name in names}
    dated = Counter(_undated(table.ref.name) for table in tables)
    for table in tables:
        words = _words(table.ref.name)
        if len(words) < 2:
            continue
        said = _says(words, always, beside)
        rest = _rest(words, always | beside)
        original = next((name for name in (rest, rest + "s") if name in bare), "")
        alone = dated[_undated(table.ref.name)] == 1
        by_date = _DATE.match(words[-1]) and alone
        if (said in always) or ((said or by_date) and original and original != table.ref.name):
            copied = f"; `{original}` stands beside it" if original else ""
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} is by its name a backup or temporary",
                f"`{said or words[-1]}` in its name{copied}",
            )


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _undated(name: str) -> str:
    words = _words(name)
    return "_".join(words[:-1] if words and _DATE.match(words[-1]) else words)


def _says(words: list[str], always: frozenset[str], beside: frozenset[str]) -> str:
    """Return the word at an end of the name, numbers aside, that says so."""
    plain = [word for word in words if not word.isdigit()]
    ends = [plain[-1], plain[0]] if plain else []
    return next((word for word in ends if word in always or word in beside), "")


def _rest(words: list[str], markers: frozenset[str]) -> str:
    kept = list(words)
    while len(kept) > 1 and (kept[-1] in markers or kept[-1].isdigit()):
        kept.pop()
    while len(kept) > 1 and kept[0] in markers:
        kept.pop(0)
    return "_".join(kept)
