"""A catalog for handing it to somebody else: names and types, and nothing that people wrote."""

import re
from typing import TypeVar

import msgspec

from cmis_audit.model.catalog import (
    Catalog,
    Check,
    Column,
    CompositeType,
    Domain,
    Enum,
    Exclusion,
    Function,
    Index,
    Policy,
    Schema,
    Sequence,
    Skipped,
    Table,
    Trigger,
    View,
)

WORD = "redacted"
"""Stands where something was that may not be missing altogether."""
_WHY = "left out of the snapshot (--redact)"
LEFT_OUT = tuple(
    Skipped(what=what, why=_WHY)
    for what in (
        "bodies of views and functions",
        "comments",
        "defaults and generated columns",
        "expressions of checks, exclusions, indexes, partition keys, policies and triggers",
        "roles, owners and grants",
        "statistics: rows, sizes and use",
    )
)
_PLAIN_KEY = re.compile(r'(RANGE|LIST|HASH) \((?:[\w$]+|"[^"]*")(?:, (?:[\w$]+|"[^"]*"))*\)\Z')
_replace = msgspec.structs.replace
_Commented = TypeVar("_Commented", Enum, Function, Schema)


def redacted(catalog: Catalog) -> Catalog:
    """Return the catalog without comments, expressions, bodies, statistics, roles and grants.

    What was left out is among `skipped`, so that every audit says what it could not use.
    """
    unread = tuple(
        Skipped(what=one.what, why=f"could not be read; {_WHY}") for one in catalog.skipped
    )
    return Catalog(
        database=catalog.database,
        server_version=catalog.server_version,
        server_version_number=catalog.server_version_number,
        read_at=catalog.read_at,
        role=WORD,
        schemas=tuple(_replace(_uncommented(one), owner=None) for one in catalog.schemas),
        tables=tuple(map(_table, catalog.tables)),
        views=tuple(map(_view, catalog.views)),
        functions=tuple(_replace(_uncommented(one), body=None) for one in catalog.functions),
        sequences=tuple(map(_sequence, catalog.sequences)),
        enums=tuple(map(_uncommented, catalog.enums)),
        domains=tuple(map(_domain, catalog.domains)),
        composite_types=tuple(map(_composite, catalog.composite_types)),
        extensions=catalog.extensions,
        skipped=tuple(sorted({*unread, *LEFT_OUT})),
        redacted=True,
    )


def _uncommented(one: _Commented) -> _Commented:
    return _replace(one, comment=None)


def _table(table: Table) -> Table:
    """Return the table by its structure; named field by field, for a new one must not slip in."""
    return Table(
        ref=table.ref,
        kind=table.kind,
        columns=tuple(map(_column, table.columns)),
        primary_key=table.primary_key,
        uniques=table.uniques,
        foreign_keys=table.foreign_keys,
        checks=tuple(map(_check, table.checks)),
        exclusions=tuple(Exclusion(name=one.name, definition=WORD) for one in table.exclusions),
        indexes=tuple(map(_index, table.indexes)),
        triggers=tuple(map(_trigger, table.triggers)),
        row_security=table.row_security,
        force_row_security=table.force_row_security,
        policies=tuple(map(_policy, table.policies)),
        unlogged=table.unlogged,
        partition_key=_partition_key(table.partition_key),
        partitions=table.partitions,
        inherits=table.inherits,
    )


def _column(column: Column) -> Column:
    return Column(
        name=column.name,
        type=column.type,
        nullable=column.nullable,
        identity=column.identity,
        generated=column.generated and WORD,
        collation=column.collation,
    )


def _check(check: Check) -> Check:
    return Check(
        name=check.name,
        columns=check.columns,
        definition=f"CHECK ({WORD})",
        validated=check.validated,
    )


def _index(index: Index) -> Index:
    return Index(
        name=index.name,
        method=index.method,
        keys=tuple(f"({WORD})" if key.startswith("(") else key for key in index.keys),
        include=index.include,
        predicate=index.predicate and WORD,
        unique=index.unique,
        valid=index.valid,
        nulls_not_distinct=index.nulls_not_distinct,
    )


def _trigger(trigger: Trigger) -> Trigger:
    return Trigger(
        name=trigger.name, function=trigger.function, definition=WORD, enabled=trigger.enabled
    )


def _policy(policy: Policy) -> Policy:
    return Policy(
        name=policy.name,
        command=policy.command,
        permissive=policy.permissive,
        roles=(WORD,),
        using=policy.using and WORD,
        check=policy.check and WORD,
    )


def _partition_key(key: str | None) -> str | None:
    """Return a key of columns as it is, one with an expression without it."""
    if key is None or _PLAIN_KEY.match(key):
        return key
    return f"{key.partition(' ')[0]} ({WORD})"


def _view(view: View) -> View:
    return View(
        ref=view.ref,
        kind=view.kind,
        columns=tuple(map(_column, view.columns)),
        reads=view.reads,
        groups_by_key=view.groups_by_key,
        security_invoker=view.security_invoker,
    )


def _sequence(sequence: Sequence) -> Sequence:
    return _replace(sequence, last_value=None)


def _domain(domain: Domain) -> Domain:
    return Domain(
        ref=domain.ref,
        base_type=domain.base_type,
        nullable=domain.nullable,
        checks=tuple(map(_check, domain.checks)),
    )


def _composite(composite: CompositeType) -> CompositeType:
    return CompositeType(ref=composite.ref, attributes=tuple(map(_column, composite.attributes)))
