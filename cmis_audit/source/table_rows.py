"""Rows of relations and what hangs on them become Tables and Views."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from cmis_audit.model.catalog import Grant, Policy, Rule, Table, TableKind, Trigger, View, ViewKind
from cmis_audit.model.names import TableRef
from cmis_audit.source.column_rows import Columns
from cmis_audit.source.constraint_rows import Constraints
from cmis_audit.source.index_rows import Indexes
from cmis_audit.source.row_index import Relation, RowIndex, numbers
from cmis_audit.source.statistic_rows import Statistics

_TABLE_KINDS = {"r": TableKind.TABLE, "p": TableKind.PARTITIONED, "f": TableKind.FOREIGN}
_VIEW_KINDS = {"v": ViewKind.VIEW, "m": ViewKind.MATERIALIZED}
_COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}
_NAME = attrgetter("name")
_NOTHING: Mapping[str, tuple[Any, ...]] = {}
_TRUE = frozenset({"true", "on", "yes", "1", "t", "y", "tru", "tr", "ye"})


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Item = TypeVar("_Item", bound=_Named)


class Relations:
    """Builds the tables and views of a catalog."""

    def __init__(
        self,
        index: RowIndex,
        columns: Columns,
        indexes: Indexes,
        constraints: Constraints,
        statistics: Statistics,
    ) -> None:
        self._index = index
        self._columns = columns
        self._constraints = constraints
        self._statistics = statistics
        self._partitions = Counter(index.top(relation.oid) for relation in index.partitions)
        self._comments = index.comments.objects["pg_class"]
        self._parts = _Parts(dict)
        """Of each relation that has any, by the name of a Table's field."""
        self._parts.add("uniques", constraints.uniques)
        self._parts.add("foreign_keys", constraints.foreign_keys)
        self._parts.add("checks", constraints.checks)
        self._parts.add("exclusions", constraints.exclusions)
        self._parts.add("indexes", indexes.found)
        self._parts.add("triggers", _triggers(index))
        self._parts.add("rules", _rules(index))
        self._parts.add("policies", _policies(index))
        for relation, names in _publications(index).items():
            self._parts[relation]["publications"] = tuple(sorted(names))
        for relation, parents in index.parents.items():
            if relation in index.kept:
                refs = map(index.target, parents)
                self._parts[relation]["inherits"] = tuple(sorted(ref for ref in refs if ref))
        self._grants = _Grants(index)

    def tables(self) -> tuple[Table, ...]:
        # Sorted when they are made: by OID, what belongs to a table lies together in memory.
        found = [
            self._table(relation)
            for relation in self._index.kept.values()
            if relation.kind in _TABLE_KINDS
        ]
        return tuple(sorted(found, key=_by_ref))

    def views(self) -> tuple[View, ...]:
        definitions: dict[int, str | None] = dict(self._index.rows.get("views", ()))
        found = [
            self._view(relation, definitions.get(relation.oid))
            for relation in self._index.kept.values()
            if relation.kind in _VIEW_KINDS
        ]
        return tuple(sorted(found, key=_by_ref))

    def _table(self, relation: Relation) -> Table:
        oid, constraints = relation.oid, self._constraints
        return Table(
            ref=self._index.refs[oid],
            kind=_TABLE_KINDS[relation.kind],
            columns=self._columns.of(oid),
            primary_key=constraints.primary_keys.get(oid),
            row_security=relation.row_security,
            force_row_security=relation.force_row_security,
            comment=self._comments.get(oid),
            owner=self._index.role(relation.owner),
            grants=self._grants.of(relation),
            unlogged=relation.unlogged,
            partition_key=relation.partition_key,
            partitions=self._partitions.get(oid, 0),
            server=relation.foreign_server,
            statistics=self._statistics.of(oid),
            **self._parts.get(oid, _NOTHING),
        )

    def _view(self, relation: Relation, definition: str | None) -> View:
        oid = relation.oid
        return View(
            ref=self._index.refs[oid],
            kind=_VIEW_KINDS[relation.kind],
            columns=self._columns.of(oid),
            definition=definition,
            reads=self._index.read_by(oid),
            groups_by_key=self._index.grouped_by_key(oid),
            comment=self._comments.get(oid),
            owner=self._index.role(relation.owner),
            grants=self._grants.of(relation),
            security_invoker=_is_set(relation.options, "security_invoker"),
        )


class _Parts(defaultdict[int, dict[str, tuple[Any, ...]]]):
    """Most tables have few of the parts that a table can have: what is not here is empty."""

    def add(self, field: str, found: Mapping[int, list[_Item]]) -> None:
        """Take the parts of one kind, by relation, in the order of their names."""
        for relation, items in found.items():
            if len(items) > 1:
                items.sort(key=_NAME)
            self[relation][field] = tuple(items)


class _Grants:
    """Access lists, each read once: many tables have the same."""

    def __init__(self, index: RowIndex) -> None:
        self._index = index
        self._entries: dict[str, list[tuple[int, str, bool]]] = defaultdict(list)
        for acl, grantee, privilege, grantable, _ in index.rows["grants"]:
            self._entries[acl].append((grantee, privilege.lower(), grantable))
        self._built: dict[tuple[str, int], tuple[Grant, ...]] = {}

    def of(self, relation: Relation) -> tuple[Grant, ...]:
        """Return what others than the owner were granted, sorted by grantee."""
        if relation.acl is None:
            return ()
        key = relation.acl, relation.owner
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = self._grants(*key)
        return found

    def _grants(self, acl: str, owner: int) -> tuple[Grant, ...]:
        privileges: dict[str, set[str]] = defaultdict(set)
        grantable: dict[str, set[str]] = defaultdict(set)
        for grantee, privilege, may_grant in self._entries.get(acl, ()):
            if grantee == owner:
                continue
            name = self._index.role(grantee)
            privileges[name].add(privilege)
            if may_grant:
                grantable[name].add(privilege)
        return tuple(
            Grant(
                grantee=name,
                privileges=tuple(sorted(privileges[name])),
                grantable=tuple(sorted(grantable.get(name, ()))),
            )
            for name in sorted(privileges)
        )


def _triggers(index: RowIndex) -> dict[int, list[Trigger]]:
    found: dict[int, list[Trigger]] = defaultdict(list)
    for relation, name, schema, function, enabled, definition in index.rows["triggers"]:
        if relation in index.kept and definition is not None:
            found[relation].append(
                Trigger(
                    name=name,
                    function=str(TableRef(schema=schema, name=function)),
                    definition=definition,
                    enabled=enabled,
                )
            )
    return found


def _rules(index: RowIndex) -> dict[int, list[Rule]]:
    named: dict[tuple[int, str], set[TableRef]] = defaultdict(set)
    for relation, name, other in index.rows["rules"]:
        target = index.target(other) if other else None
        named[relation, name] |= {target} if target else set()
    found: dict[int, list[Rule]] = defaultdict(list)
    for (relation, name), refs in named.items():
        found[relation].append(Rule(name=name, names=tuple(sorted(refs))))
    return found


def _publications(index: RowIndex) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for relation, name in index.rows["publications"]:
        found[index.top(relation)].add(name)
    return found


def _policies(index: RowIndex) -> dict[int, list[Policy]]:
    found: dict[int, list[Policy]] = defaultdict(list)
    for relation, name, command, permissive, roles, using, check in index.rows["policies"]:
        if relation in index.kept:
            found[relation].append(
                Policy(
                    name=name,
                    command=_COMMANDS[command],
                    permissive=permissive,
                    roles=tuple(sorted(index.role(role) for role in numbers(roles))),
                    using=using,
                    check=check,
                )
            )
    return found


def _by_ref(item: Table | View) -> tuple[str, str]:
    return item.ref.schema, item.ref.name


def _is_set(options: str | None, name: str) -> bool:
    """Return whether a reloption (`security_invoker=true,security_barrier=on`) is set and true."""
    for option in (options or "").split(","):
        key, _, value = option.partition("=")
        if key == name:
            return value.lower() in _TRUE
    return False
