"""Rules, packs and the knowledge in them: data with reasons, read from `rules/`."""

from enum import StrEnum

from cmis_audit.model.value import Value


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Unit(StrEnum):
    """What one charge is for."""

    CLUSTER = "cluster"
    TABLE = "table"
    FINDING = "finding"


class Parameter(Value, frozen=True, kw_only=True):
    name: str
    value: str | int | float | bool | tuple[str, ...]


class Rule(Value, frozen=True, kw_only=True):
    code: str
    title: str
    severity: Severity
    check: str
    """A key of `cmis_audit.checks.CHECKS`."""
    unit: Unit
    points: float
    """Taken off the score for each unit; in a pack with a scale, for the first of each share."""
    cap: float
    """The most that the rule takes off; in a pack with a scale it comes near, never there."""
    drops: bool = False
    """Its remedy is to drop the tables: they do not count where a score is by the tables."""
    parameters: tuple[Parameter, ...] = ()
    page: str = ""
    """The Markdown below the front matter."""
    fires: tuple[str, ...] = ()
    """SQL that must give a finding, a block each."""
    silent: tuple[str, ...] = ()
    """SQL that must give none."""


class Scale(Value, frozen=True, kw_only=True):
    """How a pack charges by the size of a database, so that databases of other sizes compare.

    A rule with `d` units per so many tables takes `cap * points * d / (cap + points * d)` per cent
    of what the other rules leave: at first `points` for each, never as much as `cap`.
    """

    per_tables: int
    least_tables: int
    """A smaller database is charged as if it had so many."""
    ceiling: float
    """What the score starts from while a finding of severity high or critical is open."""


class Grade(Value, frozen=True, kw_only=True):
    grade: str
    label: str
    at_least: float


class Lexicon(Value, frozen=True, kw_only=True):
    """What words mean in table and column names; every word in lower case and singular."""

    version_markers: frozenset[str]
    copy_markers: frozenset[str]
    archive_markers: frozenset[str]
    neutral_words: frozenset[str]
    """Say nothing about the entity when they stand first or last: `data`, `info`, `my`."""
    part_words: frozenset[str]
    """The word for a part of a table split in two: `base`, `details`, `ext`."""
    state_words: frozenset[str]
    """Say that a table holds the rows of one state or side: `current`, `applied`, `remote`."""
    opposites: tuple[tuple[str, ...], ...]
    """Two words each that name the two sides of one thing: `in` and `out`."""
    format_words: frozenset[str]
    """Ways to write the same thing down: `json`, `xml`."""
    plumbing_tables: frozenset[str]
    """Tables that every service has for itself: `outbox`, `job_queue`."""
    layer_words: frozenset[str]
    """Schemas that are stages of a warehouse's load: `raw`, `staging`, `gold`."""
    lookup_columns: frozenset[str]
    """The columns of lookup tables."""
    satellite_words: tuple[tuple[str, tuple[str, ...]], ...]
    """What a table beside its entity is for, and the words that say so."""
    table_synonyms: tuple[tuple[str, ...], ...]
    column_synonyms: tuple[tuple[str, ...], ...]
    plurals: tuple[tuple[str, str], ...]
    """Irregular plural and its singular."""
    common_columns: tuple[tuple[str, float], ...]
    """The share of tables anywhere that have the column."""
    metric_table_words: frozenset[str]
    metric_name_columns: frozenset[str]
    metric_value_columns: frozenset[str]
    metric_json_columns: frozenset[str]
    metric_target_columns: frozenset[str]
    measure_words: frozenset[str]
    """Words of columns that count or measure: `impression`, `click`, `amount`."""
    code_words: frozenset[str]
    """Words of numeric columns that encode or place something: `type`, `status`, `position`."""
    random_words: frozenset[str]
    """Words of columns whose values are drawn for each row anew: `token`, `hash`."""
    grain_words: frozenset[str]
    type_words: frozenset[str]
    """Words that split a store by the type of its value: `int`, `text`."""
    facets: tuple[tuple[str, tuple[str, ...]], ...]
    """A word that tells tables of one name apart, and the columns that suggest it."""
    replaces_phrases: tuple[str, ...]
    """Regular expressions that, before a table's name in a comment, say that it is replaced."""
    replaced_phrases: tuple[str, ...]
    """... and that say that it is what replaces the table with the comment."""


class Weight(Value, frozen=True, kw_only=True):
    """A number of the engine, by name."""

    name: str
    value: float


class RulePack(Value, frozen=True, kw_only=True):
    name: str
    title: str
    fingerprint: str
    """SHA-256 over the pack's files."""
    rules: tuple[Rule, ...]
    grades: tuple[Grade, ...]
    """Best first; the last takes what is below."""
    lexicon: Lexicon
    weights: tuple[Weight, ...]
    scale: Scale | None = None
    """None where each unit costs the same, whatever the size of the database."""
