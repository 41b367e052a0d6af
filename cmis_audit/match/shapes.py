"""Tables that store measurements, and in which of four shapes they do."""

from cmis_audit.match.columns import ColumnForm
from cmis_audit.model.rule import Lexicon
from cmis_audit.model.traits import MetricShape

_NUMERIC = frozenset({"integer", "decimal"})
_BARE_NAMES = frozenset({"name", "key", "type", "code"})
_FEWEST_MEASURES = 2
_MOST_BESIDE_DOCUMENT = 4  # columns, of a table that is little more than one document
_MOST_OF_SINGLE = 4  # columns: an id, an owner, a time, a value


class ShapeReader:
    """Recognises metric tables with a pack's word lists."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def shape(
        self, words: tuple[str, ...], columns: tuple[ColumnForm, ...]
    ) -> tuple[MetricShape | None, str | None, tuple[str, ...]]:
        """Return the shape, the column that names the metric and the columns that hold values.

        A table with no word for measuring in its name is one only when a column names the metric;
        a JSON column called `metrics` beside other things is a property, not a metric store.
        """
        lexicon = self._lexicon
        says_metric = not lexicon.metric_table_words.isdisjoint(words)
        names = lexicon.metric_name_columns | (_BARE_NAMES if says_metric else frozenset())
        naming = _first(columns, names, frozenset({"text", "enum"}))
        value = _first(columns, lexicon.metric_value_columns, _NUMERIC)
        if naming and value:
            targets = tuple(
                column.name
                for column in columns
                if column.key in lexicon.metric_target_columns and column.family in _NUMERIC
            )
            shape = MetricShape.TARGET if targets else MetricShape.NAME_VALUE
            return shape, naming, (value, *targets)
        if value and _is_single(columns, value):
            return MetricShape.SINGLE, None, (value,)
        if not says_metric:
            return None, None, ()
        document = _first(columns, lexicon.metric_json_columns, frozenset({"json"}))
        if document:
            return MetricShape.JSON, None, (document,)
        measures = tuple(
            column.name
            for column in columns
            if column.family in _NUMERIC
            and not column.reference
            and not column.is_key
            and not lexicon.measure_words.isdisjoint(column.words)
        )
        if len(measures) >= _FEWEST_MEASURES:
            return MetricShape.WIDE, None, measures
        documents = [column.name for column in columns if column.family == "json"]
        if len(documents) == 1 and len(columns) <= _MOST_BESIDE_DOCUMENT + 1:
            return MetricShape.JSON, None, (documents[0],)
        return None, None, ()

    def numbers(self, columns: tuple[ColumnForm, ...]) -> tuple[str, ...]:
        """Return the numeric columns that neither identify, refer nor encode."""
        return tuple(
            column.name
            for column in columns
            if column.family in _NUMERIC
            and not column.is_key
            and not column.reference
            and self._lexicon.code_words.isdisjoint(column.words)
            and not column.name.lower().endswith("id")
        )


def _is_single(columns: tuple[ColumnForm, ...], value: str) -> bool:
    """Tell whether the table is an owner, a time and one value, perhaps with an id of its own."""
    times = [column for column in columns if column.family in {"timestamp", "date"}]
    rest = [column for column in columns if column not in times and column.name != value]
    return (
        len(columns) <= _MOST_OF_SINGLE
        and len(times) == 1
        and len(rest) in {1, 2}
        and all(column.name.lower().endswith(("id", "guid", "key")) for column in rest)
    )


def _first(
    columns: tuple[ColumnForm, ...], names: frozenset[str], families: frozenset[str]
) -> str | None:
    for column in columns:
        known = column.key in names or column.name in names
        if known and column.family in families and not column.reference:
            return column.name
    return None
