"""What MATCH found out about two tables."""

from collections.abc import Callable
from enum import StrEnum

from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import Marker, SchemaTraits, Traits
from cmis_audit.model.value import Value

ALIKE = 0.5  # Jaccard of the names from which two tables look alike
CONTAINED = 0.75
TELLING_BITS = 4.0  # of the columns in common, without which nothing looks alike
HELD = 0.5  # of a table's columns, from which it may be a part of the other
TELLING_COLUMN = 5.0  # bits of a column that hardly any third table has; a part has one


class Alike(StrEnum):
    """How two column names came to be taken for the same column."""

    EXACT = "exact"
    OWN_NAME = "own-name"
    """Equal once the table's own name is taken off: `social_post_id` of `social_posts`."""
    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"
    KEY = "key"
    """Each is the whole primary key of its table."""
    RANGE = "range"
    """A range here, its lower bound there; the upper bound has no partner of its own."""
    SIMILAR = "similar"


class Relation(StrEnum):
    """How two table names are related, strongest first."""

    MARKED = "marked"
    """Equal but for markers such as `_v2`, `_old`, `tmp_`."""
    SAME = "same"
    """Equal words; the schemas differ, or only the writing does."""
    SYNONYM = "synonym"
    QUALIFIED = "qualified"
    """The one is the other with words before it: `scheduled_post` and `post`."""
    PART = "part"
    """The one is the other with words after it: `order_item` and `order`."""
    SIBLING = "sibling"
    """The same pattern with other words in it: `artist_alias` and `label_alias`."""
    KIN = "kin"
    """Some words are shared."""
    NONE = "none"


class Evidence(Value, frozen=True, kw_only=True):
    """One reason for or against two tables being one."""

    signal: str
    bits: float
    """Positive for, negative against; rounded to two decimals."""
    detail: str


class ColumnMatch(Value, frozen=True, kw_only=True):
    left: str
    right: str
    how: Alike
    bits: float
    same_type: bool


class Match(Value, frozen=True, kw_only=True):
    """Two tables with the evidence that they store the same thing; `left` sorts before `right`."""

    left: TableRef
    right: TableRef
    relation: Relation
    markers: tuple[Marker, ...]
    """What the markers say that make the difference of the names, when MARKED."""
    bits: float
    """The sum of the evidence and the counter-evidence."""
    confidence: float
    """The share of pairs with so many bits that were right on labelled schemas, 0 to 1."""
    columns: tuple[ColumnMatch, ...]
    """The alignment; a column stands in it once at most. In the order of the left table."""
    same_name_columns: tuple[str, ...]
    containment: float
    """Aligned columns over the columns of the smaller table, 0 to 1."""
    jaccard: float
    """Equal names over all names, 0 to 1."""
    successor: TableRef | None = None
    """The one of the two that a comment says to use."""
    evidence: tuple[Evidence, ...]
    counter_evidence: tuple[Evidence, ...]


class TenantGroup(Value, frozen=True, kw_only=True):
    """Schemas that repeat one template."""

    template: str
    copies: tuple[str, ...]
    tables: tuple[TableRef, ...]
    """Of the template, those that most of the schemas have."""


class ImpliedReference(Value, frozen=True, kw_only=True):
    """A column that by its name refers to another table, without a foreign key."""

    table: TableRef
    column: str
    target: TableRef


class Matches(Value, frozen=True, kw_only=True):
    """All that MATCH hands on."""

    traits: tuple[Traits, ...]
    """Of every table that took part, sorted by table."""
    matches: tuple[Match, ...]
    """Of every pair that may be one thing or look alike, sorted by pair."""
    passed_over: Callable[[TableRef, TableRef], Match | None]
    """The ledger of a pair that only its names brought up and that could not come to anything: of
    use where other tables bring the two together. None for a pair that nothing brought up."""
    tenants: tuple[TenantGroup, ...] = ()
    """Their copies took no part; the template did."""
    schemas: tuple[SchemaTraits, ...] = ()
    """Of every schema with a table, sorted by name."""
    references: tuple[ImpliedReference, ...] = ()
    """Those of the tables that took part, sorted by table, then as the columns stand."""
