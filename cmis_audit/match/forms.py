"""Tables in the form in which they are compared, and what is common among them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import product
from math import fsum, log2

from cmis_audit.match.bodies import Together, tables_together
from cmis_audit.match.columns import ColumnForm, ColumnReader, type_family
from cmis_audit.match.confidence import Confidence
from cmis_audit.match.patterns import BitMasks, Pattern
from cmis_audit.match.schema_names import SchemaNames
from cmis_audit.match.shapes import ShapeReader
from cmis_audit.match.table_names import NameReader
from cmis_audit.match.tenants import repeated_tables, tenant_groups
from cmis_audit.match.words import Singulars, Synonyms
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.match import ColumnMatch
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack
from cmis_audit.model.traits import Affix, Traits

_NEARLY_ALL = 0.8  # of the bits of a set of columns, of the names of a schema
_HOUSE = 10  # tables of a schema, from which a word before all names is its mark
_REPEATED = 0.75  # of all table names of two schemas, in both
_FEWEST_REPEATED = 2  # one table may stand in two schemas for any reason
_FEW = 200  # tables that are sooner looked at one by one
_MOST_COLUMNS = 14  # of a set, for which the ways of having nearly all of it are tried
MANY_HOLDERS = 500
"""Tables with a set of columns; of more it is not asked which they are."""


class TableForm:
    """A table as MATCH sees it."""

    __slots__ = (
        "by_key",
        "by_name",
        "columns",
        "has_key",
        "keys",
        "nouns",
        "number",
        "table",
        "traits",
    )

    def __init__(
        self, number: int, table: Table, traits: Traits, columns: tuple[ColumnForm, ...]
    ) -> None:
        self.number = number
        self.table = table
        self.traits = traits
        self.columns = columns
        self.by_key = {column.key: column for column in columns}
        self.by_name = {column.name: column for column in columns}
        self.keys = frozenset(self.by_key)
        self.nouns = frozenset(traits.stem)
        self.has_key = any(column.is_key for column in columns)


class _Bits(dict[str, float]):
    """The bits of each column key, told when they are first asked for."""

    def __init__(self, tell: Callable[[str], float]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, key: str) -> float:
        bits = self[key] = self._tell(key)
        return bits


class Database:
    """Every table's form, and how common each column is among them.

    Inheritance children take part only through their parents, tenants' schemas through their
    template; partitions are folded already.
    """

    def __init__(self, catalog: Catalog, pack: RulePack) -> None:
        lexicon = pack.lexicon
        self.weights = {weight.name: weight.value for weight in pack.weights}
        self.confidence = Confidence(self.weights)
        self.lexicon = lexicon
        self.table_synonyms = Synonyms(lexicon.table_synonyms)
        self.column_synonyms = Synonyms(lexicon.column_synonyms)
        reader = NameReader(lexicon)
        reader.learn(table.ref.name for table in catalog.tables)
        self.schemas = SchemaNames((table.ref.schema for table in catalog.tables), reader)
        self.tenants = tenant_groups(catalog, self.schemas, lexicon.layer_words)
        self.markers = reader.markers
        self._tenant_of = {
            schema: (number, schema)
            for number, group in enumerate(self.tenants)
            for schema in (group.template, *group.copies)
        }
        copies = self.schemas.copies_of(self._tenant_of)
        self._tenant_of |= {copy: self._tenant_of[tenant] for copy, tenant in copies.items()}
        self.forms = _forms(
            catalog,
            pack,
            reader,
            repeated_tables(
                catalog, self.tenants, lambda name: reader.stem(name)[0], set(copies.values())
            ),
        )
        self.by_ref = {form.traits.ref: form for form in self.forms}
        self.tables_with: dict[str, list[int]] = defaultdict(list)
        self.word_tables: Counter[str] = Counter()
        self.first_words = Counter(form.traits.stem[0] for form in self.forms)
        self._by_name: dict[str, list[TableForm]] = defaultdict(list)
        self.by_stem: dict[tuple[str, ...], list[TableForm]] = defaultdict(list)
        self._schema_names: dict[str, dict[tuple[str, ...], list[int]]] = defaultdict(dict)
        self.children: dict[TableRef, list[int]] = defaultdict(list)
        """The tables that belong to each, by their numbers."""
        for form in self.forms:
            for parent in form.traits.parents:
                self.children[parent].append(form.number)
            self.by_stem[form.traits.stem].append(form)
            self._by_name[form.traits.ref.name].append(form)
            names = self._schema_names[form.traits.ref.schema]
            names.setdefault(form.traits.words, []).append(form.number)
            for key in form.keys:
                self.tables_with[key].append(form.number)
            self.word_tables.update(set(form.traits.stem))
        self._common = dict(lexicon.common_columns)
        self.together = self._together(catalog)
        """What views and functions do with two tables, the first by name first."""
        self.copied_schemas: frozenset[tuple[str, str]] = frozenset()
        """Pairs of schemas whose tables of equal names were mostly found to be one, sorted."""
        self._bits = _Bits(self._column_bits)
        self._whole_bits: dict[int, float] = {}
        self._patterns: dict[frozenset[str], Pattern] = {}
        self._shared_names: dict[tuple[str, str], int] = {}
        self.column_matches: dict[tuple[object, ...], ColumnMatch] = {}
        """Every column match that was found, once: most pairs share the same few columns."""
        self._nouns = [form.nouns for form in self.forms]
        self._masks = BitMasks(len(self.forms), self.tables_with)

    def _together(self, catalog: Catalog) -> dict[tuple[TableRef, TableRef], list[Together]]:
        found: dict[tuple[TableRef, TableRef], list[Together]] = defaultdict(list)
        for one in tables_together(catalog, self._named):
            found[one.left, one.right].append(one)
        return found

    def _named(self, schema: str, name: str) -> TableRef | None:
        """Return the table that a name in a body means; a bare one only where it is clear."""
        meant = [
            form.traits.ref
            for form in self._by_name.get(name, ())
            if schema in ("", form.traits.ref.schema)
        ]
        return meant[0] if len(meant) == 1 else None

    def of_two_tenants(self, left: TableForm, right: TableForm) -> bool:
        """Tell whether the tables are of different tenants of one template.

        A copy of a tenant's schema is that tenant's.
        """
        one = self._tenant_of.get(left.traits.ref.schema)
        other = self._tenant_of.get(right.traits.ref.schema)
        return one is not None and other is not None and one != other and one[0] == other[0]

    def repeat_each_other(self, left: str, right: str) -> bool:
        """Tell whether two schemas of several tables have most of their names in common."""
        one, other = self._schema_names[left], self._schema_names[right]
        shared = self._names_in_both(left, right)
        every = len(one) + len(other) - shared
        return shared >= _FEWEST_REPEATED and shared >= _REPEATED * every

    def _names_in_both(self, left: str, right: str) -> int:
        known = self._shared_names.get((left, right))
        if known is None:
            known = len(self._schema_names[left].keys() & self._schema_names[right].keys())
            self._shared_names[left, right] = known
        return known

    def of_equal_names(self, left: str, right: str) -> list[tuple[int, int]]:
        """Return the pairs of tables of one name in two schemas, by number, the smaller first."""
        one, other = self._schema_names[left], self._schema_names[right]
        return sorted(
            (min(pair), max(pair))
            for words in one.keys() & other.keys()
            for pair in product(one[words], other[words])
        )

    def named_from(self, form: TableForm, name: str) -> TableForm | None:
        """Return which table a bare name means from a table's point of view, if it is clear."""
        named = self._by_name.get(name, [])
        own = [one for one in named if one.traits.ref.schema == form.traits.ref.schema]
        meant = own or named
        return meant[0] if len(meant) == 1 else None

    def with_stem(self, stem: tuple[str, ...]) -> tuple[TableForm, ...]:
        """Return the tables whose names are equal but for markers."""
        return tuple(self.by_stem.get(stem, ()))

    def schema_overlap(self, left: str, right: str) -> float:
        """Return the share of the smaller schema's table names that the larger has too."""
        one, other = self._schema_names[left], self._schema_names[right]
        return self._names_in_both(left, right) / min(len(one), len(other))

    def column_bits(self, key: str) -> float:
        """Return how surprising it is that two tables share the column, in bits, never negative.

        -log2 of the share of the other tables that have it. The pack's share of tables anywhere
        counts like `prior_tables` more of them, so that a small database is not taken at its word.
        """
        return self._bits[key]

    def _column_bits(self, key: str) -> float:
        prior = self.weights["column.prior_tables"]
        anywhere = self._common.get(key, self.weights["column.unknown_share"])
        others = max(len(self.tables_with.get(key, ())) - 2, 0)
        share = (others + prior * anywhere) / (max(len(self.forms) - 2, 0) + prior)
        return min(-log2(min(share, 1.0)), self.weights["column.cap"])

    def tables_with_all(self, keys: frozenset[str]) -> Pattern:
        """Return the tables that have nearly all of the columns, by their bits."""
        known = self._patterns.get(keys)
        if known is None:
            known = self._patterns[keys] = self._pattern(keys)
        return known

    def _pattern(self, keys: frozenset[str]) -> Pattern:
        total = self.bits_of(keys)
        if not total:
            return Pattern(0, tuple, self._nouns)
        enough = _NEARLY_ALL * total
        prefix = self.rarest(keys, enough)
        some = sum(len(self.tables_with[key]) for key in prefix)
        if some <= _FEW or len(keys) > _MOST_COLUMNS:
            holders = {number for key in prefix for number in self.tables_with[key]}
            numbers = [
                number
                for number in sorted(holders)
                if self.bits_of(keys & self.forms[number].keys) >= enough
            ]
            return Pattern(len(numbers), lambda: numbers, self._nouns)
        ordered = self._rarest_first(keys)
        bits = [self.column_bits(key) for key in ordered]

        def mask() -> int:
            return self._masks.with_nearly_all(ordered, bits, enough, len(prefix))

        return Pattern(mask().bit_count(), lambda: self._masks.numbers(mask()), self._nouns)

    def bits_of(self, keys: Iterable[str]) -> float:
        """Return the bits of several columns together.

        Summed exactly: sets have no order, and what shares just half must do so in every run.
        """
        return fsum(map(self._bits.__getitem__, keys))

    def whole_bits(self, form: TableForm) -> float:
        """Return the bits of all columns of a table."""
        known = self._whole_bits.get(form.number)
        if known is None:
            known = self.bits_of(column.key for column in form.columns)
            self._whole_bits[form.number] = known
        return known

    def rarest(self, keys: frozenset[str], enough: float) -> list[str]:
        """Return the rarest of the columns, without which less than `enough` bits remain.

        Whoever has that much of the columns has one of these: a similarity join's prefix filter.
        """
        left = self.bits_of(keys)
        prefix = []
        for key in self._rarest_first(keys):
            if left < enough:
                break
            prefix.append(key)
            left -= self._bits[key]
        return prefix

    def _rarest_first(self, keys: Iterable[str]) -> list[str]:
        bits = self._bits
        return sorted(keys, key=lambda key: (-bits[key], key))


def known_families(catalog: Catalog) -> dict[str, str]:
    """Return the families of the database's own types: its enums and domains."""
    known = {str(enum.ref): "enum" for enum in catalog.enums}
    known |= {enum.ref.name: "enum" for enum in catalog.enums}
    for domain in catalog.domains:
        family = type_family(domain.base_type, known)
        known[str(domain.ref)] = known[domain.ref.name] = family
    return known


def _forms(
    catalog: Catalog, pack: RulePack, reader: NameReader, left_out: set[TableRef]
) -> tuple[TableForm, ...]:
    lexicon = pack.lexicon
    shapes, singular = ShapeReader(lexicon), Singulars(lexicon)
    known = known_families(catalog)
    tables = [table for table in catalog.tables if not table.inherits and table.ref not in left_out]
    parsed = {table.ref: reader.stem(table.ref.name) for table in tables}
    prefixes = _house_prefixes(parsed)
    parsed = {
        ref: _without_prefix(whole, prefixes.get(ref.schema)) for ref, whole in parsed.items()
    }
    columns_of = ColumnReader(singular, Synonyms(lexicon.column_synonyms), known)
    columns = {table.ref: columns_of.forms(table, parsed[table.ref][0]) for table in tables}
    owners = _owners(tables, parsed, columns)
    forms = []
    for number, table in enumerate(tables):
        stem, affixes = parsed[table.ref]
        words = reader.words(table.ref.name)
        shape, naming, measures = shapes.shape(words, columns[table.ref])
        traits = Traits(
            ref=table.ref,
            words=words,
            stem=stem,
            affixes=affixes,
            schema_words=reader.words(table.ref.schema),
            satellite=reader.satellite(words),
            parents=_parents(table, columns[table.ref], owners),
            shape=shape,
            naming=naming,
            measures=measures,
            numbers=shapes.numbers(columns[table.ref]),
        )
        forms.append(TableForm(number, table, traits, columns[table.ref]))
    return tuple(forms)


def _house_prefixes(
    parsed: dict[TableRef, tuple[tuple[str, ...], tuple[Affix, ...]]],
) -> dict[str, str]:
    """Return the word that nearly all names of a schema begin with, by schema: it says nothing."""
    names = Counter(ref.schema for ref in parsed)
    first = Counter((ref.schema, stem[:1]) for ref, (stem, _) in parsed.items())
    return {
        schema: "".join(word)
        for (schema, word), count in sorted(first.items())
        if names[schema] >= _HOUSE and count >= _NEARLY_ALL * names[schema]
    }


def _without_prefix(
    parsed: tuple[tuple[str, ...], tuple[Affix, ...]], prefix: str | None
) -> tuple[tuple[str, ...], tuple[Affix, ...]]:
    stem, affixes = parsed
    return (stem[1:], affixes) if len(stem) > 1 and stem[0] == prefix else parsed


def _owners(
    tables: list[Table],
    parsed: dict[TableRef, tuple[tuple[str, ...], tuple[Affix, ...]]],
    columns: dict[TableRef, tuple[ColumnForm, ...]],
) -> dict[str, TableRef]:
    """Return which table a column of a given name points at, where that is unambiguous."""
    found: dict[str, set[TableRef]] = defaultdict(set)
    for table in tables:
        stem = "_".join(parsed[table.ref][0])
        key = next((column for column in columns[table.ref] if column.is_key), None)
        if key and len(stem) > 1:
            found[f"{stem}_id"].add(table.ref)
            if key.name != "id" and key.name.endswith("id"):
                found[key.name].add(table.ref)
    plain = {name: _plainest(refs, name) for name, refs in found.items()}
    return {name: ref for name, ref in plain.items() if ref}


def _plainest(refs: set[TableRef], name: str) -> TableRef | None:
    """Return the one table, or the only one whose name begins as the column does."""
    if len(refs) == 1:
        return next(iter(refs))
    head = name.removesuffix("_id").removesuffix("id")
    named = [ref for ref in refs if ref.name.removesuffix("s") == head or ref.name == head]
    return named[0] if len(named) == 1 else None


def _parents(
    table: Table, columns: tuple[ColumnForm, ...], owners: dict[str, TableRef]
) -> tuple[TableRef, ...]:
    parents = {key.target for key in table.foreign_keys}
    for column in columns:
        if column.reference or column.is_key:
            continue
        owner = owners.get(column.name.lower()) or owners.get("_".join(column.words))
        if owner and owner != table.ref:
            column.reference = owner
            parents.add(owner)
    parents.discard(table.ref)
    return tuple(sorted(parents))
