"""Who is who among the rows of one read: names by OID, what is left out, what is folded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from cmis_audit.model.names import TableRef

Row = tuple[Any, ...]
Rows = Mapping[str, Sequence[Row]]
"""The rows of each query by its name; a query that was not run, or failed, is not among them."""

_SEPARATOR = "\x1f-"
_ESCAPED = "\x1f+"


class Relation(NamedTuple):
    """A row of relations.sql."""

    oid: int
    schema_oid: int
    name: str
    kind: str
    is_partition: bool
    row_type: int
    owner: int
    unlogged: bool
    row_security: bool
    force_row_security: bool
    rows: float
    pages: int
    toast_pages: int | None
    acl: str | None
    options: str | None
    partition_key: str | None
    foreign_server: str | None


class IndexRow(NamedTuple):
    """A row of indexes.sql."""

    oid: int
    relation: int
    name: str
    pages: int
    method: str
    columns: str
    key_columns: int
    unique: bool
    valid: bool
    nulls_not_distinct: bool
    definition: str | None
    keys: list[str] | None
    predicate: str | None


class Comments(NamedTuple):
    """The rows of comments.sql."""

    objects: dict[str, dict[int, str]]
    """By catalog, and there by OID."""
    columns: dict[int, dict[int, str]]
    """By the relation's OID and attnum."""


class RowIndex:
    """Look-ups that the builders of tables, views, types and functions share."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.schemas: dict[int, str] = {row[0]: row[1] for row in rows["schemas"]}
        self.roles: dict[int, str] = {row[0]: row[1] for row in rows["roles"]}
        self.members: dict[str, set[int]] = defaultdict(set)
        for catalog, oid in rows["extension_members"]:
            self.members[catalog].add(oid)
        named = [r for r in map(Relation._make, rows["relations"]) if r.schema_oid in self.schemas]
        self.refs = {r.oid: TableRef(schema=self.schemas[r.schema_oid], name=r.name) for r in named}
        """Of every relation, partitions and what extensions own included."""
        self.parents: dict[int, list[int]] = defaultdict(list)
        for child, parent, _ in sorted(rows["inheritance"], key=lambda row: (row[0], row[2])):
            self.parents[child].append(parent)
        self.partitions: list[Relation] = []
        self.kept: dict[int, Relation] = {}
        """What becomes a table, view or composite type of the catalog."""
        owned = self.members["pg_class"]
        for relation in named:
            if relation.is_partition:
                self.partitions.append(relation)
            elif relation.oid not in owned and relation.row_type not in self.members["pg_type"]:
                self.kept[relation.oid] = relation
        self._tops = {r.oid: self._top_of(r.oid) for r in self.partitions}

    def top(self, relation: int) -> int:
        """Return the topmost table that a partition is folded into; any other relation as it is."""
        return self._tops.get(relation, relation)

    def target(self, relation: int) -> TableRef | None:
        """Return the name under which others should refer to a relation, None if unknown."""
        return self.refs.get(self.top(relation))

    def role(self, oid: int) -> str:
        return "public" if oid == 0 else self.roles.get(oid, f"role {oid}")

    def grouped_by_key(self, view: int) -> tuple[TableRef, ...]:
        """Return the tables of which a view needs the primary key for its GROUP BY, sorted."""
        return self._grouped.get(view, ())

    def read_by(self, dependent: int) -> tuple[TableRef, ...]:
        """Return the tables and views of this catalog that a view or function names, sorted."""
        return self._reads.get(dependent, ())

    @cached_property
    def comments(self) -> Comments:
        found = Comments(defaultdict(dict), defaultdict(dict))
        for catalog, oid, column, text in self.rows["comments"]:
            if column == 0:
                found.objects[catalog][oid] = text
            else:
                found.columns[oid][column] = text
        return found

    @cached_property
    def _reads(self) -> dict[int, tuple[TableRef, ...]]:
        return self._dependencies(by_key=False)

    @cached_property
    def _grouped(self) -> dict[int, tuple[TableRef, ...]]:
        return self._dependencies(by_key=True)

    def _dependencies(self, *, by_key: bool) -> dict[int, tuple[TableRef, ...]]:
        found: dict[int, set[TableRef]] = defaultdict(set)
        for dependent, relation, keyed in self.rows["dependencies"]:
            top = self.top(relation)
            if keyed == by_key and top in self.kept and self.kept[top].kind != "c":
                found[dependent].add(self.refs[top])
        return {oid: tuple(sorted(refs)) for oid, refs in found.items()}

    def _top_of(self, oid: int) -> int:
        # A partition has exactly one parent; what is being detached may have none.
        seen = {oid}
        while (parents := self.parents.get(oid)) and oid not in self.kept:
            oid = parents[0]
            if oid in seen:
                break
            seen.add(oid)
        return oid


def packed_apart(text: str) -> list[str]:
    """Return the parts of what a query packed into one string; names in them are still escaped."""
    return text.split(_SEPARATOR)


def unpacked_name(text: str) -> str:
    """Return a name as it is."""
    return text.replace(_ESCAPED, "\x1f")


def numbers(text: str | None) -> tuple[int, ...]:
    """Return the numbers of an array or int2vector as PostgreSQL writes it: `{1,2}` or `1 2`."""
    if not text:
        return ()
    inner = text.strip("{}").replace(",", " ")
    return tuple(int(number) for number in inner.split())
