"""What the values of likely duplicates say.

Asked about are the pairs at or above the line for review. The answers move those pairs and no
other: none is found through its values.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from cmis_audit.match.columns import type_family
from cmis_audit.match.forms import known_families
from cmis_audit.match.value_questions import is_key, is_unique, type_of
from cmis_audit.match.words import tokens
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.match import Evidence, Match, Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.overlap import (
    CommonValues,
    LookedUpColumn,
    Overlap,
    Overlaps,
    SampledColumn,
)
from cmis_audit.model.rule import RulePack
from cmis_audit.model.traits import Marker

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
    """Enters the answers to questions about values in the ledgers of a catalog's pairs."""

    def __init__(self, catalog: Catalog, pack: RulePack) -> None:
        self._tables = {table.ref: table for table in catalog.tables}
        self._known = known_families(catalog)
        self._weights = {weight.name: weight.value for weight in pack.weights}
        self._random = pack.lexicon.random_words

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
        by_index = {one.left: one for one in overlap.looked_up if one.values >= _FEWEST}
        looked = [
            _by_index(column, by_index[column.left], overlap)
            if column.left in by_index
            else _by_rows(column, overlap)
            for column in overlap.sampled
            if _tells_apart(column) and min(column.left_values, column.right_values) >= _FEWEST
        ]
        met = [one for one in looked if one.share >= _SHARED_FROM and one.shared >= _FEWEST]
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
            (self._tables[match.left], looked.left),
            (self._tables[match.right], looked.right),
        )
        if looked.read < 1 or looked.values < _FEWEST_AGAINST:
            return False
        if not any(is_unique(table, name) for table, name in sides):
            return False
        return all(
            type_family(type_of(table, name), self._known) == "text"
            and not is_key(table, name)
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


class _Lookup(NamedTuple):
    """Values of one column, looked for in the other."""

    left: str
    right: str
    from_left: bool
    values: int
    shared: int
    whole: bool
    """Whether these are all values of the column."""
    other: TableRef
    read: float
    """The share of the other table's rows in which they were looked for."""

    @property
    def share(self) -> float:
        """Return the share that stands in the other, 0 to 1.

        Where all values are looked for in a part of a table, so many times as many stand in the
        whole. Where a part is looked for in a part, no more is claimed than was met: which rows
        meet depends on how the tables lie on disk.
        """
        looked_for = self.values * (self.read if self.whole else 1)
        return min(self.shared / looked_for, 1.0) if looked_for else 0.0

    def said(self) -> str:
        mine, theirs = (self.left, self.right) if self.from_left else (self.right, self.left)
        read = f"{self.read:.0%}" if self.read >= 0.01 else "less than 1%"
        part = "" if self.read == 1 else f", in the {read} of its rows that were read"
        return (
            f"{self.shared:,} of {self.values:,} {'' if self.whole else 'sampled '}values "
            f"of {mine} also stand in {self.other}, column {theirs}{part}"
        )


def _by_rows(column: SampledColumn, overlap: Overlap) -> _Lookup:
    """Return the lookup of the column that has fewer values; of as many, where more was read."""
    from_left = (column.left_values, -overlap.right_read) <= (
        column.right_values,
        -overlap.left_read,
    )
    return _Lookup(
        left=column.left,
        right=column.right,
        from_left=from_left,
        values=column.left_values if from_left else column.right_values,
        shared=column.shared,
        whole=(overlap.left_read if from_left else overlap.right_read) == 1,
        other=overlap.right if from_left else overlap.left,
        read=overlap.right_read if from_left else overlap.left_read,
    )


def _by_index(column: SampledColumn, looked_up: LookedUpColumn, overlap: Overlap) -> _Lookup:
    return _Lookup(
        left=column.left,
        right=column.right,
        from_left=looked_up.from_left,
        values=looked_up.values,
        shared=looked_up.found,
        whole=False,
        other=overlap.right if looked_up.from_left else overlap.left,
        read=1.0,
    )


def _by_share(one: _Lookup) -> tuple[float, str]:
    return one.share, one.left


def _common_said(one: CommonValues) -> str:
    names = one.left if one.left == one.right else f"{one.left} ~ {one.right}"
    least = min(one.left_values, one.right_values)
    return f"{one.shared} of the {least} most common values of {names} are the same, each as common"


def _tells_apart(column: SampledColumn) -> bool:
    return (
        column.left_values >= _TELLS_APART * column.left_filled
        and column.right_values >= _TELLS_APART * column.right_filled
    )
