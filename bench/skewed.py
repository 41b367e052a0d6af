"""Catalogs of any size without a server, skewed as large databases are; the same for a seed.

`id`, `created_at` and `org_id` stand nearly everywhere, other common columns by a falling chance,
and the words of names and of rare columns come from a vocabulary that grows more slowly than the
tables do (Heaps' law). Beside ordinary tables of twelve columns there are satellites of entities
(translations, histories, settings), three families of equal tables that hold a fixed share of the
whole (thousands in a hundred thousand), and one table in a hundred is a changed copy of another.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from bench.generate import COLUMNS, COMMON, NOUNS, OWN
from cmis_audit.model.catalog import Catalog, Column, ForeignKey, Key, Table
from cmis_audit.model.names import TableRef

DUPLICATES = 0.01
SATELLITES = 0.12
ALIASES = 0.03
"""The share of the largest family: one `…_alias` for each of so many entities."""
LOOKUPS = 0.02
"""Small lists of one form under names that have nothing in common."""
PARTS = 0.01
"""One log, a table a day, by hand instead of by partitions."""
TABLES_A_SCHEMA = 400
_GROWTH = 0.6

_TYPES = {
    "varchar(120)": "character varying(120)",
    "timestamptz": "timestamp with time zone",
}
_SYLLABLES = [
    first + second
    for first in ("b", "br", "d", "f", "g", "k", "l", "m", "n", "p", "pr", "r", "s", "t", "tr", "v")
    for second in ("a", "e", "i", "o", "u", "an", "el", "in", "or", "um")
]
_ALIAS = (
    ("name", "text"),
    ("locale", "text"),
    ("sort_name", "text"),
    ("begin_year", "integer"),
    ("end_year", "integer"),
    ("is_primary", "boolean"),
)
_LOOKUP = (("code", "text"), ("name", "text"), ("description", "text"), ("position", "integer"))
_PART = (
    ("event_name", "text"),
    ("payload", "jsonb"),
    ("session_key", "text"),
    ("occurred_at", "timestamptz"),
    ("user_agent", "text"),
)
_SATELLITES = {
    "translation": (("locale", "text"), ("title", "text"), ("description", "text")),
    "setting": (("setting_key", "text"), ("setting_value", "jsonb"), ("is_locked", "boolean")),
    "attachment": (("file_name", "text"), ("checksum", "text"), ("byte_size", "bigint")),
    "comment": (("body", "text"), ("author_id", "uuid"), ("edited_at", "timestamptz")),
}
_MARKERS = ("v2", "old", "backup", "new")
_WEIGHTS = list(accumulate(1 / (place + 3) for place in range(len(COMMON))))


def catalog(tables: int, seed: int) -> Catalog:
    """Return a catalog of so many tables."""
    maker = _Maker(tables, random.Random(seed))
    made = sorted(maker.tables(), key=lambda table: table.ref)
    return Catalog(
        database="skewed",
        server_version="16.4",
        server_version_number=160004,
        read_at="2026-01-02T03:04:05Z",
        role="bench",
        tables=tuple(made),
    )


@dataclass(slots=True)
class _Maker:
    count: int
    chance: random.Random
    words: list[str] = field(init=False)
    odds: list[float] = field(init=False)
    taken: set[TableRef] = field(default_factory=set)
    entities: list[Table] = field(default_factory=list)
    copied: set[TableRef] = field(default_factory=set)
    day: date = date(2010, 1, 1)

    def __post_init__(self) -> None:
        size = int(12 * self.count**_GROWTH)
        known = dict.fromkeys(NOUNS)
        while len(known) < size:
            known["".join(self.chance.choices(_SYLLABLES, k=self.chance.choice((2, 3, 3))))] = None
        self.words = list(known)
        self.odds = list(accumulate(1 / (place + 20) for place in range(len(self.words))))

    def tables(self) -> Iterator[Table]:
        shares = {
            self._alias: ALIASES,
            self._lookup: LOOKUPS,
            self._part: PARTS,
            self._satellite: SATELLITES,
            self._copy: DUPLICATES,
        }
        counts = {make: int(share * self.count) for make, share in shares.items()}
        for _ in range(self.count - sum(counts.values())):
            made = self._entity()
            self.entities.append(made)
            yield made
        for make, count in counts.items():
            yield from (make() for _ in range(count))

    def _word(self) -> str:
        return self.chance.choices(self.words, cum_weights=self.odds)[0]

    def _free(self, schema: str, name: str) -> TableRef:
        """Return the name, with another word before it for as long as it is taken."""
        ref = TableRef(schema=schema, name=name)
        while ref in self.taken:
            ref = TableRef(schema=schema, name=f"{self._word()}_{ref.name}")
        self.taken.add(ref)
        return ref

    def _schema(self) -> str:
        return f"area_{self.chance.randrange(max(self.count // TABLES_A_SCHEMA, 1)):03}"

    def _entity(self) -> Table:
        words = [self._word() for _ in range(self.chance.choice((1, 2, 2, 3)))]
        ref = self._free(self._schema(), "_".join(words))
        columns = {"id": "uuid"}
        if self.chance.random() < 0.9:
            columns["org_id"] = "uuid"
        parent = None
        if self.entities and self.chance.random() < 0.85:
            parent = self.chance.choice(self.entities)
            columns[f"{parent.ref.name}_id"] = "uuid"
        for pattern, type_name in self.chance.sample(OWN, self.chance.choice((1, 2, 2, 3))):
            columns[pattern.format(words[-1])] = type_name
        for _ in range(self.chance.choice((1, 2, 3))):
            columns[f"{self._word()}_{self._word()}"] = "text"
        if self.chance.random() < 0.95:
            columns["created_at"] = "timestamptz"
        if self.chance.random() < 0.8:
            columns["updated_at"] = "timestamptz"
        while len(columns) < COLUMNS:
            [(common, type_name)] = self.chance.choices(COMMON, cum_weights=_WEIGHTS)
            columns[common] = type_name
        return _table(ref, columns, parent)

    def _of(self, parent: Table, kind: str, own: tuple[tuple[str, str], ...]) -> Table:
        columns = {"id": "uuid", f"{parent.ref.name}_id": "uuid", **dict(own)}
        columns["created_at"] = "timestamptz"
        return _table(self._free(parent.ref.schema, f"{parent.ref.name}_{kind}"), columns, parent)

    def _alias(self) -> Table:
        return self._of(self.chance.choice(self.entities), "alias", _ALIAS)

    def _satellite(self) -> Table:
        kind = self.chance.choice(list(_SATELLITES))
        return self._of(self.chance.choice(self.entities), kind, _SATELLITES[kind])

    def _lookup(self) -> Table:
        ref = self._free(self._schema(), f"{self._word()}_{self._word()}")
        return _table(ref, {"id": "uuid", **dict(_LOOKUP)}, None)

    def _part(self) -> Table:
        self.day += timedelta(days=1)
        ref = self._free("logs", f"click_log_{self.day:%Y%m%d}")
        return _table(ref, {"id": "uuid", **dict(_PART)}, None)

    def _copy(self) -> Table:
        """Return a table not copied yet under a name that says copy, its last column changed."""
        original = self.chance.choice(self.entities)
        while original.ref in self.copied:
            original = self.chance.choice(self.entities)
        self.copied.add(original.ref)
        *kept, last = original.columns
        columns = {column.name: column.type for column in kept}
        columns[f"{last.name}_text"] = "text"
        ref = self._free(original.ref.schema, f"{original.ref.name}_{self.chance.choice(_MARKERS)}")
        return _table(ref, columns, None)


def _table(ref: TableRef, columns: dict[str, str], parent: Table | None) -> Table:
    keys: tuple[ForeignKey, ...] = ()
    if parent:
        link = (f"{parent.ref.name}_id",)
        name = f"{ref.name}_fk"
        keys = (ForeignKey(name=name, columns=link, target=parent.ref, target_columns=("id",)),)
    return Table(
        ref=ref,
        columns=tuple(
            Column(name=name, type=_TYPES.get(type_name, type_name), nullable=name != "id")
            for name, type_name in columns.items()
        ),
        primary_key=Key(name=f"{ref.name}_pkey", columns=("id",)),
        foreign_keys=keys,
        comment=f"Keeps {ref.name.replace('_', ' ')}.",
    )
