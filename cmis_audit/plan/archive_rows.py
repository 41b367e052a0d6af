"""Which rows of a copy its table has, and which are kept."""

from dataclasses import dataclass

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan.preamble import Files
from cmis_audit.plan.sqltext import dollar
from cmis_audit.plan.stand_in import Moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy(Moved):
    said: str
    """A row of the copy as text, over `c`; comparable with the copied table's over `k`."""
    said_there: str
    not_there: str
    """A condition over `c`: the row has a value that the copied table has no column for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    files: Files
    kept: Table
    copies: tuple[Copy, ...]

    @property
    def schema(self) -> str:
        return quote_ident(self.files.book)


def keep(made: Archive, copy: Copy, source: TableRef) -> str:
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


def verified(made: Archive, copy: Copy, source: TableRef) -> str:
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
