"""CREATE TABLE, read into a Table as the server would have it in its catalog."""

from dataclasses import dataclass, field

import msgspec

from cmis_audit.guard.state import State
from cmis_audit.guard.types import read_type
from cmis_audit.model.catalog import Check, Column, Exclusion, ForeignKey, Index, Key, Table
from cmis_audit.model.names import TableRef
from cmis_audit.sqlfile.tokens import Cursor, UnreadableError

_TABLE_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK")
_AFTER_DEFAULT = (
    "CHECK",
    "COLLATE",
    "CONSTRAINT",
    "DEFERRABLE",
    "GENERATED",
    "INITIALLY",
    "PRIMARY",
    "REFERENCES",
    "UNIQUE",
)


@dataclass(slots=True)
class Draft:
    """A table in the making."""

    ref: TableRef
    columns: list[Column] = field(default_factory=list)
    primary_key: Key | None = None
    uniques: list[Key] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    comment: str | None = None

    @classmethod
    def of(cls, table: Table) -> "Draft":
        """Return the draft of a table that is there, to add to."""
        return cls(
            ref=table.ref,
            columns=[*table.columns],
            primary_key=table.primary_key,
            uniques=[*table.uniques],
            foreign_keys=[*table.foreign_keys],
            checks=[*table.checks],
            exclusions=[*table.exclusions],
            indexes=[*table.indexes],
            comment=table.comment,
        )

    def fields(self) -> dict[str, object]:
        """Return the fields of a Table."""
        key = set(self.primary_key.columns) if self.primary_key else set()
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise UnreadableError(f"{self.ref} has two columns of one name")
        return {
            "columns": tuple(
                msgspec.structs.replace(column, nullable=False)
                if column.name in key and column.nullable
                else column
                for column in self.columns
            ),
            "primary_key": self.primary_key,
            "uniques": tuple(sorted(self.uniques, key=lambda one: one.name)),
            "foreign_keys": tuple(sorted(self.foreign_keys, key=lambda one: one.name)),
            "checks": tuple(sorted(self.checks, key=lambda one: one.name)),
            "exclusions": tuple(sorted(self.exclusions, key=lambda one: one.name)),
            "indexes": tuple(sorted(self.indexes, key=lambda one: one.name)),
            "comment": self.comment,
        }

    def names(self, *words: str) -> str:
        """Return a constraint's name as the server would choose it, or one like it."""
        taken = {
            one.name
            for group in (self.uniques, self.foreign_keys, self.checks, self.exclusions)
            for one in group
        }
        name = wanted = "_".join((self.ref.name, *words))
        number = 0
        while name in taken:
            number += 1
            name = f"{wanted}{number}"
        return name


def read_elements(cursor: Cursor, draft: Draft, state: State) -> None:
    """Add what stands between the parentheses of CREATE TABLE to a draft."""
    for element in cursor.split():
        if element.accept("LIKE"):
            _like(element, draft, state)
        elif _is_constraint(element):
            read_table_constraint(element, draft, state)
        else:
            read_column(element, draft, state)


def _is_constraint(element: Cursor) -> bool:
    exclusion = element.sees("EXCLUDE", "USING") or element.sees("EXCLUDE", "(")
    return exclusion or element.sees_any(*_TABLE_CONSTRAINTS)


def _like(element: Cursor, draft: Draft, state: State) -> None:
    parts = element.names()
    ref = state.known(parts)
    if ref is None:
        raise UnreadableError(f"it is made LIKE {'.'.join(parts)}, which is not known")
    source = state.tables[ref]
    taken: set[str] = set()
    while not element.done:
        adding = element.take().text == "INCLUDING"
        what = element.take().text
        taken = taken | {what} if adding else taken - {what}
    everything = "ALL" in taken
    for column in source.columns:
        fields: dict[str, object] = {}
        if not everything and "DEFAULTS" not in taken:
            fields["default"] = None
        if not everything and "IDENTITY" not in taken:
            fields["identity"] = None
        if not everything and "GENERATED" not in taken:
            fields["generated"] = None
        if not everything and "COMMENTS" not in taken:
            fields["comment"] = None
        draft.columns.append(msgspec.structs.replace(column, **fields))
    if everything or "INDEXES" in taken:
        key = source.primary_key
        draft.primary_key = key and msgspec.structs.replace(key, name=f"{draft.ref.name}_pkey")
        draft.uniques += source.uniques
        draft.indexes += source.indexes
    if everything or "CONSTRAINTS" in taken:
        draft.checks += source.checks


def read_column(cursor: Cursor, draft: Draft, state: State) -> None:
    """Add a column with its constraints to a draft."""
    name = cursor.name()
    written, serial = read_type(cursor)
    column = Column(name=name, type=state.type_name(written))
    if serial:
        sequence = f"{draft.ref.name}_{name}_seq"
        column = msgspec.structs.replace(
            column, nullable=False, default=f"nextval('{sequence}'::regclass)"
        )
    draft.columns.append(column)
    given: str | None = None
    while not cursor.done:
        fields: dict[str, object] = {}
        if cursor.accept("CONSTRAINT"):
            given = cursor.name()
            continue
        if cursor.accept("NOT", "NULL"):
            fields["nullable"] = False
        elif cursor.accept("NULL"):
            fields["nullable"] = True
        elif cursor.accept("DEFAULT"):
            fields["default"] = _expression(cursor)
        elif cursor.accept("COLLATE"):
            cursor.names()
        elif cursor.accept("GENERATED"):
            fields |= _generated(cursor)
        elif not _column_constraint(cursor, draft, state, name, given):
            # STORAGE, COMPRESSION, OPTIONS, NO INHERIT: nothing that tells tables apart.
            cursor.skip()
        given = None
        if fields:
            column = draft.columns[-1] = msgspec.structs.replace(column, **fields)


def _expression(cursor: Cursor) -> str:
    """Return the default at the cursor, which ends where a constraint begins."""
    start = cursor.place
    cursor.skip()
    while not cursor.done and not cursor.sees_any(*_AFTER_DEFAULT):
        if cursor.sees("NOT", "NULL") or cursor.sees("NULL"):
            break
        cursor.skip()
    return cursor.text(start)


def _generated(cursor: Cursor) -> dict[str, object]:
    always = cursor.accept("ALWAYS")
    if not always:
        cursor.expect("BY", "DEFAULT")
    cursor.expect("AS")
    if cursor.accept("IDENTITY"):
        if cursor.sees("("):
            cursor.skip()
        return {"identity": "always" if always else "by default", "nullable": False}
    start = cursor.place
    cursor.skip()
    generated = cursor.text(start)
    _ = cursor.accept("STORED") or cursor.accept("VIRTUAL")
    return {"generated": generated, "default": None}


def _column_constraint(
    cursor: Cursor, draft: Draft, state: State, column: str, given: str | None
) -> bool:
    """Add the constraint at the cursor to a draft; return False if there is none."""
    if cursor.accept("PRIMARY", "KEY"):
        draft.primary_key = Key(name=given or f"{draft.ref.name}_pkey", columns=(column,))
    elif cursor.accept("UNIQUE"):
        distinct = _nulls_not_distinct(cursor)
        name = given or draft.names(column, "key")
        draft.uniques.append(Key(name=name, columns=(column,), nulls_not_distinct=distinct))
    elif cursor.accept("REFERENCES"):
        _reference(cursor, draft, state, (column,), given)
    elif cursor.accept("CHECK"):
        _check(cursor, draft, given, (column,))
    else:
        return False
    return True


def read_table_constraint(cursor: Cursor, draft: Draft, state: State) -> None:
    """Add a table constraint to a draft."""
    given = cursor.name() if cursor.accept("CONSTRAINT") else None
    if cursor.accept("PRIMARY", "KEY"):
        names = _listed(cursor, draft, given)
        draft.primary_key = Key(name=given or f"{draft.ref.name}_pkey", columns=names)
    elif cursor.accept("UNIQUE"):
        distinct = _nulls_not_distinct(cursor)
        names = _listed(cursor, draft, given)
        name = given or draft.names(*names, "key")
        draft.uniques.append(Key(name=name, columns=names, nulls_not_distinct=distinct))
    elif cursor.accept("FOREIGN", "KEY"):
        names = _listed(cursor, draft, None)
        cursor.expect("REFERENCES")
        _reference(cursor, draft, state, names, given)
    elif cursor.accept("CHECK"):
        _check(cursor, draft, given, ())
    elif cursor.accept("EXCLUDE"):
        name = given or draft.names("excl")
        draft.exclusions.append(Exclusion(name=name, definition=f"EXCLUDE {cursor.text()}"))
    elif not cursor.accept("NOT", "NULL"):
        raise UnreadableError(f"a constraint is expected before {cursor.shown()}")


def _nulls_not_distinct(cursor: Cursor) -> bool:
    if cursor.accept("NULLS", "NOT", "DISTINCT"):
        return True
    cursor.accept("NULLS", "DISTINCT")
    return False


def _listed(cursor: Cursor, draft: Draft, given: str | None) -> tuple[str, ...]:
    """Return the columns in parentheses, or those of the index that becomes the constraint."""
    if cursor.accept("USING", "INDEX"):
        index = cursor.name()
        for one in draft.indexes:
            if one.name == index:
                draft.indexes.remove(one)
                return one.keys
        raise UnreadableError(f"the index {index} of {given or draft.ref} is not known")
    return _known_columns(draft, tuple(part.name() for part in cursor.inside().split()))


def _known_columns(draft: Draft, names: tuple[str, ...]) -> tuple[str, ...]:
    known = {column.name for column in draft.columns}
    for name in names:
        if name not in known:
            raise UnreadableError(f"a constraint of {draft.ref} names {name}, which it has not")
    return names


def _check(cursor: Cursor, draft: Draft, given: str | None, columns: tuple[str, ...]) -> None:
    start = cursor.place
    cursor.skip()
    text = cursor.text(start)
    words = cursor.part(start, cursor.place)
    known = {column.name for column in draft.columns}
    named: list[str] = []
    while not words.done:
        if words.tokens[words.place].kind in ("word", "name"):
            named.append(words.name())
        else:
            words.take()
    found = tuple(name for name in dict.fromkeys(named) if name in known) or columns
    name = given or draft.names(*(found if len(found) == 1 else ()), "check")
    draft.checks.append(Check(name=name, columns=found, definition=f"CHECK {text}"))


def _reference(
    cursor: Cursor, draft: Draft, state: State, columns: tuple[str, ...], given: str | None
) -> None:
    parts = cursor.names()
    target = draft.ref if parts[-1:] == (draft.ref.name,) and len(parts) == 1 else None
    target = state.known(parts) or target or state.home(parts)
    there: tuple[str, ...] = ()
    if cursor.sees("("):
        there = tuple(part.name() for part in cursor.inside().split())
    if not there:
        table = state.tables.get(target)
        key = draft.primary_key if target == draft.ref else table and table.primary_key
        there = key.columns if key and len(key.columns) == len(columns) else columns
    actions = {"UPDATE": "no action", "DELETE": "no action"}
    while cursor.sees_any("ON", "MATCH"):
        if cursor.take().text == "MATCH":
            cursor.take()
            continue
        when = cursor.take().text
        action = cursor.take().text
        if action in ("NO", "SET"):
            action = f"{action} {cursor.take().text}"
            if cursor.sees("("):
                cursor.skip()
        actions[when] = action.lower()
    draft.foreign_keys.append(
        ForeignKey(
            name=given or draft.names(*columns, "fkey"),
            columns=columns,
            target=target,
            target_columns=there,
            on_update=actions["UPDATE"],
            on_delete=actions["DELETE"],
        )
    )
