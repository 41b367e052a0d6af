"""Rows of schemas, functions, sequences and types become values of the catalog."""

from collections import defaultdict

from cmis_audit.model.catalog import (
    CompositeType,
    Domain,
    Enum,
    Extension,
    Function,
    Schema,
    Sequence,
)
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.source.column_rows import Columns
from cmis_audit.source.constraint_rows import Constraints
from cmis_audit.source.row_index import RowIndex

_FUNCTION_KINDS = {"f": "function", "p": "procedure", "a": "aggregate", "w": "window"}


def schemas(index: RowIndex, used: frozenset[str]) -> tuple[Schema, ...]:
    """Return the schemas; one that an extension owns only where something kept stands in it."""
    return tuple(
        sorted(
            (
                Schema(
                    name=name,
                    owner=index.role(owner),
                    comment=index.comments.objects["pg_namespace"].get(oid),
                    usable=usable,
                )
                for oid, name, owner, usable in index.rows["schemas"]
                if name in used or oid not in index.members["pg_namespace"]
            ),
            key=lambda schema: schema.name,
        )
    )


def extensions(index: RowIndex) -> tuple[Extension, ...]:
    return tuple(
        Extension(name=name, version=version, schema=schema)
        for name, version, schema in sorted(index.rows["extensions"])
    )


def functions(index: RowIndex) -> tuple[Function, ...]:
    """Return the functions by name and arguments."""
    parsed_bodies: dict[int, str | None] = dict(index.rows.get("bodies", ()))
    found = []
    for row in index.rows["functions"]:
        oid, schema, name, arguments, kind, language, returns, source, security_definer = row
        if schema not in index.schemas or oid in index.members["pg_proc"] or arguments is None:
            continue
        found.append(
            Function(
                ref=TableRef(schema=index.schemas[schema], name=name),
                arguments=arguments,
                kind=_FUNCTION_KINDS[kind],
                language=language,
                returns=returns,
                body=source if source is not None else parsed_bodies.get(oid),
                reads=index.read_by(oid),
                security_definer=security_definer,
                comment=index.comments.objects["pg_proc"].get(oid),
            )
        )
    return tuple(sorted(found, key=lambda function: (function.ref, function.arguments)))


def sequences(index: RowIndex) -> tuple[Sequence, ...]:
    found = []
    for oid, schema, name, kind, increment, maximum, owner, column in index.rows["sequences"]:
        if schema not in index.schemas or oid in index.members["pg_class"]:
            continue
        table = index.target(owner) if owner else None
        found.append(
            Sequence(
                ref=TableRef(schema=index.schemas[schema], name=name),
                type=kind,
                owned_by=f"{table}.{quote_ident(column)}" if table and column else None,
                increment=increment,
                maximum=maximum,
            )
        )
    return tuple(sorted(found, key=lambda sequence: sequence.ref))


def enums(index: RowIndex) -> tuple[Enum, ...]:
    labels: dict[int, list[tuple[float, str]]] = defaultdict(list)
    refs: dict[int, TableRef] = {}
    for oid, schema, name, position, label in index.rows["enums"]:
        if schema in index.schemas and oid not in index.members["pg_type"]:
            refs[oid] = TableRef(schema=index.schemas[schema], name=name)
            if label is not None:
                labels[oid].append((position, label))
    found = (
        Enum(
            ref=ref,
            labels=tuple(label for _, label in sorted(labels[oid])),
            comment=index.comments.objects["pg_type"].get(oid),
        )
        for oid, ref in refs.items()
    )
    return tuple(sorted(found, key=lambda enum: enum.ref))


def domains(index: RowIndex, constraints: Constraints) -> tuple[Domain, ...]:
    found = (
        Domain(
            ref=TableRef(schema=index.schemas[schema], name=name),
            base_type=base_type,
            nullable=not not_null,
            default=default,
            checks=tuple(sorted(constraints.checks.get(oid, ()), key=lambda check: check.name)),
            comment=index.comments.objects["pg_type"].get(oid),
        )
        for oid, schema, name, base_type, not_null, default in index.rows["domains"]
        if schema in index.schemas and oid not in index.members["pg_type"]
    )
    return tuple(sorted(found, key=lambda domain: domain.ref))


def composite_types(index: RowIndex, columns: Columns) -> tuple[CompositeType, ...]:
    found = (
        CompositeType(
            ref=index.refs[relation.oid],
            attributes=columns.of(relation.oid),
            comment=index.comments.objects["pg_type"].get(relation.row_type),
        )
        for relation in index.kept.values()
        if relation.kind == "c"
    )
    return tuple(sorted(found, key=lambda composite: composite.ref))
