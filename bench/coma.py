"""COMA, a matcher of the columns of two tables, as Valentine ports it to Python (`--group peers`).

Schema only: it is given the names of table and columns and their types, no instances.
"""

from typing import Any

try:
    from valentine.algorithms import Coma
    from valentine.algorithms.matcher_results import MatcherResults
    from valentine.data_sources.base_column import BaseColumn
    from valentine.data_sources.base_table import BaseTable
except ImportError as error:
    raise SystemExit("COMA is wanted: pip install --group peers") from error

from bench.labelled import Pair
from cmis_audit.model.catalog import Table


class _Column(BaseColumn):
    def __init__(self, table: str, name: str, type_name: str) -> None:
        self._table, self._name, self._type = table, name, type_name

    @property
    def unique_identifier(self) -> object:
        return self._table, self._name

    @property
    def name(self) -> str:
        return self._name

    @property
    def data_type(self) -> str:
        return self._type

    @property
    def data(self) -> list[Any]:
        return []


class ComaTable(BaseTable):
    """A table of a catalog as Valentine wants it."""

    def __init__(self, table: Table) -> None:
        self._ref = table.ref
        self._columns = [
            _Column(str(table.ref), column.name, column.type) for column in table.columns
        ]

    @property
    def unique_identifier(self) -> object:
        return str(self._ref)

    @property
    def name(self) -> str:
        return self._ref.name

    def get_columns(self) -> list[BaseColumn]:
        return list(self._columns)

    def get_df(self) -> Any:
        raise NotImplementedError("schema only")

    @property
    def is_empty(self) -> bool:
        return True


def matched(left: ComaTable, right: ComaTable) -> MatcherResults:
    """Return what COMA says of two tables, with its own settings."""
    return MatcherResults(Coma().get_matches(left, right))


def scored(results: MatcherResults) -> dict[Pair, float]:
    """Return its one-to-one assignment of columns with their likeness, however low."""
    found = results.one_to_one_hungarian(threshold=0.0)
    return {(each.source_column, each.target_column): score for each, score in found.items()}


def aligned(results: MatcherResults) -> set[Pair]:
    """Return its assignment above the likeness that it chooses itself, the median."""
    return {(each.source_column, each.target_column) for each in results.one_to_one_hungarian()}
