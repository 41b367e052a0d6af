"""The typed form between a cluster and its SQL: one target table and how each member fills it."""

from collections.abc import Iterator
from dataclasses import dataclass

from cmis_audit.model.catalog import Column, Policy, Table, Trigger
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import HazardNote, LeftBehind, PlanOptions, TargetColumn
from cmis_audit.model.sqltext import literal
from cmis_audit.plan.preamble import Files


class CannotPlanError(Exception):
    """The cluster cannot be merged safely; the arguments are the reasons."""

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(str(each) for each in self.args)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A member's column in the target."""

    column: Column
    target: str
    forward: str
    """The target's column, over the member's columns as `s`."""
    back: str
    """The member's column, with `{}` for the target's."""
    exact: bool

    def back_of(self, alias: str = "") -> str:
        """Return the member's column over the target's, behind an alias and its dot if any."""
        return self.back.replace("{}", alias + quote_ident(self.target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """How a row of measurements becomes several rows, and they one again."""

    query: str
    """One row a cell of the member's row `s`: metric_, number_, words_, document_."""
    back: tuple[tuple[str, str], ...]
    """Column of the member → its value out of the grouped rows `t` with their definitions `d`."""
    exact: bool
    check: str
    """A condition over `s` that fails where a value would be changed; empty where none can be."""

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.back)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDesign:
    number: int
    table: Table
    moved_to: TableRef
    key: tuple[str, ...]
    """The member's columns that tell its rows apart; none where nothing does."""
    mapped: tuple[Mapped, ...]
    """Every column of the member, in its order, but those that become cells."""
    generated_key: bool
    """Whether its rows get a new key in the target."""
    rejects: bool
    """Whether some of its rows may have no place in the target."""
    cells: Cells | None = None
    measured: str = ""
    """Of a member with cells, when its row was measured, over `s`; never null."""

    @property
    def label(self) -> str:
        return str(self.table.ref)

    @property
    def label_sql(self) -> str:
        return literal(self.label)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all its columns."""
        return tuple(column.name for column in self.table.columns)

    def of(self, column: str) -> Mapped:
        """Return where a column of the member has its home."""
        return next(mapped for mapped in self.mapped if mapped.column.name == column)

    @property
    def keyed(self) -> tuple[Mapped, ...]:
        return tuple(self.of(name) for name in self.key)

    def forwards(self) -> Iterator[tuple[str, str]]:
        """Yield each target column that the member fills, with its expression, once."""
        seen = set()
        for mapped in self.mapped:
            if mapped.target not in seen:
                seen.add(mapped.target)
                yield mapped.target, mapped.forward

    def back_columns(self) -> dict[str, str]:
        """Return the member's columns as expressions, with `{q}` for a qualifier."""
        return {mapped.column.name: mapped.back_of("{q}") for mapped in self.mapped}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetUnique:
    """A key of members, kept on the target for the rows of those that declare it."""

    name: str
    columns: tuple[str, ...]
    declared: tuple[int, ...]
    """Numbers of the members that declare it."""
    everywhere: bool
    """Whether it can hold for all rows; a partial index otherwise."""
    nulls_not_distinct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetForeignKey:
    """A foreign key of members, carried by the target."""

    name: str
    columns: tuple[str, ...]
    member: MemberDesign
    """One that declares it, and its name there: what it points at is read when it moves."""
    constraint: str
    parent: TableRef
    parent_columns: tuple[str, ...]
    """As at present."""
    inner: tuple[str, ...]
    """Columns of the target itself where the parent is a member; none otherwise."""
    validate: bool
    """Whether all members that have the columns declare it, so that every row satisfies it."""
    action: str | None
    """What follows REFERENCES table (columns); None for what the member says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetIndex:
    name: str
    definition: str
    """From USING on."""
    unique: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedPolicy:
    member: MemberDesign
    policy: Policy
    name: str
    using: str | None
    check: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedTrigger:
    member: MemberDesign
    trigger: Trigger
    names: tuple[str, ...]
    """Of the triggers that do its work on the target."""
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """What a long table of measurements has besides; names of its columns."""

    definitions: TableRef
    measured: str
    observation: str
    definition: str
    number: str
    words: str
    document: str
    interval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    cluster: Cluster
    book: str
    target: TableRef
    final_name: str
    columns: tuple[TargetColumn, ...]
    primary_key: tuple[str, ...]
    key_default: str | None
    """What gives a row its key where nobody else does."""
    fresh_key: bool
    """Whether the key is a column of the target's own."""
    source: str
    also: str | None
    """The column that names further members whose row it is; None where none can."""
    members: tuple[MemberDesign, ...]
    uniques: tuple[TargetUnique, ...] = ()
    foreign_keys: tuple[TargetForeignKey, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    """Name and condition."""
    exclusions: tuple[tuple[str, str], ...] = ()
    """Name and what follows CONSTRAINT name."""
    indexes: tuple[TargetIndex, ...] = ()
    policies: tuple[CarriedPolicy, ...] = ()
    triggers: tuple[CarriedTrigger, ...] = ()
    merges: bool = True
    """Whether equal rows become one; where not, the later is rejected."""
    row_security: bool = False
    force_row_security: bool = False
    long: Long | None = None
    hazards: tuple[HazardNote, ...] = ()
    left_behind: tuple[LeftBehind, ...] = ()
    decisions: tuple[str, ...] = ()

    @property
    def schema(self) -> str:
        """Return the schema of the books, quoted."""
        return quote_ident(self.book)

    def files(self, options: PlanOptions) -> Files:
        return Files(cluster=self.cluster.name, book=self.book, options=options)

    @property
    def source_sql(self) -> str:
        return quote_ident(self.source)

    def rows_of(self, member: MemberDesign, alias: str = "t.") -> str:
        """Return the condition that holds for the target's rows that stand for the member's."""
        own = f"{alias}{self.source_sql} = {member.label_sql}"
        if self.also is None or not self.sharers(member):
            return own
        return f"({own} OR {alias}{quote_ident(self.also)} @> ARRAY[{member.label_sql}])"

    def sharers(self, member: MemberDesign) -> tuple[TargetUnique, ...]:
        """Return the keys by which a row of the member may be found to stand there already."""
        return tuple(
            unique
            for unique in self.uniques
            if member.number in unique.declared and len(unique.declared) > 1
        )
