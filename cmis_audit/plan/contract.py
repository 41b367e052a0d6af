"""Phase 5: the old tables go, and then their names. Never by itself."""

from collections.abc import Sequence

from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import Hazard, HazardNote, Lock, Phase, PlanOptions, Step
from cmis_audit.model.sqltext import literal
from cmis_audit.plan.design import Design
from cmis_audit.plan.preamble import Files


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
    return design.files(options).step(
        file="05-contract.sql",
        phase=Phase.CONTRACT,
        title="Drop the old tables; the views under their names stay",
        body=body,
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
    rename = ""
    if design.target.schema == design.members[0].table.ref.schema:
        rename = f"ALTER TABLE {design.target} RENAME TO {quote_ident(design.final_name)};"
    return give_up_names(
        design.files(options), [member.table.ref for member in design.members], rename
    )


def give_up_names(
    files: Files, refs: Sequence[TableRef], more: str, undoing: str = "", after: str = "contract"
) -> Step:
    """Return the file that drops the views under the old names, and does `more` then."""
    drops = "\n".join(f"DROP VIEW {ref};" for ref in refs)
    body = f"SELECT {quote_ident(files.book)}.refuse_users_of_names();\n\n{drops}\n\n{more}"
    return files.step(
        "05-contract_names.sql",
        Phase.CONTRACT,
        "Give up the old names; refused while anything names them",
        body,
        undoing=undoing,
        locks=tuple(Lock(table=str(ref), mode="ACCESS EXCLUSIVE") for ref in refs),
        hazards=tuple(
            HazardNote(
                hazard=Hazard.CHANGED_BEHAVIOUR,
                subject=str(ref),
                detail="is no name any more: whoever uses it has to be moved over first",
            )
            for ref in refs
        ),
        by_default=False,
        after=(after,),
    )
