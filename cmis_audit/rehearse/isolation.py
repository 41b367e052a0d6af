"""Who sees what: every role that may read a member, under every tenant that the rows know."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from cmis_audit.model.catalog import Catalog, Grant, Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import ClusterPlan
from cmis_audit.model.rehearsal import Isolation
from cmis_audit.model.sqltext import literal
from cmis_audit.model.tenancy import called, functions_by_name, settings_of, words
from cmis_audit.rehearse.ledger import sources
from cmis_audit.rehearse.ports import Place, Session, asked, done
from cmis_audit.rehearse.states import state_query

VISITOR = "cmis_audit_visitor"
VISITOR_OF_ONE = "cmis_audit_visitor_of_one"
MOST_ROLES = 6
MOST_TENANTS = 4
_RIGHTS = ("delete", "insert", "select", "update")


def with_visitor(catalog: Catalog, plans: tuple[ClusterPlan, ...]) -> Catalog:
    """Return the catalog with roles that may use members, where nobody else could tell.

    Row security binds whoever is not the owner: one role may use all members of clusters that have
    it, as a plan needs equal rights there. Of other clusters one role may use the first member, and
    is to learn nothing of the rest.
    """
    by_ref = {table.ref: table for table in catalog.tables}
    visitors: dict[TableRef, str] = {}
    for plan in plans:
        if any(by_ref[each.table].row_security for each in plan.members):
            visitors |= {member.table: VISITOR for member in plan.members}
        elif len(plan.members) > 1:
            visitors.setdefault(plan.members[0].table, VISITOR_OF_ONE)
    tables = tuple(
        _visited(table, visitors[table.ref]) if table.ref in visitors else table
        for table in catalog.tables
    )
    return msgspec.structs.replace(catalog, tables=tables)


def _visited(table: Table, who: str) -> Table:
    visitor = Grant(grantee=who, privileges=_RIGHTS)
    grants = sorted((*table.grants, visitor), key=lambda grant: grant.grantee)
    return msgspec.structs.replace(table, grants=tuple(grants))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchers:
    """Who looks, and with which settings."""

    tables: tuple[Table, ...]
    roles: tuple[str, ...]
    settings: tuple[str, ...]
    tenants: tuple[str, ...]
    discreet: bool = False
    """Whether tenants are somebody's, and only their numbers may be told."""

    def told(self, tenant: str | None) -> str:
        """Return a tenant in words."""
        if tenant is None:
            return "no tenant set"
        return f"tenant {self.tenants.index(tenant) + 1 if self.discreet else tenant}"

    def sight(self, seen: str) -> str:
        """Return what was seen, without the hash where rows are somebody's."""
        return seen.partition(", hash")[0] if self.discreet else seen


Sights = Mapping[tuple[str, str | None, TableRef], str]
"""Role, tenant (None where the settings are not set), table → rows and hash, or the error."""


def watchers(session: Session, catalog: Catalog, tables: tuple[Table, ...]) -> Watchers:
    """Return who may look at the members; tenants are values that their rows hold now."""
    known = {str(role) for (role,) in asked(session, "SELECT rolname FROM pg_catalog.pg_roles")}
    roles = dict.fromkeys(
        grant.grantee
        for table in tables
        for grant in table.grants
        if "select" in grant.privileges and grant.grantee != "public"
    )
    roles |= dict.fromkeys(role for t in tables for p in t.policies for role in p.roles)
    roles |= dict.fromkeys(t.owner for t in tables if t.owner and t.force_row_security)
    texts = list(_policy_texts(catalog, tables))
    settings = settings_of(iter(texts))
    return Watchers(
        tables=tables,
        roles=tuple(sorted(role for role in roles if role in known))[:MOST_ROLES],
        settings=tuple(sorted(settings)),
        tenants=tuple(_tenants(session, tables, texts)) if settings else (),
        discreet=session.discreet,
    )


def _policy_texts(catalog: Catalog, tables: tuple[Table, ...]) -> Iterator[str]:
    """Yield what policies say, and the bodies of the functions that they call."""
    functions = functions_by_name(catalog)
    for table in tables:
        for policy in table.policies:
            for text in (policy.using, policy.check):
                if text is not None:
                    yield from called(text, functions)


def _tenants(session: Session, tables: tuple[Table, ...], texts: list[str]) -> Iterator[str]:
    """Yield the most frequent values of the columns that policies name."""
    named = {word for text in texts for word in words(text)}
    parts = [
        f"SELECT {quote_ident(column.name)}::text AS tenant FROM {table.ref}"
        for table in tables
        for column in table.columns
        if column.name in named
    ]
    if not parts:
        return
    union = " UNION ALL ".join(parts)
    for (tenant,) in asked(
        session,
        f"SELECT tenant FROM ({union}) u WHERE length(tenant) BETWEEN 1 AND 100 "
        f'GROUP BY 1 ORDER BY count(*) DESC, tenant COLLATE "C" LIMIT {MOST_TENANTS}',
    ):
        yield tenant or ""


def sights(place: Place, who: Watchers) -> Sights:
    """Return what each of them sees under the members' names at present."""
    found: dict[tuple[str, str | None, TableRef], str] = {}
    for role, tenant in _glances(who):
        with _disguised(place, role, tenant, who) as session:
            for table in who.tables:
                rows = session.rows(state_query(table))
                if isinstance(rows, list):
                    found[role, tenant, table.ref] = f"{rows[0][0]} rows, hash {rows[0][1]}"
                else:
                    found[role, tenant, table.ref] = f"error {rows.sqlstate}"
    return found


def target_counts(place: Place, who: Watchers, plan: ClusterPlan) -> dict[str, int]:
    """Return how many rows of each member's each of them sees in the target itself.

    Without a right to it, none.
    """
    found: dict[str, int] = {}
    for role, tenant in _glances(who):
        with _disguised(place, role, tenant, who) as session:
            for target in sources(plan):
                source = quote_ident(target.source_column)
                rows = session.rows(f"SELECT {source}::text, count(*) FROM {target.ref} GROUP BY 1")
                for label, count in rows if isinstance(rows, list) else ():
                    found[f"{role}/{tenant}/{label}"] = int(count or 0)
    return found


def _glances(who: Watchers) -> Iterator[tuple[str, str | None]]:
    for role in who.roles:
        yield role, None
        for tenant in who.tenants:
            yield role, tenant


@contextmanager
def _disguised(place: Place, role: str, tenant: str | None, who: Watchers) -> Iterator[Session]:
    """Give a session as a role; fresh, as a setting that was ever made leaves an empty text."""
    with place.fresh_session() as session:
        if tenant is not None:
            for setting in who.settings:
                given = f"{literal(setting)}, {literal(tenant)}"
                done(session, f"SELECT pg_catalog.set_config({given}, false)")
        done(session, f"SET ROLE {quote_ident(role)}")
        yield session


def verdict(
    plan: ClusterPlan,
    who: Watchers,
    before: Sights,
    after: Sights,
    *,
    in_target: dict[str, int],
    beside: Sights,
) -> Isolation:
    """Return what has changed for whom, and who sees more in the target than under the names.

    `beside` is what is seen under the new names, where tables were renamed.
    """
    differences = [
        f"{role}, {who.told(tenant)}, {table}: {who.sight(before[role, tenant, table])} before, "
        f"{who.sight(seen)} after"
        for (role, tenant, table), seen in sorted(after.items(), key=str)
        if before[role, tenant, table] != seen
    ]
    for (role, tenant, table), seen in sorted(beside.items(), key=str):
        old = next(member.table for member in plan.members if member.moved_to == table)
        if before[role, tenant, old] != seen:
            differences.append(
                f"{role}, {who.told(tenant)}, {old}: {who.sight(before[role, tenant, old])} "
                f"before, {who.sight(seen)} under its new name"
            )
    by_label = {member.label: member.table for member in plan.members}
    for role, tenant in _glances(who):
        for label, table in by_label.items():
            direct = in_target.get(f"{role}/{tenant}/{label}", 0)
            allowed = before.get((role, tenant, table), "")
            if direct > (0 if allowed.startswith("error") else int(allowed.partition(" ")[0] or 0)):
                differences.append(
                    f"{role}, {who.told(tenant)}: sees {direct} rows of {label} in the target"
                )
    secured = any(table.row_security for table in who.tables)
    return Isolation(
        row_security=secured,
        roles=who.roles,
        tenants=len(who.tenants),
        comparisons=len(after) + len(beside),
        differences=tuple(differences),
        not_tried="" if who.roles else "nobody but the owners has a right to these tables",
    )
