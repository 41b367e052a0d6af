"""The files that put copies aside."""

from collections.abc import Iterator
from dataclasses import dataclass

from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import BOOK_COMMENT, Hazard, HazardNote, Lock, Phase, PlanOptions, Step
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan.preamble import step
from cmis_audit.plan.sqltext import dollar, template
from cmis_audit.plan.structure import catalog_md5


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    number: int
    table: Table
    moved_to: TableRef
    said: str
    """A row of the copy as text, over `c`; comparable with the copied table's over `k`."""
    said_there: str
    not_there: str
    """A condition over `c`: the row has a value that the copied table has no column for."""

    @property
    def label(self) -> str:
        return str(self.table.ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    cluster: Cluster
    book: str
    kept: Table
    copies: tuple[Copy, ...]
    options: PlanOptions

    @property
    def schema(self) -> str:
        return quote_ident(self.book)


def archive_steps(made: Archive) -> Iterator[Step]:
    yield _expand(made)
    yield _backfill(made)
    yield _verify(made)
    yield _switch(made)
    yield _contract(made)
    yield _rollback_switch(made)
    yield _rollback_backfill(made)
    yield _rollback_expand(made)


def _step(made: Archive, file: str, phase: Phase, title: str, body: str, **more: object) -> Step:
    return step(
        file=file,
        phase=phase,
        title=title,
        body=body,
        cluster=made.cluster.name,
        book=made.book,
        options=made.options,
        **more,  # type: ignore[arg-type]
    )


def _expand(made: Archive) -> Step:
    book = made.schema
    expected = catalog_md5(tuple(copy.table for copy in made.copies))
    lines = [
        template("book.sql", book=book),
        f"COMMENT ON SCHEMA {book} IS {literal(BOOK_COMMENT)};",
        template("dependents.sql", book=book),
        template("contract.sql", book=book),
    ]
    for copy in made.copies:
        ref = copy.table.ref
        columns = quoted(column.name for column in copy.table.columns)
        lines.append(
            f"INSERT INTO {book}.members VALUES ({copy.number}, {literal(copy.label)}, "
            f"{literal(ref.schema)}, {literal(ref.name)}, {literal(str(copy.moved_to))}, NULL);\n"
            f"CREATE TABLE {book}.kept_{copy.number} AS "
            f"SELECT {columns} FROM {ref} WITH NO DATA;\n"
            f"SELECT {book}.keep_to_owner({literal(f'{book}.kept_{copy.number}')}::regclass);"
        )
    lines.append(
        f"INSERT INTO {book}.state (phase, expected) VALUES ('expand', {literal(expected)});\n"
        f"SELECT {book}.same_structure();\nSELECT {book}.refuse_unknown();"
    )
    return _step(
        made,
        "01-expand.sql",
        Phase.EXPAND,
        f"Prepare to put away the copies of {made.kept.ref}",
        "\n\n".join(lines),
        undoing="06-rollback-expand.sql",
    )


def _keep(made: Archive, copy: Copy, source: TableRef) -> str:
    """Return what keeps the rows that the copied table has not."""
    kept = f"{made.schema}.kept_{copy.number}"
    columns = [column.name for column in copy.table.columns]
    return (
        f"DELETE FROM {kept};\n"
        f"INSERT INTO {kept} ({quoted(columns)})\nSELECT {quoted(columns, 'c.')}\n"
        f"FROM {source} c\n"
        f"LEFT JOIN (SELECT DISTINCT {copy.said_there} AS said FROM {made.kept.ref} k) k\n"
        f"  ON k.said = {copy.said}\nWHERE k.said IS NULL OR {copy.not_there};"
    )


def _backfill(made: Archive) -> Step:
    return _step(
        made,
        "02-backfill.sql",
        Phase.BACKFILL,
        f"Keep what the copies have beyond {made.kept.ref}",
        "\n\n".join(_keep(made, copy, copy.table.ref) for copy in made.copies),
        undoing="06-rollback-backfill.sql",
        hazards=tuple(_scans(made)),
        timed=False,
        reached=Phase.BACKFILL,
    )


def _scans(made: Archive) -> Iterator[HazardNote]:
    for ref in (made.kept.ref, *(copy.table.ref for copy in made.copies)):
        yield HazardNote(hazard=Hazard.LONG_SCAN, subject=str(ref), detail="is read as a whole")


def _verify(made: Archive) -> Step:
    return _step(
        made,
        "03-verify.sql",
        Phase.VERIFY,
        f"Hold the copies against {made.kept.ref} and what is kept",
        "\n\n".join(_verified(made, copy, copy.table.ref) for copy in made.copies),
        hazards=tuple(_scans(made)),
        timed=False,
        reached=Phase.VERIFY,
        isolation=" ISOLATION LEVEL REPEATABLE READ",
    )


def _verified(made: Archive, copy: Copy, source: TableRef) -> str:
    """Return what raises unless each row of the copy is kept or stands in the copied table."""
    book, label = made.schema, literal(copy.label)
    columns = quoted((column.name for column in copy.table.columns), "c.")
    row = f"hashtextextended(CAST(ROW({columns}) AS text), 0)::numeric"
    body = f"""\
DECLARE
    said {book}.ledger;
BEGIN
    SELECT * INTO STRICT said FROM {book}.ledger WHERE member = {label};
    IF said.rows_in <> said.inserted + said.merged OR said.hash_in <> said.hash_out THEN
        RAISE EXCEPTION USING MESSAGE = {label} || ' or the table that it copies was written to',
            HINT = 'run the backfill again';
    END IF;
END"""
    return f"""\
INSERT INTO {book}.ledger (member, rows_in, inserted, merged, rejected, hash_in, hash_out)
SELECT {label}, i.rows_in, o.kept, s.same, 0, i.hash, o.hash + s.hash
FROM (SELECT count(*) AS rows_in, coalesce(sum({row}), 0) AS hash FROM {source} c) i,
     (SELECT count(*) AS kept, coalesce(sum({row}), 0) AS hash
      FROM {book}.kept_{copy.number} c) o,
     (SELECT count(*) AS same, coalesce(sum({row}), 0) AS hash
      FROM {source} c
      JOIN (SELECT DISTINCT {copy.said_there} AS said FROM {made.kept.ref} k) k
        ON k.said = {copy.said}
      WHERE NOT ({copy.not_there})) s
ON CONFLICT (member) DO UPDATE SET
    rows_in = excluded.rows_in, inserted = excluded.inserted, merged = excluded.merged,
    rejected = excluded.rejected, hash_in = excluded.hash_in, hash_out = excluded.hash_out,
    verified_at = clock_timestamp();
DO {dollar(body)};"""


def _switch(made: Archive) -> Step:
    book = made.schema
    names = ", ".join(copy.label for copy in made.copies)
    parts = [f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE;", f"SELECT {book}.save_dependents();"]
    for copy in made.copies:
        ref, moved = copy.table.ref, copy.moved_to
        options = " WITH (security_invoker = true)" if copy.table.row_security else ""
        columns = quoted(column.name for column in copy.table.columns)
        owner = (
            f"\nALTER VIEW {ref} OWNER TO {quote_ident(copy.table.owner)};"
            if copy.table.owner
            else ""
        )
        parts.append(
            f"ALTER TABLE {ref} RENAME TO {quote_ident(moved.name)};\n"
            f"CREATE VIEW {ref}{options} AS SELECT {columns} FROM {moved};{owner}\n"
            f"SELECT {book}.copy_rights({literal(str(moved))}::regclass, "
            f"{literal(str(ref))}::regclass);"
        )
    parts.append(f"SELECT {book}.repoint_dependents();")
    return _step(
        made,
        "04-switch.sql",
        Phase.SWITCH,
        "Put the copies aside; views stand under their names",
        "\n\n".join(parts),
        undoing="06-rollback-switch.sql",
        locks=_exclusive(made),
        hazards=tuple(
            HazardNote(
                hazard=Hazard.ACCESS_EXCLUSIVE_LOCK,
                subject=copy.label,
                detail="while its name changes",
            )
            for copy in made.copies
        ),
        reached=Phase.SWITCH,
    )


def _exclusive(made: Archive) -> tuple[Lock, ...]:
    return tuple(Lock(table=copy.label, mode="ACCESS EXCLUSIVE") for copy in made.copies)


def _contract(made: Archive) -> Step:
    book = made.schema
    moved = ", ".join(str(copy.moved_to) for copy in made.copies)
    parts = [
        f"LOCK TABLE {moved} IN ACCESS EXCLUSIVE MODE;\nLOCK TABLE {made.kept.ref} IN SHARE MODE;",
        f"SELECT {book}.refuse_users_of_names();",
    ]
    for copy in made.copies:
        parts += [_keep(made, copy, copy.moved_to), _verified(made, copy, copy.moved_to)]
    parts.append(f"SELECT {book}.drop_moved_views();")
    parts += [f"DROP VIEW {copy.table.ref};\nDROP TABLE {copy.moved_to};" for copy in made.copies]
    return _step(
        made,
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
        by_default=made.options.yes_drop,
        timed=False,
        reached=Phase.CONTRACT,
    )


def _rollback_switch(made: Archive) -> Step:
    parts = []
    for copy in made.copies:
        ref = copy.table.ref
        aside = quote_ident(f"{made.book}_view_{copy.number}")
        parts.append(
            f"ALTER VIEW {ref} RENAME TO {aside};\n"
            f"ALTER TABLE {copy.moved_to} RENAME TO {quote_ident(ref.name)};"
        )
    parts.append(f"SELECT {made.schema}.return_dependents();")
    for copy in made.copies:
        aside = quote_ident(f"{made.book}_view_{copy.number}")
        parts.append(f"DROP VIEW {quote_ident(copy.table.ref.schema)}.{aside};")
    return _undo(
        made,
        "06-rollback-switch.sql",
        Phase.SWITCH,
        "Let the copies have their names again",
        "\n".join(parts),
        after=("switch",),
        reached=Phase.VERIFY,
        locks=_exclusive(made),
    )


def _rollback_backfill(made: Archive) -> Step:
    lines = [f"DELETE FROM {made.schema}.kept_{copy.number};" for copy in made.copies]
    lines.append(f"DELETE FROM {made.schema}.ledger;")
    return _undo(
        made,
        "06-rollback-backfill.sql",
        Phase.BACKFILL,
        "Keep nothing any more",
        "\n".join(lines),
        after=("expand", "backfill", "verify"),
        reached=Phase.EXPAND,
    )


def _rollback_expand(made: Archive) -> Step:
    return _undo(
        made,
        "06-rollback-expand.sql",
        Phase.EXPAND,
        "Take the books away",
        f"DROP SCHEMA {made.schema} CASCADE;",
        after=("expand", "backfill", "verify"),
    )


def _undo(made: Archive, file: str, phase: Phase, title: str, body: str, **more: object) -> Step:
    return _step(made, file, phase, title, body, undo=True, by_default=False, **more)
