"""Phase 5: the old tables go, and then their names. Never by itself."""

from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import Hazard, HazardNote, Lock, Phase, PlanOptions, Step
from cmis_audit.model.sqltext import literal
from cmis_audit.plan.design import Design
from cmis_audit.plan.preamble import step


def contract(design: Design, options: PlanOptions) -> tuple[Step, Step]:
    return _tables(design, options), _names(design, options)


def _tables(design: Design, options: PlanOptions) -> Step:
    book = design.schema
    drops = "\n".join(f"DROP TABLE {member.moved_to};" for member in design.members)
    body = (
        f"SELECT {book}.refuse_dependents();\n\n"
        "-- Sequences outlive the tables that they were made for.\n"
        f"SELECT {book}.keep_sequences({literal(str(design.target))});\n"
        f"SELECT {book}.drop_moved_views();\n\n{drops}"
    )
    return step(
        file="05-contract.sql",
        phase=Phase.CONTRACT,
        title="Drop the old tables; the views under their names stay",
        body=body,
        cluster=design.cluster.name,
        book=design.book,
        options=options,
        undoing="a backup only: take one with pg_dump before",
        locks=tuple(
            Lock(table=str(member.moved_to), mode="ACCESS EXCLUSIVE") for member in design.members
        ),
        hazards=tuple(
            HazardNote(
                hazard=Hazard.DELETES_DATA,
                subject=str(member.moved_to),
                detail="is dropped; its rows are in the target and the rejects",
            )
            for member in design.members
        ),
        by_default=options.yes_drop,
        reached=Phase.CONTRACT,
    )


def _names(design: Design, options: PlanOptions) -> Step:
    drops = "\n".join(f"DROP VIEW {member.table.ref};" for member in design.members)
    rename = ""
    if design.target.schema == design.members[0].table.ref.schema:
        rename = f"\n\nALTER TABLE {design.target} RENAME TO {quote_ident(design.final_name)};"
    body = f"SELECT {design.schema}.refuse_users_of_names();\n\n{drops}{rename}"
    return step(
        file="05-contract_names.sql",
        phase=Phase.CONTRACT,
        title="Give up the old names; refused while anything names them",
        body=body,
        cluster=design.cluster.name,
        book=design.book,
        options=options,
        locks=tuple(Lock(table=member.label, mode="ACCESS EXCLUSIVE") for member in design.members),
        hazards=tuple(
            HazardNote(
                hazard=Hazard.CHANGED_BEHAVIOUR,
                subject=member.label,
                detail="is no name any more: whoever uses it has to be moved over first",
            )
            for member in design.members
        ),
        by_default=False,
        after=("contract",),
    )
