r"""A schema that repeats another: its tables have plans of their own; here they go together.

The drivers hold nothing but psql's `\ir` of the files of those plans, phase by phase, so that all
tables are filled before the first one switches. Then the schema itself is dropped, if nothing else
stands in it.
"""

from collections.abc import Iterator
from typing import Final

from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import (
    BOOK_COMMENT,
    ClusterPlan,
    Driver,
    Hazard,
    HazardNote,
    Phase,
    PlanOptions,
    SchemaPlan,
    Step,
    Strategy,
)
from cmis_audit.model.schema_copy import SchemaCopies, SchemaCopy, SchemaKind
from cmis_audit.model.sqltext import literal
from cmis_audit.plan.design import CannotPlanError
from cmis_audit.plan.naming import Names, folder
from cmis_audit.plan.preamble import Files
from cmis_audit.plan.sqltext import plain, template

_GO: Final = frozenset({SchemaKind.VERSION, SchemaKind.BACKUP, SchemaKind.COPY})


def schema_plans(
    catalog: Catalog,
    copies: tuple[SchemaCopies, ...],
    planned: tuple[ClusterPlan, ...],
    names: Names,
    options: PlanOptions,
) -> tuple[tuple[SchemaPlan, ...], tuple[Skipped, ...]]:
    """Return a plan for each schema that is to go, and why there is none for others."""
    made: list[SchemaPlan] = []
    skipped = []
    for group in copies:
        for copy in group.copies:
            if copy.kind not in _GO:
                continue
            number = len(planned) + len(made) + 1
            try:
                plans = _pairs(copy, planned)
            except CannotPlanError as error:
                why = f"repeats {quote_ident(group.source)}, and stays: {'; '.join(error.reasons)}"
                skipped.append(Skipped(what=f"schema {quote_ident(copy.schema)}", why=why))
                continue
            files = Files(
                cluster=f"schema {quote_ident(copy.schema)}",
                book=names.free_book(f"{group.id}_{number}"),
                options=options,
            )
            made.append(
                SchemaPlan(
                    schema=copy.schema,
                    source=group.source,
                    folder=folder(number, f"schema-{copy.schema}"),
                    book=files.book,
                    clusters=tuple(each.cluster for each in plans),
                    drivers=tuple(_drivers(copy.schema, plans)),
                    drop=_drop(files, catalog, copy.schema, plans),
                    restore=_restore(files, copy.schema),
                    left=tuple(sorted(_left(catalog, copy.schema, plans))),
                )
            )
    return tuple(made), tuple(skipped)


def _pairs(copy: SchemaCopy, planned: tuple[ClusterPlan, ...]) -> tuple[ClusterPlan, ...]:
    """Return the plans of the copy's tables, in their order. Raises CannotPlanError."""
    merged = [each for each in planned if each.strategy != Strategy.RENAME]
    wanted = {pair.cluster for pair in copy.pairs}
    plans = tuple(each for each in merged if each.cluster in wanted)
    found = {member.table for each in plans for member in each.members}
    reasons = [f"{pair.copy} has no plan" for pair in copy.pairs if pair.copy not in found]
    reasons += [
        f"{target.ref} of {each.folder} is to stand there"
        for each in plans
        for target in each.targets
        if target.ref.schema == copy.schema
    ]
    if reasons:
        raise CannotPlanError(*sorted(reasons))
    return plans


def _drivers(schema: str, plans: tuple[ClusterPlan, ...]) -> Iterator[Driver]:
    steps = [step for each in plans for step in each.steps]
    for undo in (False, True):
        order = plans[::-1] if undo else plans
        found = {(step.phase, step.file) for step in steps if step.undo == undo}
        for phase, name in sorted(found, key=_turn, reverse=undo):
            runs = tuple(
                f"{each.folder}/{name}"
                for each in order
                if any(step.file == name for step in each.steps)
            )
            title = f"{name} of all plans whose tables stand in {plain(quote_ident(schema))}"
            yield Driver(
                file=name,
                phase=phase,
                undo=undo,
                title=title,
                runs=runs,
                sql=f"-- {title}.\n-- Run with: psql -v ON_ERROR_STOP=1 -f\n\n"
                + "".join(f"\\ir ../{each}\n" for each in runs),
            )


def _turn(file: tuple[Phase, str]) -> tuple[int, str]:
    return list(Phase).index(file[0]), file[1]


def _drop(files: Files, catalog: Catalog, schema: str, plans: tuple[ClusterPlan, ...]) -> Step:
    book, name = quote_ident(files.book), quote_ident(schema)
    books = ", ".join(literal(each.book) for each in plans)
    sequences = ", ".join(literal(each) for each in _sequences(catalog, schema, plans))
    parts = [
        template("schema.sql", book=book),
        f"INSERT INTO {book}.repeating (schema_name) VALUES ({literal(schema)});",
        f"COMMENT ON SCHEMA {book} IS {literal(BOOK_COMMENT)};",
        f"SELECT {book}.refuse_unfinished({books});",
        f"SELECT {book}.drop_unused_sequences({sequences});" if sequences else "",
        f"SELECT {book}.refuse_remaining();",
        f"SELECT {book}.note_schema();",
        f"DROP SCHEMA {name} RESTRICT;",
    ]
    return files.step(
        "05-contract_schema.sql",
        Phase.CONTRACT,
        f"Drop the schema {name}; refused while anything stands in it",
        "\n\n".join(part for part in parts if part),
        undoing="06-rollback-schema.sql, but for sequences that nothing used",
        hazards=(
            HazardNote(
                hazard=Hazard.CHANGED_BEHAVIOUR,
                subject=name,
                detail="is no schema any more: it stands in search paths and in code perhaps",
            ),
        ),
        by_default=False,
        after=(),
    )


def _restore(files: Files, schema: str) -> Step:
    book = quote_ident(files.book)
    return files.undo(
        "06-rollback-schema.sql",
        Phase.CONTRACT,
        f"Make the schema {quote_ident(schema)} again, empty, with its owner, comment and rights",
        f"SELECT {book}.return_schema();\n\nDROP SCHEMA {book} CASCADE;",
        after=(),
    )


def _sequences(catalog: Catalog, schema: str, plans: tuple[ClusterPlan, ...]) -> tuple[str, ...]:
    """Return the sequences of the schema that columns of its merged tables own."""
    owners = tuple(
        f"{member.table}."
        for each in plans
        for member in each.members
        if member.table.schema == schema
    )
    return tuple(
        str(each.ref)
        for each in catalog.sequences
        if each.ref.schema == schema and (each.owned_by or "").startswith(owners)
    )


def _left(catalog: Catalog, schema: str, plans: tuple[ClusterPlan, ...]) -> Iterator[str]:
    """Yield what the plans leave in the schema, as far as the catalog tells."""
    gone = {str(member.table) for each in plans for member in each.members}
    gone.update(str(each.ref) for each in catalog.sequences if each.owned_by)
    for kind, refs in (
        ("table", [each.ref for each in catalog.tables]),
        ("view", [each.ref for each in catalog.views]),
        ("function", [each.ref for each in catalog.functions]),
        ("sequence", [each.ref for each in catalog.sequences]),
        ("type", [each.ref for each in catalog.enums]),
        ("type", [each.ref for each in catalog.domains]),
        ("type", [each.ref for each in catalog.composite_types]),
    ):
        for ref in refs:
            if ref.schema == schema and str(ref) not in gone:
                yield f"{kind} {ref}"
