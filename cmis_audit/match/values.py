"""What the values of likely duplicates say: whom to ask about, and what the answers are worth.

Asked about are the pairs at or above the line for review. Numbers never count, for 17 stands in
every table; neither do dates, nor a column that points at another table. What came back moves the
pairs that were asked about and no other: no pair is found through its values.
"""

from collections.abc import Iterator
from itertools import chain

import msgspec

from cmis_audit.match.columns import type_family
from cmis_audit.match.forms import known_families
from cmis_audit.match.words import tokens
from cmis_audit.model.catalog import Catalog, Skipped, Table, TableKind
from cmis_audit.model.match import Evidence, Match, Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.overlap import CommonValues, Overlap, Overlaps, Question, SampledColumn
from cmis_audit.model.rule import RulePack
from cmis_audit.model.traits import Marker

_MOST_PAIRS = 100
_MOST_COLUMNS = 12  # of a pair, the rarest
_WORDS = frozenset({"text", "uuid", "network"})  # whose values are alike written as text
_SAME_TYPE = frozenset({"timestamp", "bytes"})
_TELLS_APART = 0.8  # different values over filled rows
_FEWEST = 8  # values
_FEWEST_AGAINST = 32
_SHARED_FROM = 0.2
_DISJOINT_TO = 0.02
_TELLING_BITS = 2.0
_COMMON_FEWEST = 10
_COMMON_FROM = 0.8
_COVERED = 0.5  # of the smaller table's columns


class Values:
    """Asks about the likely pairs of a catalog, and enters the answers in their ledgers."""

    def __init__(self, catalog: Catalog, pack: RulePack) -> None:
        self._tables = {table.ref: table for table in catalog.tables}
        self._known = known_families(catalog)
        self._weights = {weight.name: weight.value for weight in pack.weights}
        self._random = pack.lexicon.random_words

    def questions(self, matches: Matches) -> tuple[tuple[Question, ...], tuple[Skipped, ...]]:
        """Return what to ask, the likeliest pair first, and what is left out beyond the limit."""
        least = self._weights["review_from"]
        likely = sorted(
            (match for match in matches.matches if match.bits >= least),
            key=lambda match: (-match.bits, match.left, match.right),
        )
        asked = [question for match in likely if (question := self._question(match))]
        over = len(asked) - _MOST_PAIRS
        left_out = Skipped(
            what=f"values of {over} further pairs of likely duplicates",
            why=f"the likeliest {_MOST_PAIRS} are sampled",
        )
        return tuple(asked[:_MOST_PAIRS]), (left_out,) if over > 0 else ()

    def entered(self, matches: Matches, overlaps: Overlaps) -> Matches:
        """Return the matches with what the answers say for or against them."""
        found = {(overlap.left, overlap.right): overlap for overlap in overlaps.pairs}
        entered = (
            self._entered(match, found[match.left, match.right])
            if (match.left, match.right) in found
            else match
            for match in matches.matches
        )
        return msgspec.structs.replace(matches, matches=tuple(entered))

    def _question(self, match: Match) -> Question | None:
        left, right = self._tables[match.left], self._tables[match.right]
        if TableKind.FOREIGN in (left.kind, right.kind):
            return None  # it would be another server that is read
        columns = [
            one for one in match.columns if self._worth_asking(left, one.left, right, one.right)
        ]
        columns.sort(key=lambda one: (-one.bits, one.left))
        if not columns:
            return None
        return Question(
            left=match.left,
            right=match.right,
            columns=tuple((one.left, one.right) for one in columns[:_MOST_COLUMNS]),
            left_rows=left.statistics.rows_estimate if left.statistics else None,
            right_rows=right.statistics.rows_estimate if right.statistics else None,
        )

    def _worth_asking(self, left: Table, mine: str, right: Table, theirs: str) -> bool:
        types = _type(left, mine), _type(right, theirs)
        families = {type_family(one, self._known) for one in types}
        if not (families <= _WORDS or (types[0] == types[1] and families <= _SAME_TYPE)):
            return False
        for table, name, of_type in ((left, mine, types[0]), (right, theirs, types[1])):
            if any(name in key.columns for key in table.foreign_keys):
                return False
            if type_family(of_type, self._known) == "uuid" and not _is_key(table, name):
                return False
        return True

    def _entered(self, match: Match, overlap: Overlap) -> Match:
        found = [*self._sampled(match, overlap), *self._common(match, overlap)]
        return msgspec.structs.replace(
            match,
            bits=round(match.bits + sum(piece.bits for piece in found), 2),
            evidence=(*match.evidence, *(piece for piece in found if piece.bits >= 0)),
            counter_evidence=(
                *match.counter_evidence,
                *(piece for piece in found if piece.bits < 0),
            ),
        )

    def _sampled(self, match: Match, overlap: Overlap) -> Iterator[Evidence]:
        """Yield bits by the column of which the largest share stands in the other table too.

        For the pair if that is a fifth or more, against it if natural keys have hardly a value in
        common; in between, nothing. Tables that are editions of each other may share out the rows:
        against them nothing is said.
        """
        looked = [
            _Lookup(column, overlap)
            for column in overlap.sampled
            if _tells_apart(column) and min(column.left_values, column.right_values) >= _FEWEST
        ]
        met = [one for one in looked if one.share >= _SHARED_FROM and one.column.shared >= _FEWEST]
        if met:
            best = max(met, key=_by_share)
            bits = self._weights["sample.shared"] * best.share
            yield Evidence(signal="sample", bits=round(bits, 2), detail=best.said())
            return
        natural = [one for one in looked if self._natural(match, one)]
        if not natural or {Marker.VERSION, Marker.ARCHIVE} & set(match.markers):
            return
        most = max(one.share for one in looked)
        if most < _DISJOINT_TO:
            bits = self._weights["sample.disjoint"] * (1 - most / _DISJOINT_TO)
            nearest = max(natural, key=_by_share)
            yield Evidence(signal="sample", bits=round(bits, 2), detail=nearest.said())

    def _natural(self, match: Match, looked: "_Lookup") -> bool:
        """Tell whether the column is a key from outside, and its values were looked for in all."""
        sides = (
            (self._tables[match.left], looked.column.left),
            (self._tables[match.right], looked.column.right),
        )
        if looked.read < 1 or looked.values < _FEWEST_AGAINST:
            return False
        if not any(_is_unique(table, name) for table, name in sides):
            return False
        return all(
            type_family(_type(table, name), self._known) == "text"
            and not _is_key(table, name)
            and self._random.isdisjoint(tokens(name))
            for table, name in sides
        )

    def _common(self, match: Match, overlap: Overlap) -> Iterator[Evidence]:
        """Yield a little where a rare column has the same common values, each as often."""
        worth = {one.left: one.bits for one in match.columns}
        alike = [
            one
            for one in overlap.common
            if worth[one.left] >= _TELLING_BITS
            and min(one.left_values, one.right_values, one.shared) >= _COMMON_FEWEST
            and one.agreement >= _COMMON_FROM
        ]
        best = max(alike, key=lambda one: (one.agreement, one.left), default=None)
        if best is not None and match.containment >= _COVERED:
            bits = self._weights["data.common_values"] * min(best.agreement, 1.0)
            yield Evidence(signal="common-values", bits=round(bits, 2), detail=_common_said(best))


class _Lookup:
    """The values of the column that has fewer, looked for in the other; of as many, in the one of
    which more was read.

    Where all of them are looked for in a part of a table, so many times as many stand in the whole.
    Where a part is looked for in a part, no more is claimed than was met: which of the rows meet
    depends on how the tables lie on disk.
    """

    def __init__(self, column: SampledColumn, overlap: Overlap) -> None:
        self.column = column
        from_left = (column.left_values, -overlap.right_read) <= (
            column.right_values,
            -overlap.left_read,
        )
        self.values = column.left_values if from_left else column.right_values
        self.read = overlap.right_read if from_left else overlap.left_read
        self._names = (column.left, column.right) if from_left else (column.right, column.left)
        self._other: TableRef = overlap.right if from_left else overlap.left
        self._whole = (overlap.left_read if from_left else overlap.right_read) == 1
        looked_for = self.values * (self.read if self._whole else 1)
        self.share = min(column.shared / looked_for, 1.0) if looked_for else 0.0

    def said(self) -> str:
        mine, theirs = self._names
        read = f"{self.read:.0%}" if self.read >= 0.01 else "less than 1%"
        part = "" if self.read == 1 else f", in the {read} of its rows that were read"
        return (
            f"{self.column.shared:,} of {self.values:,} {'' if self._whole else 'sampled '}values "
            f"of {mine} also stand in {self._other}, column {theirs}{part}"
        )


def _by_share(one: _Lookup) -> tuple[float, str]:
    return one.share, one.column.left


def _common_said(one: CommonValues) -> str:
    names = one.left if one.left == one.right else f"{one.left} ~ {one.right}"
    least = min(one.left_values, one.right_values)
    return f"{one.shared} of the {least} most common values of {names} are the same, each as common"


def _tells_apart(column: SampledColumn) -> bool:
    return (
        column.left_values >= _TELLS_APART * column.left_filled
        and column.right_values >= _TELLS_APART * column.right_filled
    )


def _type(table: Table, name: str) -> str:
    return next(column.type for column in table.columns if column.name == name)


def _is_key(table: Table, name: str) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (name,)


def _is_unique(table: Table, name: str) -> bool:
    keys = (key.columns for key in table.uniques)
    indexes = (index.keys for index in table.indexes if index.unique and index.predicate is None)
    return (name,) in chain(keys, indexes)
