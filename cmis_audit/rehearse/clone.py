"""A catalog as DDL, in an order in which most of it can be created at the first attempt.

The catalog does not hold everything: arguments' defaults, aggregates, what is compiled, where the
partitions lie. What is made in another way than it was is returned beside the text.
"""

import re
from collections.abc import Iterator

from cmis_audit.model.catalog import Catalog, Function, Sequence, Skipped, Table, View, ViewKind
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.sqltext import dollar_quoted, literal
from cmis_audit.rehearse.clone_tables import constraints, foreign_keys, table, table_extras

_LANGUAGES = ("sql", "plpgsql")
_PARSED = re.compile(r"\s*(?:RETURN\b|BEGIN\s+ATOMIC\b)", re.IGNORECASE)
_WORD = re.compile(r"[\w$]+")
# `x IN ('a', 'b')` of a varchar is shown as below, and what is shown is read as something that is
# shown in yet another way. What it was made from gives the same again.
_TEXT = r"'(?:[^']|'')*'::character varying"
_IN_LIST = re.compile(
    r'\(((?:[\w$]+|"(?:[^"]|"")+")(?:\.(?:[\w$]+|"(?:[^"]|"")+"))?)\)::text (= ANY|<> ALL) '
    rf"\(\(ARRAY\[({_TEXT}(?:, {_TEXT})*)\]\)::text\[\]\)"
)


def clone_sql(catalog: Catalog) -> tuple[str, tuple[Skipped, ...]]:
    """Return the DDL, and what in it stands for something that could not be had."""
    skipped: list[Skipped] = []
    structure = [
        *(text for each in _parents_first(catalog.tables) for text in table(each, catalog)),
        *(text for each in catalog.tables for text in constraints(each, catalog)),
        *(text for each in catalog.tables for text in foreign_keys(each)),
        *_owned_sequences(catalog),
        *(text for each in _readers_last(catalog.views) for text in _view(each)),
        *(text for each in catalog.tables for text in table_extras(each)),
    ]
    parts = [
        # Bodies name what comes later.
        "SET check_function_bodies = off",
        *_schemas(catalog),
        *_extensions(catalog),
        *(_IN_LIST.sub(r"\1 \2 (ARRAY[\3])", text) for text in _types(catalog)),
        *_sequences(catalog),
        *_functions(catalog, skipped),
        *(_IN_LIST.sub(r"\1 \2 (ARRAY[\3])", text) for text in structure),
        *_comments(catalog),
        *_owners(catalog),
        *_grants(catalog),
    ]
    for each in catalog.tables:
        if each.server is not None:
            skipped.append(Skipped(what=str(each.ref), why="a foreign table: a table stands in"))
        if each.partition_key is not None:
            why = "where its partitions lie is not in the catalog: one partition takes all rows"
            skipped.append(Skipped(what=str(each.ref), why=why))
    return ";\n".join(parts) + ";\n", tuple(sorted(skipped))


def _schemas(catalog: Catalog) -> Iterator[str]:
    for schema in catalog.schemas:
        name = quote_ident(schema.name)
        if schema.name != "public":
            yield f"CREATE SCHEMA IF NOT EXISTS {name}"
        # Rights on schemas are not in the catalog.
        yield f"GRANT USAGE ON SCHEMA {name} TO PUBLIC"


def _extensions(catalog: Catalog) -> Iterator[str]:
    for extension in catalog.extensions:
        name, schema = quote_ident(extension.name), quote_ident(extension.schema)
        yield f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {schema}"


def _types(catalog: Catalog) -> Iterator[str]:
    for enum in catalog.enums:
        labels = ", ".join(literal(label) for label in enum.labels)
        yield f"CREATE TYPE {enum.ref} AS ENUM ({labels})"
    for domain in catalog.domains:
        text = f"CREATE DOMAIN {domain.ref} AS {domain.base_type}"
        if domain.default is not None:
            text += f" DEFAULT {domain.default}"
        if not domain.nullable:
            text += " NOT NULL"
        for check in domain.checks:
            text += f" CONSTRAINT {quote_ident(check.name)} {check.definition}"
        yield text
    for composite in catalog.composite_types:
        attributes = ", ".join(
            f"{quote_ident(each.name)} {each.type}"
            + (f" COLLATE {each.collation}" if each.collation else "")
            for each in composite.attributes
        )
        yield f"CREATE TYPE {composite.ref} AS ({attributes})"


def _sequences(catalog: Catalog) -> Iterator[str]:
    identities = identity_sequences(catalog)
    for sequence in catalog.sequences:
        if sequence.ref not in identities:
            yield f"CREATE SEQUENCE {sequence.ref} AS {sequence.type}{_range(sequence)}"


def _range(sequence: Sequence) -> str:
    maximum = f" MAXVALUE {sequence.maximum}" if sequence.maximum is not None else ""
    return f" INCREMENT BY {sequence.increment}{maximum}"


def identity_sequences(catalog: Catalog) -> dict[TableRef, str]:
    """Return the sequences that belong to identity columns, with what they are."""
    owned = {each.owned_by: each for each in catalog.sequences if each.owned_by is not None}
    found = {}
    for each in catalog.tables:
        for column in each.columns:
            sequence = owned.get(f"{each.ref}.{quote_ident(column.name)}")
            if column.identity and sequence:
                found[sequence.ref] = _range(sequence)
    return found


def _owned_sequences(catalog: Catalog) -> Iterator[str]:
    identities = identity_sequences(catalog)
    for sequence in catalog.sequences:
        if sequence.owned_by is not None and sequence.ref not in identities:
            yield f"ALTER SEQUENCE {sequence.ref} OWNED BY {sequence.owned_by}"


def _functions(catalog: Catalog, skipped: list[Skipped]) -> Iterator[str]:
    immutable = _words_that_must_not_move(catalog)
    for function in catalog.functions:
        what = f"{function.ref}({function.arguments})"
        if function.kind not in ("function", "procedure"):
            skipped.append(Skipped(what=what, why=f"{function.kind}: left out of the clone"))
            continue
        text, why = _function(function)
        if why:
            skipped.append(Skipped(what=what, why=why))
        if function.kind == "function" and function.ref.name in immutable:
            text += " IMMUTABLE"
        yield text


def _words_that_must_not_move(catalog: Catalog) -> frozenset[str]:
    """Return the words of the expressions in which PostgreSQL takes immutable functions only."""
    expressions: list[str] = []
    for each in catalog.tables:
        expressions += [column.generated for column in each.columns if column.generated]
        expressions += [index.definition for index in each.indexes]
        expressions += [exclusion.definition for exclusion in each.exclusions]
        expressions += [each.partition_key] if each.partition_key else []
    return frozenset(word for text in expressions for word in _WORD.findall(text))


def _function(function: Function) -> tuple[str, str]:
    """Return the statement, and why the body is another where it is."""
    procedure = function.kind == "procedure"
    head = f"CREATE {function.kind.upper()} {function.ref}({function.arguments})"
    if not procedure:
        head += f" RETURNS {function.returns}"
    if function.security_definer:
        head += " SECURITY DEFINER"
    body = function.body
    if body is None or function.language not in _LANGUAGES:
        result = "" if procedure else " RETURN NEW;" if function.returns == "trigger" else ""
        if (
            not procedure
            and not result
            and not (function.returns or "").startswith(("SETOF ", "TABLE(", "void"))
        ):
            result = " RETURN NULL;"
        stub = f"BEGIN{result} END"
        return (
            f"{head} LANGUAGE plpgsql AS {dollar_quoted(stub)}",
            f"in {function.language}: one that does nothing stands in",
        )
    if function.language == "sql" and _PARSED.match(body):
        return f"{head} LANGUAGE sql {body}", ""
    return f"{head} LANGUAGE {function.language} AS {dollar_quoted(body)}", ""


def _parents_first(tables: tuple[Table, ...]) -> list[Table]:
    by_ref = {each.ref: each for each in tables}
    ordered: dict[TableRef, Table] = {}

    def visit(each: Table) -> None:
        if each.ref in ordered:
            return
        for parent in each.inherits:
            if parent in by_ref:
                visit(by_ref[parent])
        ordered[each.ref] = each

    for each in tables:
        visit(each)
    return list(ordered.values())


def _readers_last(views: tuple[View, ...]) -> list[View]:
    """Return the views in an order in which each comes after those that it reads."""
    waiting = {view.ref: view for view in views}
    ordered: list[View] = []
    while waiting:
        ready = [
            v for v in waiting.values() if not any(r in waiting for r in v.reads if r != v.ref)
        ]
        for view in ready or list(waiting.values()):
            ordered.append(view)
            del waiting[view.ref]
    return ordered


def _view(view: View) -> Iterator[str]:
    if view.definition is None:
        return
    kind = "MATERIALIZED VIEW" if view.kind == ViewKind.MATERIALIZED else "VIEW"
    options = " WITH (security_invoker = true)" if view.security_invoker else ""
    yield f"CREATE {kind} {view.ref}{options} AS {view.definition.rstrip().rstrip(';')}"


def _relations(catalog: Catalog) -> Iterator[Table | View]:
    yield from catalog.tables
    yield from catalog.views


def _comments(catalog: Catalog) -> Iterator[str]:
    for schema in catalog.schemas:
        if schema.comment is not None:
            yield f"COMMENT ON SCHEMA {quote_ident(schema.name)} IS {literal(schema.comment)}"
    types = [
        *(("TYPE", each.ref, each.comment) for each in catalog.enums),
        *(("TYPE", each.ref, each.comment) for each in catalog.composite_types),
        *(("DOMAIN", each.ref, each.comment) for each in catalog.domains),
    ]
    for kind, ref, comment in types:
        if comment is not None:
            yield f"COMMENT ON {kind} {ref} IS {literal(comment)}"
    for function in catalog.functions:
        if function.comment is not None and function.kind in ("function", "procedure"):
            what = f"{function.kind.upper()} {function.ref}({function.arguments})"
            yield f"COMMENT ON {what} IS {literal(function.comment)}"
    for composite in catalog.composite_types:
        for column in composite.attributes:
            if column.comment is not None:
                name = f"{composite.ref}.{quote_ident(column.name)}"
                yield f"COMMENT ON COLUMN {name} IS {literal(column.comment)}"
    for relation in _relations(catalog):
        if relation.comment is not None:
            yield f"COMMENT ON {_kind(relation)} {relation.ref} IS {literal(relation.comment)}"
        for column in relation.columns:
            if column.comment is not None:
                name = f"{relation.ref}.{quote_ident(column.name)}"
                yield f"COMMENT ON COLUMN {name} IS {literal(column.comment)}"


def _kind(relation: Table | View) -> str:
    if isinstance(relation, Table):
        return "TABLE"
    return "MATERIALIZED VIEW" if relation.kind == ViewKind.MATERIALIZED else "VIEW"


def _owners(catalog: Catalog) -> Iterator[str]:
    for relation in _relations(catalog):
        if relation.owner is not None:
            # An owner must be allowed to create there.
            schema, owner = quote_ident(relation.ref.schema), quote_ident(relation.owner)
            yield f"GRANT CREATE ON SCHEMA {schema} TO {owner}"
            yield f"ALTER {_kind(relation)} {relation.ref} OWNER TO {owner}"
    # A superuser, who mostly runs a plan, may give things to anybody; whoever runs it here only to
    # those who could have made them: owners may therefore make things in schemas that it makes.
    for owner in sorted({each.owner for each in _relations(catalog) if each.owner is not None}):
        yield f"ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO {quote_ident(owner)}"
    for each in catalog.schemas:
        if each.owner is not None and each.owner != "pg_database_owner":
            yield f"ALTER SCHEMA {quote_ident(each.name)} OWNER TO {quote_ident(each.owner)}"


def _grants(catalog: Catalog) -> Iterator[str]:
    for relation in _relations(catalog):
        for grant in relation.grants:
            to = "PUBLIC" if grant.grantee == "public" else quote_ident(grant.grantee)
            plain = [each for each in grant.privileges if each not in grant.grantable]
            for privileges, ending in ((plain, ""), (grant.grantable, " WITH GRANT OPTION")):
                if privileges:
                    listed = ", ".join(privileges)
                    yield f"GRANT {listed} ON TABLE {relation.ref} TO {to}{ending}"
