"""Types that do not agree: of one name, of a key and its target, of moments in time."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from cmis_audit.checks.on_table import finding_on, number_of, stored_tables, words_of
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Rule

_MODIFIER = re.compile(r"\((\d+)[^)]*\)")
_TEXTS = frozenset({"text", "character varying", "citext"})
_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_ZONED, _PLAIN = "timestamp with time zone", "timestamp without time zone"
_LOCAL = re.compile(r"local", re.IGNORECASE)


class Types:
    """The types of a database's columns below their domains."""

    def __init__(self, catalog: Catalog) -> None:
        self._domains = {str(domain.ref): domain.base_type for domain in catalog.domains}
        self.enums = {str(enum.ref) for enum in catalog.enums}
        self._bases: dict[str, str] = {}

    def stored(self, name: str) -> str:
        """Return the type that a domain stands for; any other as it is."""
        seen = 0
        while name in self._domains and seen <= len(self._domains):
            name, seen = self._domains[name], seen + 1
        return name

    def base(self, name: str) -> str:
        """Return the stored type without length and precision; all texts are one."""
        known = self._bases.get(name)
        if known is None:
            known = _MODIFIER.sub("", self.stored(name))
            known = self._bases[name] = "text" if known in _TEXTS else known
        return known

    def limit(self, name: str) -> int | None:
        """Return the length that a text is limited to."""
        found = _MODIFIER.search(self.stored(name))
        return int(found[1]) if found and self.base(name) in ("text", "character") else None


def column_type_conflict(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each column whose type is not that of nearly all columns of its name.

    Integers of other widths differ only where they refer to something; moments with and without a
    time zone and the columns of foreign keys are other rules', and every enum is a type by itself.
    """
    types = Types(facts.catalog)
    passed = words_of(rule, "ignore")
    columns: dict[str, list[tuple[TableRef, str, str]]] = defaultdict(list)
    judged: set[tuple[TableRef, str]] = set()
    for table in stored_tables(facts):
        judged.update((table.ref, name) for key in table.foreign_keys for name in key.columns)
        for column in table.columns:
            if column.name.lower() not in passed and types.stored(column.type) not in types.enums:
                kind = _kind(column.name, types.base(column.type))
                columns[column.name].append((table.ref, column.type, kind))
    for name in sorted(columns):
        found = columns[name]
        ranked = Counter(kind for _, _, kind in found).most_common(2)
        usual, count = ranked[0]
        fewest, share = number_of(rule, "tables", 5), number_of(rule, "share", 0.8)
        if len(ranked) < 2 or len(found) < fewest or count < share * len(found):
            continue
        for ref, type_name, kind in found:
            if kind != usual and (ref, name) not in judged:
                yield finding_on(
                    rule,
                    ref,
                    f"{ref} has `{name}` as {type_name}, where others have {usual}",
                    f"{count} of {len(found)} tables with a column `{name}` agree on {usual}",
                    part=name,
                )


def _kind(name: str, base: str) -> str:
    if base == _PLAIN:
        return _ZONED
    refers = name.lower().endswith("id")
    return "integer" if base in _INTEGERS and not refers else base


def foreign_key_type(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each foreign key whose columns are not of the type they point at."""
    types = Types(facts.catalog)
    tables = {table.ref: table for table in facts.catalog.tables}
    for table in stored_tables(facts):
        own = _types_of(table)
        for key in table.foreign_keys:
            target = tables.get(key.target)
            theirs = _types_of(target) if target else {}
            for column, pointed in zip(key.columns, key.target_columns, strict=False):
                one, other = own.get(column), theirs.get(pointed)
                if one and other and _unlike(one, other, types):
                    yield finding_on(
                        rule,
                        table.ref,
                        f"{table.ref} has `{column}` as {one}; it refers to {other}",
                        f"`{key.name}` points at `{pointed}` of {key.target}",
                        part=f"{key.name} {column}",
                    )


def _types_of(table: Table) -> dict[str, str]:
    return {column.name: column.type for column in table.columns}


def _unlike(one: str, other: str, types: Types) -> bool:
    if types.base(one) != types.base(other):
        return True
    own, theirs = types.limit(one), types.limit(other)
    return own is not None and (theirs is None or own < theirs)


def mixed_timestamps(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table with moments that have no time zone, beside some that have.

    Beside: in the same table, or in most columns of the database. A column named for a local time
    is meant so.
    """
    types = Types(facts.catalog)
    every: Counter[str] = Counter()
    found: list[tuple[TableRef, list[str], list[str]]] = []
    for table in stored_tables(facts):
        sides: dict[str, list[str]] = {_PLAIN: [], _ZONED: []}
        for column in table.columns:
            base = types.base(column.type)
            if base in sides and not _LOCAL.search(column.name):
                sides[base].append(column.name)
        every.update({kind: len(names) for kind, names in sides.items()})
        found.append((table.ref, sides[_PLAIN], sides[_ZONED]))
    usual = every[_ZONED] > every[_PLAIN]
    for ref, plain, zoned in found:
        if plain and (zoned or usual):
            beside = (
                f"`{zoned[0]}` of the same table has one"
                if zoned
                else f"{every[_ZONED]} of {every.total()} such columns of the database have one"
            )
            names = ", ".join(f"`{name}`" for name in plain)
            yield finding_on(rule, ref, f"{ref} keeps moments without a time zone: {names}", beside)
