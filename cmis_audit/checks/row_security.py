"""Row-level security that is missing, says nothing, or does not bind the owner."""

from collections import Counter
from collections.abc import Iterator

from cmis_audit.checks.on_table import finding_on, number_of, stored_tables, words_of
from cmis_audit.model.catalog import Table
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule
from cmis_audit.model.tenancy import words

_FEWEST = 3  # tables that policies must guard by a column before it is the tenant's
_HALF = 0.5  # of the tables with policies, or of those with a column named as a tenant's
_CERTAIN = "tenant"
"""In a column's name it needs no table that it refers to; `org_id` may be anything."""


def tenant_without_row_security(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table of tenants' rows on which no row-level security is in force.

    Which column tells tenants apart is what most policies look at; where there are no policies, a
    column with a tenant's name that many tables have and that refers to a table.
    """
    tenants, why = _tenant_columns(rule, facts)
    for table in stored_tables(facts):
        held = [column.name for column in table.columns if column.name in tenants]
        if table.row_security:
            continue
        if table.policies:
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} has policies, and row-level security is not enabled",
                f"policy `{table.policies[0].name}` is not in force",
            )
        elif held:
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} holds rows of several tenants without row-level security",
                f"`{held[0]}` tells them apart: {why}",
            )


def _tenant_columns(rule: Rule, facts: Facts) -> tuple[frozenset[str], str]:
    guarded = [table for table in stored_tables(facts) if table.policies]
    named = Counter(name for table in guarded for name in _looked_at(table))
    enough = max(_FEWEST, _HALF * len(guarded))
    found = frozenset(name for name, count in named.items() if count >= enough)
    if found:
        return found, f"the policies of {max(named[name] for name in found)} tables look at it"
    tenant_names = {f"{word}{end}" for word in words_of(rule, "tenants") for end in ("id", "uuid")}
    carried: Counter[str] = Counter()
    referring: Counter[str] = Counter()
    implied = {(one.table, one.column) for one in facts.references}
    tables = 0
    for table in stored_tables(facts):
        tables += 1
        primary = table.primary_key.columns if table.primary_key else ()
        declared = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns:
            if column.name.lower().replace("_", "") in tenant_names and (column.name,) != primary:
                carried[column.name] += 1
                refers = column.name in declared or (table.ref, column.name) in implied
                referring[column.name] += refers or _CERTAIN in column.name.lower()
    share = number_of(rule, "share", 0.25)
    many = {
        name: count
        for name, count in carried.items()
        if count >= max(_FEWEST, share * tables) and referring[name] >= _HALF * count
    }
    return frozenset(many), f"{max(many.values(), default=0)} of {tables} tables have it"


def _looked_at(table: Table) -> frozenset[str]:
    """Return the columns of a table that its policies name."""
    texts = [text for policy in table.policies for text in (policy.using, policy.check) if text]
    named = {word for text in texts for word in words(text)}
    return frozenset(column.name for column in table.columns if column.name in named)


def row_security_without_policy(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table that shows its rows to nobody but its owner."""
    for table in stored_tables(facts):
        if table.row_security and not table.policies:
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} has row-level security and no policy",
                "nobody but its owner and roles that bypass row-level security sees a row",
            )


def row_security_not_forced(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table whose policies its owner is free of."""
    for table in stored_tables(facts):
        if table.row_security and table.policies and not table.force_row_security:
            owner = f", {table.owner}," if table.owner else ""
            yield finding_on(
                rule,
                table.ref,
                f"{table.ref} has policies that do not bind its owner",
                f"whoever connects as the owner{owner} sees the rows of all",
            )
