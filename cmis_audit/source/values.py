"""Which values tables have in common: asked of the server, which answers in numbers.

Values are compared where they lie. What comes back, is kept and is written are counts: a hash of a
value, keyed or not, could be guessed by whoever knows the key and finds it in a log.

Two samples of rows that were drawn apart hardly meet, however alike the tables: of a million rows,
a thousand and another thousand share one. So a table is read whole where it has no more than the
rows asked for, and then the count is exact. Of a larger one the same blocks are read in every run
and on both sides (one seed: the blocks of the smaller share are among those of the larger), which
meets the rows of a copy; what was read is told, so that what was not found there is not said to be
missing. Where the larger table has an index on the column, those values of the other that have the
smallest hashes (a bottom-k sketch of what was read) are looked up in it: that counts in the whole.

Each pair is read in a transaction of its own, read-only, without waiting for locks longer than the
limits say. Row security is switched off, which makes the server refuse where it applies rather than
hand out a part for the whole. No function or cast that a user made is called: the columns are of
types the server brings along, or extensions, and are written by their output functions.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.overlap import (
    CommonValues,
    LookedUpColumn,
    Overlap,
    Overlaps,
    Question,
)
from cmis_audit.source.connection import AnyConnection, Limits
from cmis_audit.source.failures import is_lost
from cmis_audit.source.queries import catalog_query
from cmis_audit.source.row_index import Row
from cmis_audit.source.row_reading import beginning, share, why
from cmis_audit.source.value_rows import overlap_of

_LONGEST = 2_000  # bytes as stored: what is longer stands out of line, and is nobody's key
_LOOKED_UP = 256  # values of a column
_MOST_LOOKUPS = 2  # columns of a pair


class ValueReader:
    """Answers questions about values over one connection."""

    def __init__(self, connection: AnyConnection, limits: Limits, major: int) -> None:
        self._connection = connection
        self._limits = limits
        self._major = major
        self._begin = beginning(limits)
        self._skipped: set[Skipped] = set()

    def overlaps(self, questions: Sequence[Question], rows: int) -> Overlaps:
        """Return the answers, reading at most so many rows of each table.

        What cannot be read is among what was skipped. Raises psycopg.Error when the server is lost.
        """
        common = self._common_values(questions)
        pairs = [
            Overlap(left=each.left, right=each.right, common=found)
            if sampled is None
            else overlap_of(each, sampled, rows, self._looked_up(each, rows), found)
            for number, each in enumerate(questions)
            for found in [common.get(number, ())]
            for sampled in [self._sampled(each, rows)]
        ]
        return Overlaps(
            pairs=tuple(sorted(pairs, key=lambda pair: (pair.left, pair.right))),
            skipped=tuple(sorted(self._skipped)),
        )

    def _common_values(self, questions: Sequence[Question]) -> dict[int, tuple[CommonValues, ...]]:
        asked = [(each, *columns) for each in questions for columns in each.columns]
        rows = self._rows(
            sql.SQL(catalog_query("common_values", self._major)),
            {
                "numbers": list(range(len(asked))),
                "left_schemas": [each.left.schema for each, _, _ in asked],
                "left_tables": [each.left.name for each, _, _ in asked],
                "left_columns": [left for _, left, _ in asked],
                "right_schemas": [each.right.schema for each, _, _ in asked],
                "right_tables": [each.right.name for each, _, _ in asked],
                "right_columns": [right for _, _, right in asked],
                "tables": sorted({ref.name for each, _, _ in asked for ref in _both(each)}),
                "columns": sorted({name for _, *names in asked for name in names}),
            },
            (),
        )
        places = {id(each): number for number, each in enumerate(questions)}
        found: dict[int, list[CommonValues]] = defaultdict(list)
        for number, left_values, right_values, shared, agreement in sorted(rows or ()):
            question, left, right = asked[number]
            found[places[id(question)]].append(
                CommonValues(
                    left=left,
                    right=right,
                    left_values=left_values,
                    right_values=right_values,
                    shared=shared,
                    agreement=float(agreement),
                )
            )
        return {number: tuple(columns) for number, columns in found.items()}

    def _sampled(self, question: Question, rows: int) -> list[Row] | None:
        query = sql.SQL(catalog_query("sampled_values", self._major)).format(
            left=sql.Identifier(question.left.schema, question.left.name),
            right=sql.Identifier(question.right.schema, question.right.name),
            left_values=_as_text(left for left, _ in question.columns),
            right_values=_as_text(right for _, right in question.columns),
            left_sample=_blocks(question.left_rows, rows),
            right_sample=_blocks(question.right_rows, rows),
            rows=sql.Literal(rows),
        )
        return self._rows(query, None, _both(question))

    def _looked_up(self, question: Question, rows: int) -> tuple[LookedUpColumn, ...]:
        """Return what an index of the larger table says, where that was not read whole."""
        larger = question.left_is_larger
        smaller_rows, larger_rows = sorted((question.left_rows or 0, question.right_rows or 0))
        if larger_rows <= rows:
            return ()
        one, other = reversed(_both(question)) if larger else _both(question)
        found = []
        for left, right in question.indexed[:_MOST_LOOKUPS]:
            mine, theirs = (right, left) if larger else (left, right)
            query = sql.SQL(catalog_query("indexed_values", self._major)).format(
                table=sql.Identifier(one.schema, one.name),
                column=sql.Identifier(mine),
                sample=_blocks(smaller_rows, rows),
                rows=sql.Literal(rows),
                longest=sql.Literal(_LONGEST),
                most=sql.Literal(_LOOKED_UP),
                other=sql.Identifier(other.schema, other.name),
                other_column=sql.Identifier(theirs),
            )
            for values, hits in self._rows(query, None, _both(question)) or ():
                found.append(
                    LookedUpColumn(
                        left=left, right=right, from_left=not larger, values=values, found=hits
                    )
                )
        return tuple(found)

    def _rows(
        self,
        query: sql.Composable,
        parameters: dict[str, Any] | None,
        tables: tuple[TableRef, ...],
    ) -> list[Row] | None:
        """Return the rows of a query in a transaction of its own; None when it was refused."""
        text = sql.Composed([sql.SQL(self._begin), query, sql.SQL(";\nROLLBACK")])
        results: list[Row] = []
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(text, parameters)
                while True:
                    if cursor.description is not None:
                        results.extend(cursor.fetchall())
                    if not cursor.nextset():
                        return results
        except psycopg.Error as error:
            if is_lost(error) or self._connection.broken:
                raise
            with suppress(psycopg.Error), self._connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
            what = " and ".join(map(str, tables)) if tables else "most common values"
            self._skipped.add(Skipped(what=f"values of {what}", why=why(error, self._limits)))
            return None


def _both(question: Question) -> tuple[TableRef, TableRef]:
    return question.left, question.right


def _as_text(columns: Iterable[str]) -> sql.Composable:
    return sql.SQL(", ").join(
        sql.SQL("CASE WHEN pg_column_size({0}) <= {1} THEN concat({0}) END").format(
            sql.Identifier("t", name), sql.Literal(_LONGEST)
        )
        for name in columns
    )


def _blocks(estimate: int | None, rows: int) -> sql.Composable:
    return sql.SQL(share(estimate, rows))
