"""Two tables side by side, with what all signals need to know of them."""

from functools import cached_property

from cmis_audit.match.alignment import align
from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.table_names import NameRelation, name_relation
from cmis_audit.model.match import Alike, ColumnMatch, Relation
from cmis_audit.model.names import TableRef

NEARLY_ALL = 0.8  # of the columns of both tables

Twins = frozenset[tuple[TableRef, TableRef]]


class Pair:
    """A pair of tables in name order; what is dear is computed once, when first asked for."""

    def __init__(
        self, left: TableForm, right: TableForm, database: Database, twins: Twins = frozenset()
    ) -> None:
        self.left, self.right = sorted((left, right), key=lambda form: form.traits.ref)
        self.database = database
        self.twins = twins
        """Tables found to be one thing, both ways round: their children may be too."""

    @cached_property
    def relation(self) -> NameRelation:
        return name_relation(
            self.left.traits,
            self.right.traits,
            self.database.table_synonyms,
            self.database.markers,
        )

    @cached_property
    def alignment(self) -> tuple[ColumnMatch, ...]:
        return align(self.left, self.right, self.database)

    @cached_property
    def shared_keys(self) -> frozenset[str]:
        return self.left.keys & self.right.keys

    @cached_property
    def smaller(self) -> TableForm:
        return min(self.left, self.right, key=lambda form: (len(form.columns), form.traits.ref))

    @cached_property
    def twin_parents(self) -> tuple[TableRef, TableRef] | None:
        """Return a parent of each that were found to be one thing, the first by name."""
        twins = self.twins
        if not twins:
            return None
        own = {self.left.traits.ref, self.right.traits.ref}
        for mine in self.left.traits.parents:
            for theirs in self.right.traits.parents:
                if (mine, theirs) in twins and own.isdisjoint((mine, theirs)):
                    return mine, theirs
        return None

    @cached_property
    def share_of_both(self) -> float:
        """Return the share of the larger table's columns that has a partner, 0 to 1."""
        most = max(len(self.left.columns), len(self.right.columns))
        return len(self.alignment) / most if most else 0.0

    @cached_property
    def keyed_otherwise(self) -> bool:
        """Tell whether the one is named after the other and yet belongs to what the other does.

        `session_token_device` beside `session_token`: all columns but one are the same, and neither
        points at the other, as a table that serves the other would.
        """
        return (
            self.relation.relation == Relation.PART
            and self.share_of_both >= NEARLY_ALL
            and self.left.traits.ref not in self.right.traits.parents
            and self.right.traits.ref not in self.left.traits.parents
        )

    def pointers(self, child: TableForm, parent: TableForm) -> tuple[tuple[str, ...], ...]:
        """Return the columns of each reference of the one to the other, declared ones first.

        Not what a copy has because its original has it: a reference of the original to itself, and
        the original's key, which by its name seems to point there.
        """
        partner = {
            (match.left if child is self.left else match.right): (
                match.right if child is self.left else match.left
            )
            for match in self.alignment
            if match.how != Alike.SIMILAR  # which a common target alone can make
        }
        to_itself = {
            key.columns for key in parent.table.foreign_keys if key.target == parent.traits.ref
        }
        declared = [
            key.columns
            for key in child.table.foreign_keys
            if key.target == parent.traits.ref
            and tuple(partner.get(name, "") for name in key.columns) not in to_itself
        ]
        said = {name for key in child.table.foreign_keys for name in key.columns}
        keys = {column.name for column in parent.columns if column.is_key}
        implied = [
            (column.name,)
            for column in child.columns
            if column.reference == parent.traits.ref
            and column.name not in said
            and partner.get(column.name) not in keys
        ]
        return (*declared, *implied)

    def weight(self, name: str) -> float:
        return self.database.weights[name]
