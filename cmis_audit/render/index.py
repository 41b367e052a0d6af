"""The catalog by table, made once for a report: no cluster has to look through all of it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from cmis_audit.model.catalog import Catalog, ForeignKey, Function, Table, View
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.code_index import CodeIndex
from cmis_audit.model.names import TableRef, quote_ident

_WORD: Final = re.compile(r"[\w$]+")


class Index:
    """What names a table, and in what order the catalog has it."""

    def __init__(self, catalog: Catalog, code: CodeSurvey | None = None) -> None:
        self._catalog = catalog
        self.code = CodeIndex(code) if code else None
        """Where code names the tables; None where no code was searched."""
        self._places = {table.ref: place for place, table in enumerate(catalog.tables)}

    def table(self, ref: TableRef) -> Table | None:
        """Return the table, or None where the catalog does not have it."""
        place = self._places.get(ref)
        return None if place is None else self._catalog.tables[place]

    def tables(self, refs: Iterable[TableRef]) -> list[Table]:
        """Return those of the tables that the catalog has, in its order."""
        places = sorted({self._places[ref] for ref in refs if ref in self._places})
        return [self._catalog.tables[place] for place in places]

    def keys_to(self, refs: Iterable[TableRef]) -> list[tuple[Table, ForeignKey]]:
        """Return the foreign keys that point at the tables, in the catalog's order."""
        places = sorted({each for ref in refs for each in self._keys.get(ref, ())})
        tables = self._catalog.tables
        return [(tables[table], tables[table].foreign_keys[key]) for table, key in places]

    def views_of(self, refs: Iterable[TableRef]) -> list[View]:
        """Return the views that read any of the tables, in the catalog's order."""
        places = sorted({place for ref in refs for place in self._views.get(ref, ())})
        return [self._catalog.views[place] for place in places]

    def functions_of(self, refs: Iterable[TableRef]) -> list[tuple[Function, list[TableRef]]]:
        """Return the functions that may name tables in their body, and those known to read them.

        Each with the tables in question, sorted; in the catalog's order.
        """
        found: dict[int, list[TableRef]] = defaultdict(list)
        for ref in sorted(refs):
            for place in self._reading.get(ref, set()) | self._saying(ref):
                found[place].append(ref)
        return [(self._catalog.functions[place], found[place]) for place in sorted(found)]

    @cached_property
    def _keys(self) -> dict[TableRef, list[tuple[int, int]]]:
        found: dict[TableRef, list[tuple[int, int]]] = defaultdict(list)
        for place, table in enumerate(self._catalog.tables):
            for number, key in enumerate(table.foreign_keys):
                found[key.target].append((place, number))
        return dict(found)

    @cached_property
    def _views(self) -> dict[TableRef, list[int]]:
        found: dict[TableRef, list[int]] = defaultdict(list)
        for place, view in enumerate(self._catalog.views):
            for ref in view.reads:
                found[ref].append(place)
        return dict(found)

    @cached_property
    def _reading(self) -> dict[TableRef, set[int]]:
        found: dict[TableRef, set[int]] = defaultdict(set)
        for place, function in enumerate(self._catalog.functions):
            for ref in function.reads:
                found[ref].add(place)
        return dict(found)

    @cached_property
    def _words(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for place, function in enumerate(self._catalog.functions):
            for word in set(_WORD.findall((function.body or "").casefold())):
                found[word].add(place)
        return dict(found)

    def _saying(self, ref: TableRef) -> set[int]:
        """Return the functions with all words of the table's name: what names it has them whole."""
        words = _WORD.findall(quote_ident(ref.name).casefold())
        if not words:
            return set(range(len(self._catalog.functions)))
        nowhere: set[int] = set()
        return set.intersection(*(self._words.get(word, nowhere) for word in words))
