"""What a table's name and shape say about it, worked out once and used by MATCH and CLUSTER."""

from enum import StrEnum

from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value


class MetricShape(StrEnum):
    """How a table stores measurements."""

    WIDE = "wide"
    NAME_VALUE = "name/value"
    JSON = "json"
    TARGET = "kpi/target"
    SINGLE = "single"
    """One metric a table: owner, time, value."""


class Marker(StrEnum):
    """What an affix of a table name says of its relation to the table without it."""

    VERSION = "version"
    COPY = "copy"
    ARCHIVE = "archive"
    NEUTRAL = "neutral"
    PART = "part"


PUT_AWAY = frozenset({Marker.COPY, Marker.ARCHIVE})
"""The markers of what was copied or put away: its rows are old."""


class Affix(Value, frozen=True, kw_only=True):
    word: str
    marker: Marker


class SchemaTraits(Value, frozen=True, kw_only=True):
    """What the name of a schema says of its relation to others."""

    name: str
    base: tuple[str, ...]
    """The words that mark nothing: `app` of `app_backup_20240115`; none of `archive`."""
    markers: tuple[Affix, ...]
    """Words that mark a version, a copy or what was put away, and a date."""


class Traits(Value, frozen=True, kw_only=True):
    ref: TableRef
    words: tuple[str, ...]
    """All words of the name, singular."""
    stem: tuple[str, ...]
    """The words without markers; never empty."""
    affixes: tuple[Affix, ...]
    schema_words: tuple[str, ...]
    satellite: str | None
    """What the last word says the table is for beside its entity: `history`, `translation`."""
    parents: tuple[TableRef, ...]
    """Tables it points at, by foreign key or by a column named after their key; sorted."""
    shape: MetricShape | None
    naming: str | None
    """The column that names the metric."""
    measures: tuple[str, ...]
    """The columns that hold the measured values."""
    numbers: tuple[str, ...]
    """Numeric columns that neither identify, refer nor encode: what could be measured."""

    @property
    def put_away(self) -> bool:
        """Tell whether its name says that the table is a copy or was put away."""
        return any(affix.marker in PUT_AWAY for affix in self.affixes)
