"""The files that put copies aside."""

from collections.abc import Iterator

from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import Hazard, HazardNote, Lock, Phase, Step
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan.archive_rows import Archive, keep, verified
from cmis_audit.plan.stand_in import exclusive, guarded, locked, opened, stand_in, while_renamed


def archive_steps(made: Archive) -> Iterator[Step]:
    yield _expand(made)
    yield _backfill(made)
    yield _verify(made)
    yield _switch(made)
    yield _contract(made)
    yield _rollback_switch(made)
    yield _rollback_backfill(made)
    yield _rollback_expand(made)


def _expand(made: Archive) -> Step:
    book = made.schema
    kept = "\n".join(
        f"CREATE TABLE {book}.kept_{copy.number} AS SELECT "
        f"{quoted(column.name for column in copy.table.columns)} FROM {copy.label} WITH NO DATA;\n"
        f"SELECT {book}.keep_to_owner({literal(f'{book}.kept_{copy.number}')}::regclass);"
        for copy in made.copies
    )
    return made.files.step(
        "01-expand.sql",
        Phase.EXPAND,
        f"Prepare to put away the copies of {made.kept.ref}",
        "\n\n".join(
            (*opened(book, made.copies), kept, guarded(book, made.copies, "refuse_unknown"))
        ),
        undoing="06-rollback-expand.sql",
    )


def _backfill(made: Archive) -> Step:
    return made.files.step(
        "02-backfill.sql",
        Phase.BACKFILL,
        f"Keep what the copies have beyond {made.kept.ref}",
        "\n\n".join(keep(made, copy, copy.table.ref) for copy in made.copies),
        undoing="06-rollback-backfill.sql",
        hazards=tuple(_scans(made)),
        timed=False,
        reached=Phase.BACKFILL,
    )


def _scans(made: Archive) -> Iterator[HazardNote]:
    for ref in (made.kept.ref, *(copy.table.ref for copy in made.copies)):
        yield HazardNote(hazard=Hazard.LONG_SCAN, subject=str(ref), detail="is read as a whole")


def _verify(made: Archive) -> Step:
    return made.files.step(
        "03-verify.sql",
        Phase.VERIFY,
        f"Hold the copies against {made.kept.ref} and what is kept",
        "\n\n".join(verified(made, copy, copy.table.ref) for copy in made.copies),
        hazards=tuple(_scans(made)),
        timed=False,
        reached=Phase.VERIFY,
        isolation=" ISOLATION LEVEL REPEATABLE READ",
    )


def _switch(made: Archive) -> Step:
    book = made.schema
    return made.files.step(
        "04-switch.sql",
        Phase.SWITCH,
        "Put the copies aside; views stand under their names",
        "\n\n".join(
            (
                locked(made.copies),
                f"SELECT {book}.save_dependents();",
                *(stand_in(book, copy) for copy in made.copies),
                f"SELECT {book}.repoint_dependents();",
            )
        ),
        undoing="06-rollback-switch.sql",
        locks=exclusive(made.copies),
        hazards=while_renamed(made.copies),
        reached=Phase.SWITCH,
    )


def _contract(made: Archive) -> Step:
    book = made.schema
    moved = ", ".join(str(copy.moved_to) for copy in made.copies)
    parts = [
        f"LOCK TABLE {moved} IN ACCESS EXCLUSIVE MODE;\nLOCK TABLE {made.kept.ref} IN SHARE MODE;",
        f"SELECT {book}.refuse_users_of_names();",
    ]
    for copy in made.copies:
        parts += [keep(made, copy, copy.moved_to), verified(made, copy, copy.moved_to)]
    parts.append(f"SELECT {book}.drop_moved_views();")
    parts += [f"DROP VIEW {copy.table.ref};\nDROP TABLE {copy.moved_to};" for copy in made.copies]
    return made.files.step(
        "05-contract.sql",
        Phase.CONTRACT,
        "Drop the copies; the rows that nobody else has are kept",
        "\n\n".join(parts),
        undoing="a backup only: take one with pg_dump before",
        locks=(
            *(Lock(table=str(c.moved_to), mode="ACCESS EXCLUSIVE") for c in made.copies),
            Lock(table=str(made.kept.ref), mode="SHARE"),
        ),
        hazards=(
            *(
                HazardNote(
                    hazard=Hazard.DELETES_DATA,
                    subject=copy.label,
                    detail=f"goes, but for the rows that {made.kept.ref} has not",
                )
                for copy in made.copies
            ),
            HazardNote(
                hazard=Hazard.BLOCKS_WRITES,
                subject=str(made.kept.ref),
                detail="while it is compared with the copies",
            ),
        ),
        by_default=made.files.options.yes_drop,
        timed=False,
        reached=Phase.CONTRACT,
    )


def _rollback_switch(made: Archive) -> Step:
    parts = []
    for copy in made.copies:
        ref = copy.table.ref
        aside = quote_ident(f"{made.files.book}_view_{copy.number}")
        parts.append(
            f"ALTER VIEW {ref} RENAME TO {aside};\n"
            f"ALTER TABLE {copy.moved_to} RENAME TO {quote_ident(ref.name)};"
        )
    parts.append(f"SELECT {made.schema}.return_dependents();")
    for copy in made.copies:
        aside = quote_ident(f"{made.files.book}_view_{copy.number}")
        parts.append(f"DROP VIEW {quote_ident(copy.table.ref.schema)}.{aside};")
    return made.files.undo(
        "06-rollback-switch.sql",
        Phase.SWITCH,
        "Let the copies have their names again",
        "\n".join(parts),
        after=("switch",),
        reached=Phase.VERIFY,
        locks=exclusive(made.copies),
    )


def _rollback_backfill(made: Archive) -> Step:
    lines = [f"DELETE FROM {made.schema}.kept_{copy.number};" for copy in made.copies]
    lines.append(f"DELETE FROM {made.schema}.ledger;")
    return made.files.undo(
        "06-rollback-backfill.sql",
        Phase.BACKFILL,
        "Keep nothing any more",
        "\n".join(lines),
        after=("expand", "backfill", "verify"),
        reached=Phase.EXPAND,
    )


def _rollback_expand(made: Archive) -> Step:
    return made.files.undo(
        "06-rollback-expand.sql",
        Phase.EXPAND,
        "Take the books away",
        f"DROP SCHEMA {made.schema} CASCADE;",
        after=("expand", "backfill", "verify"),
    )
