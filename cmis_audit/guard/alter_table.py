"""ALTER TABLE, done to the tables of a State."""

import msgspec

from cmis_audit.guard.create_table import Draft, read_column, read_table_constraint
from cmis_audit.guard.state import State, column_named
from cmis_audit.guard.types import read_type
from cmis_audit.model.names import TableRef
from cmis_audit.model.place import Place
from cmis_audit.sqlfile.tokens import Cursor, UnreadableError

_CONSTRAINT_STARTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE")


def alter_table(cursor: Cursor, ref: TableRef, state: State, place: Place) -> None:
    """Do what follows the table's name. Raises UnreadableError."""
    for action in cursor.split():
        ref = _act(action, ref, state, place)


def _act(action: Cursor, ref: TableRef, state: State, place: Place) -> TableRef:
    """Do one action and return the table's name after it."""
    if action.accept("RENAME"):
        return _rename(action, ref, state, place)
    if action.accept("SET", "SCHEMA"):
        new = TableRef(schema=action.name(), name=ref.name)
        state.rename(ref, new, place)
        return new
    if action.accept("ADD"):
        _add(action, ref, state, place)
    elif action.accept("DROP"):
        _drop(action, ref, state, place)
    elif action.accept("ALTER"):
        _alter_column(action, ref, state, place)
    elif action.accept("INHERIT"):
        parent = state.known(action.names())
        if parent:
            parents = tuple(sorted({*state.tables[ref].inherits, parent}))
            state.change(ref, place, inherits=parents)
    elif action.accept("NO", "INHERIT"):
        parent = state.known(action.names())
        parents = tuple(one for one in state.tables[ref].inherits if one != parent)
        state.change(ref, place, inherits=parents)
    elif action.accept("ATTACH", "PARTITION"):
        child = state.known(action.names())
        if child:
            state.drop(child)  # a partition is no table of its own
    elif action.accept("DETACH", "PARTITION"):
        _detach(action, ref, state, place)
    elif action.accept("ENABLE", "ROW", "LEVEL", "SECURITY"):
        state.change(ref, place, row_security=True)
    elif action.accept("DISABLE", "ROW", "LEVEL", "SECURITY"):
        state.change(ref, place, row_security=False)
    # All else (OWNER, CLUSTER, VALIDATE, REPLICA IDENTITY, SET (...)) changes no structure.
    return ref


def _rename(action: Cursor, ref: TableRef, state: State, place: Place) -> TableRef:
    if action.accept("TO"):
        new = TableRef(schema=ref.schema, name=action.name())
        state.rename(ref, new, place)
        return new
    if action.accept("CONSTRAINT"):
        return ref
    action.accept("COLUMN")
    old = action.name()
    action.expect("TO")
    state.rename_column(ref, old, action.name(), place)
    return ref


def _add(action: Cursor, ref: TableRef, state: State, place: Place) -> None:
    table = state.tables[ref]
    draft = Draft.of(table)
    if action.sees_any(*_CONSTRAINT_STARTS):
        read_table_constraint(action, draft, state)
        fields = draft.fields()
        if fields["columns"] == table.columns:
            del fields["columns"]
        state.change(ref, place, **fields)
        return
    action.accept("COLUMN")
    unless_there = action.accept("IF", "NOT", "EXISTS")
    there = {column.name for column in table.columns}
    if unless_there and action.rest().name() in there:
        return
    read_column(action, draft, state)
    state.change(ref, place, **draft.fields())


def _drop(action: Cursor, ref: TableRef, state: State, place: Place) -> None:
    table = state.tables[ref]
    if action.accept("CONSTRAINT"):
        action.accept("IF", "EXISTS")
        name = action.name()
        key = table.primary_key
        state.change(
            ref,
            place,
            primary_key=None if key and key.name == name else key,
            uniques=tuple(one for one in table.uniques if one.name != name),
            foreign_keys=tuple(one for one in table.foreign_keys if one.name != name),
            checks=tuple(one for one in table.checks if one.name != name),
            exclusions=tuple(one for one in table.exclusions if one.name != name),
        )
        return
    action.accept("COLUMN")
    lenient = action.accept("IF", "EXISTS")
    name = action.name()
    if lenient and all(column.name != name for column in table.columns):
        return
    column_named(table, name)
    key = table.primary_key
    state.change(
        ref,
        place,
        columns=tuple(one for one in table.columns if one.name != name),
        primary_key=None if key and name in key.columns else key,
        uniques=tuple(one for one in table.uniques if name not in one.columns),
        foreign_keys=tuple(one for one in table.foreign_keys if name not in one.columns),
        checks=tuple(one for one in table.checks if name not in one.columns),
        indexes=tuple(one for one in table.indexes if name not in (*one.keys, *one.include)),
        statistics=None,
    )


def _alter_column(action: Cursor, ref: TableRef, state: State, place: Place) -> None:
    if action.accept("CONSTRAINT"):
        return
    action.accept("COLUMN")
    table = state.tables[ref]
    column = column_named(table, action.name())
    fields: dict[str, object] = {}
    if action.accept("TYPE") or action.accept("SET", "DATA", "TYPE"):
        fields["type"] = state.type_name(read_type(action)[0])
    elif action.accept("SET", "NOT", "NULL"):
        fields["nullable"] = False
    elif action.accept("DROP", "NOT", "NULL"):
        fields["nullable"] = True
    elif action.accept("SET", "DEFAULT"):
        fields["default"] = action.text()
    elif action.accept("DROP", "DEFAULT"):
        fields["default"] = None
    elif action.accept("ADD", "GENERATED"):
        fields["identity"] = "always" if action.accept("ALWAYS") else "by default"
    if not fields:
        return
    changed = msgspec.structs.replace(column, **fields)
    columns = tuple(changed if one == column else one for one in table.columns)
    if "type" in fields:
        state.change(ref, place, columns=columns)
    else:
        state.adjust(ref, columns=columns)


def _detach(action: Cursor, ref: TableRef, state: State, place: Place) -> None:
    """Make a table of a partition, which the catalog knew as a part of its parent."""
    child = state.home(action.names())
    if child in state.tables:
        raise UnreadableError(f"{child} is no partition")
    parent = state.tables[ref]
    state.create(
        msgspec.structs.replace(
            parent, ref=child, partition_key=None, partitions=0, statistics=None, comment=None
        ),
        place,
    )
