"""A table of a catalog as DDL."""

from collections.abc import Iterator

from cmis_audit.model.catalog import Catalog, Column, ForeignKey, Key, Policy, Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.sqltext import quoted


def table(made: Table, catalog: Catalog) -> Iterator[str]:
    """Yield what makes the table with its columns, and a partition that takes every row."""
    columns = ", ".join(_column(made, column, catalog) for column in made.columns)
    text = f"CREATE {'UNLOGGED ' if made.unlogged else ''}TABLE {made.ref} ({columns})"
    if made.inherits:
        text += f" INHERITS ({', '.join(str(parent) for parent in made.inherits)})"
    if made.partition_key is None:
        yield text
        return
    yield f"{text} PARTITION BY {made.partition_key}"
    hashed = made.partition_key.lower().startswith("hash")
    bound = "FOR VALUES WITH (MODULUS 1, REMAINDER 0)" if hashed else "DEFAULT"
    yield f"CREATE TABLE {_free(made.ref, catalog)} PARTITION OF {made.ref} {bound}"


def _free(ref: TableRef, catalog: Catalog) -> TableRef:
    taken = {each.ref for each in catalog.tables} | {each.ref for each in catalog.views}
    number = 1
    while True:
        ending = f"_rows{number}"
        stem = ref.name.encode()[: 63 - len(ending)].decode(errors="ignore")
        found = TableRef(schema=ref.schema, name=stem + ending)
        if found not in taken:
            return found
        number += 1


def _column(made: Table, column: Column, catalog: Catalog) -> str:
    text = f"{quote_ident(column.name)} {column.type}"
    if column.collation is not None:
        text += f" COLLATE {column.collation}"
    if column.generated is not None:
        text += f" GENERATED ALWAYS AS ({column.generated}) STORED"
    if column.identity is not None:
        text += f" GENERATED {column.identity.upper()} AS IDENTITY"
        text += _identity_options(made, column, catalog)
    elif column.default is not None:
        text += f" DEFAULT {column.default}"
    return text if column.nullable else text + " NOT NULL"


def _identity_options(made: Table, column: Column, catalog: Catalog) -> str:
    owner = f"{made.ref}.{quote_ident(column.name)}"
    for each in catalog.sequences:
        if each.owned_by == owner:
            maximum = f" MAXVALUE {each.maximum}" if each.maximum is not None else ""
            return f" (SEQUENCE NAME {each.ref} INCREMENT BY {each.increment}{maximum})"
    return ""


def constraints(made: Table, catalog: Catalog) -> Iterator[str]:
    """Yield keys, checks, exclusions and indexes."""
    alter = f"ALTER TABLE {made.ref} ADD CONSTRAINT"
    if made.primary_key is not None:
        name = quote_ident(made.primary_key.name)
        yield f"{alter} {name} PRIMARY KEY {_key(made.primary_key)}"
    for key in made.uniques:
        nulls = " NULLS NOT DISTINCT" if key.nulls_not_distinct else ""
        yield f"{alter} {quote_ident(key.name)} UNIQUE{nulls} {_key(key)}"
    inherited = _inherited_checks(made, catalog)
    for check in made.checks:
        if check.name not in inherited:
            yield f"{alter} {quote_ident(check.name)} {check.definition}"
    for exclusion in made.exclusions:
        yield f"{alter} {quote_ident(exclusion.name)} {exclusion.definition}"
    for index in made.indexes:
        # What stands on a partitioned table says ONLY, and would stay without its parts.
        yield index.on(made.ref).replace(" ON ONLY ", " ON ", 1)


def _key(key: Key) -> str:
    text = f"({quoted(key.columns)})"
    if key.include:
        text += f" INCLUDE ({quoted(key.include)})"
    return text + (" DEFERRABLE" if key.deferrable else "")


def _inherited_checks(made: Table, catalog: Catalog) -> frozenset[str]:
    parents = set(made.inherits)
    return frozenset(
        check.name for each in catalog.tables if each.ref in parents for check in each.checks
    )


def foreign_keys(made: Table) -> Iterator[str]:
    for key in made.foreign_keys:
        yield f"ALTER TABLE {made.ref} ADD CONSTRAINT {quote_ident(key.name)} {_foreign_key(key)}"


def _foreign_key(key: ForeignKey) -> str:
    text = f"FOREIGN KEY ({quoted(key.columns)}) REFERENCES {key.target}"
    text += f" ({quoted(key.target_columns)})"
    if key.match == "full":
        text += " MATCH FULL"
    text += f" ON UPDATE {key.on_update.upper()} ON DELETE {key.on_delete.upper()}"
    if key.deferrable:
        text += " DEFERRABLE"
    return text if key.validated else text + " NOT VALID"


def table_extras(made: Table) -> Iterator[str]:
    """Yield triggers, policies and row security."""
    for trigger in made.triggers:
        yield trigger.definition
        if not trigger.enabled:
            yield f"ALTER TABLE {made.ref} DISABLE TRIGGER {quote_ident(trigger.name)}"
    for policy in made.policies:
        yield _policy(made, policy)
    if made.row_security:
        yield f"ALTER TABLE {made.ref} ENABLE ROW LEVEL SECURITY"
    if made.force_row_security:
        yield f"ALTER TABLE {made.ref} FORCE ROW LEVEL SECURITY"


def _policy(made: Table, policy: Policy) -> str:
    roles = ", ".join("PUBLIC" if r == "public" else quote_ident(r) for r in policy.roles)
    text = f"CREATE POLICY {quote_ident(policy.name)} ON {made.ref}"
    text += " AS PERMISSIVE" if policy.permissive else " AS RESTRICTIVE"
    text += f" FOR {policy.command.upper()} TO {roles or 'PUBLIC'}"
    if policy.using is not None:
        text += f" USING ({policy.using})"
    if policy.check is not None:
        text += f" WITH CHECK ({policy.check})"
    return text
