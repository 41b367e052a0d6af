"""By which column the rows of a target table belong to tenants."""

from collections.abc import Iterator, Mapping

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan, TargetTable
from cmis_audit.model.tenancy import Tenancy, tenancies
from cmis_audit.model.value import Value


class Scope(Value, frozen=True, kw_only=True):
    column: str
    settings: tuple[str, ...]
    """Settings of the session that name the tenant to the server's policies."""
    secured: tuple[str, ...]
    """Labels of the sources whose rows the server keeps apart; none where it keeps none."""
    roles: tuple[str, ...]
    """Who may use the table beside its owner."""


class Scopes:
    """What the policies of one catalog say."""

    def __init__(self, catalog: Catalog) -> None:
        self._tables: Mapping[TableRef, Table] = {table.ref: table for table in catalog.tables}
        self._found = {table.ref: tenancies(catalog, table) for table in catalog.tables}
        self._every = tuple(sorted(each for found in self._found.values() for each in found))

    def of(self, cluster: ClusterPlan, target: TargetTable) -> Scope | None:
        """Return the column that the members' policies compare, else one that others' do."""
        said = list(self._own(cluster, target)) or list(self._elsewhere(target))
        if not said:
            return None
        column = said[0][0]
        same = [(tenancy, label) for name, tenancy, label in said if name == column]
        return Scope(
            column=column,
            settings=tuple(dict.fromkeys(tenancy.setting for tenancy, _ in same)),
            secured=tuple(dict.fromkeys(label for _, label in same if label)),
            roles=self._users(cluster),
        )

    def _own(self, cluster: ClusterPlan, target: TargetTable) -> Iterator[tuple[str, Tenancy, str]]:
        """Yield columns of the target, what a policy compares them with, and whose policy it is."""
        for member in cluster.members:
            homes = {
                source.column: column.name
                for column in target.columns
                for source in column.sources
                if source.member == member.table
            }
            for tenancy in self._found[member.table]:
                if tenancy.column in homes:
                    yield homes[tenancy.column], tenancy, member.label

    def _elsewhere(self, target: TargetTable) -> Iterator[tuple[str, Tenancy, str]]:
        names = {column.name for column in target.columns if column.sources}
        return ((each.column, each, "") for each in self._every if each.column in names)

    def _users(self, cluster: ClusterPlan) -> tuple[str, ...]:
        tables = [self._tables[member.table] for member in cluster.members]
        users = {
            grant.grantee
            for table in tables
            for grant in table.grants
            if {"select", "update"} <= {each.lower() for each in grant.privileges}
        }
        return tuple(sorted(users - {table.owner for table in tables} - {"public"}))
