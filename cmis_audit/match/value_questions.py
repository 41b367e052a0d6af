"""Whom to ask about values: the likely pairs, and which of their columns can tell anything.

Numbers never count, for 17 stands in every table; neither do dates, nor a column that points at
another table.
"""

import re
from itertools import chain

import msgspec

from cmis_audit.match.columns import type_family
from cmis_audit.match.forms import known_families
from cmis_audit.model.catalog import Catalog, Skipped, Table, TableKind
from cmis_audit.model.match import Match, Matches
from cmis_audit.model.overlap import Question
from cmis_audit.model.rule import RulePack

_MOST_PAIRS = 100
_MOST_COLUMNS = 12  # of a pair, the rarest
_WORDS = frozenset({"text", "uuid", "network"})  # whose values are alike written as text
_SAME_TYPE = frozenset({"timestamp", "bytes"})
# whose `=` is nobody's own
_BUILT_IN = re.compile(r"(text|character( varying)?(\(\d+\))?|uuid|inet|bytea)\Z")


class Questions:
    """What to ask about the likely pairs of a catalog."""

    def __init__(self, catalog: Catalog, pack: RulePack) -> None:
        self._tables = {table.ref: table for table in catalog.tables}
        self._known = known_families(catalog)
        self._least = next(one.value for one in pack.weights if one.name == "review_from")

    def about(self, matches: Matches) -> tuple[tuple[Question, ...], tuple[Skipped, ...]]:
        """Return what to ask, the likeliest pair first, and what is left out beyond the limit."""
        likely = sorted(
            (match for match in matches.matches if match.bits >= self._least),
            key=lambda match: (-match.bits, match.left, match.right),
        )
        asked = [question for match in likely if (question := self._question(match))]
        over = len(asked) - _MOST_PAIRS
        left_out = Skipped(
            what=f"values of {over} further pairs of likely duplicates",
            why=f"the likeliest {_MOST_PAIRS} are sampled",
        )
        return tuple(asked[:_MOST_PAIRS]), (left_out,) if over > 0 else ()

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
        question = Question(
            left=match.left,
            right=match.right,
            columns=tuple((one.left, one.right) for one in columns[:_MOST_COLUMNS]),
            left_rows=left.statistics.rows_estimate if left.statistics else None,
            right_rows=right.statistics.rows_estimate if right.statistics else None,
        )
        larger, side = (left, 0) if question.left_is_larger else (right, 1)
        return msgspec.structs.replace(
            question,
            indexed=tuple(
                names
                for names in question.columns
                if _is_indexed(larger, names[side])
                and type_of(left, names[0]) == type_of(right, names[1])
                and _BUILT_IN.match(type_of(left, names[0]))
            ),
        )

    def _worth_asking(self, left: Table, mine: str, right: Table, theirs: str) -> bool:
        types = type_of(left, mine), type_of(right, theirs)
        families = {type_family(one, self._known) for one in types}
        if not (families <= _WORDS or (types[0] == types[1] and families <= _SAME_TYPE)):
            return False
        for table, name, of_type in ((left, mine, types[0]), (right, theirs, types[1])):
            if any(name in key.columns for key in table.foreign_keys):
                return False
            if type_family(of_type, self._known) == "uuid" and not is_key(table, name):
                return False
        return True


def type_of(table: Table, name: str) -> str:
    return next(column.type for column in table.columns if column.name == name)


def is_key(table: Table, name: str) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (name,)


def is_unique(table: Table, name: str) -> bool:
    keys = (key.columns for key in table.uniques)
    indexes = (index.keys for index in table.indexes if index.unique and index.predicate is None)
    return (name,) in chain(keys, indexes)


def _is_indexed(table: Table, name: str) -> bool:
    """Tell whether an index finds the rows with a value of the column."""
    keys = (key.columns[0] for key in (*table.uniques, *filter(None, [table.primary_key])))
    indexes = (
        index.keys[0]
        for index in table.indexes
        if index.valid
        and index.predicate is None
        and index.method in ("btree", "hash")
        and " COLLATE " not in index.definition
    )
    return name in chain(keys, indexes)
