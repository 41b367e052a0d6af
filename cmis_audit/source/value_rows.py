"""Rows of counts become the answer to a question about values."""

from cmis_audit.model.overlap import CommonValues, LookedUpColumn, Overlap, Question, SampledColumn
from cmis_audit.source.row_index import Row


def overlap_of(
    question: Question,
    answer: list[Row],
    rows: int,
    looked_up: tuple[LookedUpColumn, ...],
    common: tuple[CommonValues, ...],
) -> Overlap:
    """Return the answer to a question; `rows` is how many of each table were read at most."""
    sampled, read = [], (0, 0)
    for place, left_filled, left_values, right_filled, right_values, shared in sorted(answer):
        if place == 0:
            read = left_filled, right_filled
            continue
        left, right = question.columns[place - 1]
        sampled.append(
            SampledColumn(
                left=left,
                right=right,
                left_filled=left_filled,
                left_values=left_values,
                right_filled=right_filled,
                right_values=right_values,
                shared=shared,
            )
        )
    return Overlap(
        left=question.left,
        right=question.right,
        left_read=_share(read[0], question.left_rows, rows),
        right_read=_share(read[1], question.right_rows, rows),
        sampled=tuple(sampled),
        looked_up=looked_up,
        common=common,
    )


def _share(read: int, estimate: int | None, rows: int) -> float:
    """Return the share of the rows that were read: all when the limit was not reached.

    Where it was and the estimate is of no more rows, it is stale: then a guess, below 1.
    """
    sampled = estimate is not None and estimate > rows
    if not sampled and read < rows:
        return 1.0
    return min(read / max(estimate or 0, 2 * rows if not sampled else 1), 0.999)
