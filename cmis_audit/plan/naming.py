"""Names for what a plan creates: at most 63 bytes, never one that is taken."""

import hashlib
import re
from collections.abc import Iterable

from cmis_audit.model.catalog import Catalog

LONGEST_BYTES = 63
_BOOK = "cmis_audit_"
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def folder(number: int, name: str) -> str:
    """Return what the folder of a plan is called: `01-social-posts`."""
    words = _NOT_PLAIN.sub("-", name.lower()).strip("-")[:40].strip("-") or "cluster"
    return f"{number:02d}-{words}"


def clipped(name: str, ending: str = "") -> str:
    """Return name and ending in 63 bytes; a name that is cut keeps a mark of what it was."""
    whole = (name + ending).encode()
    if len(whole) <= LONGEST_BYTES:
        return name + ending
    mark = "_" + hashlib.sha256(name.encode()).hexdigest()[:4] + ending
    room = LONGEST_BYTES - len(mark.encode())
    return name.encode()[:room].decode(errors="ignore") + mark


class Names:
    """The names that are taken, by schema; each that is given out is taken from then on."""

    def __init__(self, catalog: Catalog) -> None:
        self._taken: dict[str, set[str]] = {}
        for table in catalog.tables:
            self._take(table.ref.schema, table.ref.name)
            keys = (*table.uniques, *((table.primary_key,) if table.primary_key else ()))
            for carried in (*keys, *table.indexes, *table.exclusions):
                self._take(table.ref.schema, carried.name)
        named = (
            *(each.ref for each in catalog.views),
            *(each.ref for each in catalog.sequences),
            *(each.ref for each in catalog.enums),
            *(each.ref for each in catalog.domains),
            *(each.ref for each in catalog.composite_types),
        )
        for ref in named:
            self._take(ref.schema, ref.name)
        self._schemas = {schema.name for schema in catalog.schemas}

    def free(self, schema: str, name: str, ending: str = "") -> str:
        """Return the name, or the nearest one that is free in the schema, and take it."""
        found = first_free(name, ending, self._taken.get(schema, ()))
        self._take(schema, found)
        return found

    def free_schema(self, name: str) -> str:
        found = first_free(name, "", self._schemas)
        self._schemas.add(found)
        return found

    def free_book(self, identifier: str) -> str:
        """Return the schema in which the plan of a cluster or of a schema keeps its books."""
        return self.free_schema(_BOOK + identifier.replace("-", "_"))

    def take(self, schema: str, name: str) -> bool:
        """Take this very name; return whether it was free."""
        free = name not in self._taken.get(schema, ())
        self._take(schema, name)
        return free

    def _take(self, schema: str, name: str) -> None:
        self._taken.setdefault(schema, set()).add(name)


def first_free(name: str, ending: str, taken: Iterable[str]) -> str:
    """Return name and ending, with a number where that is taken."""
    taken = set(taken)
    found, number = clipped(name, ending), 2
    while found in taken:
        found = clipped(name, f"{ending}_{number}")
        number += 1
    return found
