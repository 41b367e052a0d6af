"""In what two catalogs differ, object by object, in words."""

from collections.abc import Iterator

import msgspec

from cmis_audit.model.canonical import structure
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.value import Value

_OBJECTS = (
    ("schema", "schemas"),
    ("table", "tables"),
    ("view", "views"),
    ("function", "functions"),
    ("sequence", "sequences"),
    ("enum", "enums"),
    ("domain", "domains"),
    ("composite type", "composite_types"),
    ("extension", "extensions"),
)


def differences(before: Catalog, after: Catalog) -> tuple[str, ...]:
    """Return one line for each object that is gone, new or another; none for equal structures.

    The name of the database and its comment are not looked at.
    """
    left, right = structure(before), structure(after)
    return tuple(
        line
        for kind, field in _OBJECTS
        for line in _of_kind(kind, getattr(left, field), getattr(right, field))
    )


def _of_kind(kind: str, before: tuple[Value, ...], after: tuple[Value, ...]) -> Iterator[str]:
    if before == after:
        return
    old = {_name(each): each for each in before}
    new = {_name(each): each for each in after}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"{kind} {name}: missing"
        elif name not in old:
            yield f"{kind} {name}: new"
        elif old[name] != new[name]:
            yield f"{kind} {name}: {', '.join(_changes(old[name], new[name]))}"
    if old == new:
        yield f"{kind}: another order"


def _name(value: Value) -> str:
    fields = value.__struct_fields__
    name = str(getattr(value, "ref" if "ref" in fields else "name"))
    return f"{name}({getattr(value, 'arguments')})" if "arguments" in fields else name  # noqa: B009


def _changes(before: Value, after: Value) -> Iterator[str]:
    """Yield the fields that differ; of a list of named things, those that do."""
    for field in before.__struct_fields__:
        old, new = getattr(before, field), getattr(after, field)
        if old == new:
            continue
        if isinstance(old, tuple) and all(_is_named(each) for each in (*old, *new)):
            yield from _of_kind(field.replace("_", " ").rstrip("s"), old, new)
        else:
            yield field.replace("_", " ")


def _is_named(value: object) -> bool:
    return isinstance(value, msgspec.Struct) and "name" in value.__struct_fields__
