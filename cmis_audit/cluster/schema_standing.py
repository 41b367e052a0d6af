"""Which of several schemas with the same tables should stay."""

from collections import Counter, defaultdict
from math import log2

from cmis_audit.cluster.canonical import AGAINST
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import SchemaTraits

_UNDATED = "99999999"


class SchemaStanding:
    """What speaks for a schema as the one to keep, weighed like that for a table."""

    def __init__(self, catalog: Catalog, traits: tuple[SchemaTraits, ...]) -> None:
        self._traits = {one.name: one for one in traits}
        self._tables: dict[str, list[Table]] = defaultdict(list)
        self._pointing: dict[str, set[TableRef]] = defaultdict(set)
        self._read_by: Counter[str] = Counter()
        for table in catalog.tables:
            self._tables[table.ref.schema].append(table)
            for key in table.foreign_keys:
                if key.target.schema != table.ref.schema:
                    self._pointing[key.target.schema].add(table.ref)
        reading = [(view.ref, view.reads) for view in catalog.views]
        reading += [(function.ref, function.reads) for function in catalog.functions]
        for reader, read in reading:
            self._read_by.update({ref.schema for ref in read} - {reader.schema})

    def best(self, schemas: set[str]) -> str:
        """Return the schema to keep; of equals the later by its date, then the first by name."""
        by_name = sorted(schemas)
        latest_first = sorted(by_name, key=self._date, reverse=True)
        return max(latest_first, key=lambda one: round(self._worth(one, schemas), 6))

    def reason(self, schema: str, others: set[str]) -> str:
        """Return why it is the one to keep, in words."""
        reasons = []
        marked = any(self._traits[other].markers for other in others)
        if marked and not self._traits[schema].markers:
            reasons.append("its name bears no marker")
        pointing = self._pointed_at(schema, others | {schema})
        if pointing:
            reasons.append(
                f"{pointing} {'tables' if pointing > 1 else 'table'} outside "
                f"{'point' if pointing > 1 else 'points'} at it"
            )
        if self._read_by[schema]:
            number = self._read_by[schema]
            readers = "views or functions" if number > 1 else "view or function"
            reasons.append(f"{number} {readers} outside {'read' if number > 1 else 'reads'} it")
        tables, rows = len(self._tables[schema]), self._rows(schema)
        if all(tables > len(self._tables[other]) for other in others):
            reasons.append(f"it has the most tables ({tables})")
        if rows and all(rows > self._rows(other) for other in others):
            reasons.append(f"it has the most rows (about {rows:,})")
        return ", ".join(reasons) or "nothing sets the schemas apart; the first by name"

    def _worth(self, schema: str, among: set[str]) -> float:
        """Return the markers of the name, what depends on the schema, and what it holds."""
        return (
            min((AGAINST[affix.marker] for affix in self._traits[schema].markers), default=0.0)
            + 2 * log2(1 + self._pointed_at(schema, among))
            + log2(1 + self._read_by[schema])
            + log2(1 + len(self._tables[schema]))
            + 0.25 * log2(1 + self._rows(schema))
        )

    def _pointed_at(self, schema: str, among: set[str]) -> int:
        """Return how many tables of schemas that are not compared point into the schema."""
        return sum(ref.schema not in among for ref in self._pointing[schema])

    def _rows(self, schema: str) -> int:
        statistics = (table.statistics for table in self._tables[schema])
        return sum((one.rows_estimate or 0) if one else 0 for one in statistics)

    def _date(self, schema: str) -> str:
        """Return the date in the name, after every date where there is none."""
        digits = [one.word for one in self._traits[schema].markers if one.word.isdigit()]
        return digits[0] if digits else _UNDATED
