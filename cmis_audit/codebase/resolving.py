"""What files say of names → where code creates and uses tables."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cmis_audit.codebase.mention import Name
from cmis_audit.codebase.names import Names
from cmis_audit.codebase.reading import Found, is_migration
from cmis_audit.model.code import CodeReference, CodeUse
from cmis_audit.model.names import TableRef

_LAST: Final = 10**30


@dataclass(frozen=True, slots=True)
class Heard:
    """What one file says."""

    root: int
    path: str
    found: list[Found]


@dataclass(frozen=True, slots=True)
class _Event:
    """A table is created, dropped, or given another name."""

    heard: Heard
    found: Found

    @property
    def name(self) -> Name:
        return self.found.mention.names[0]

    @property
    def order(self) -> tuple[int, int, str, int]:
        """Return when it happens: by the number of the migration, then by name and place."""
        reference = CodeReference(
            table=TableRef(schema="", name=""),
            use=CodeUse.CREATES,
            file=self.heard.path,
            line=1,
            migration=is_migration(self.heard.path),
        )
        stamp = reference.stamp
        number = int(stamp[:30]) if stamp else _LAST
        return (number, self.heard.root, self.heard.path, self.found.mention.offset)


def references(heard: Iterable[Heard], names: Names) -> list[CodeReference]:
    """Return where the tables are created and used, sorted, each place once."""
    found: set[CodeReference] = set()
    events: list[_Event] = []
    for one in heard:
        said: set[CodeReference] = set()
        for each in one.found:
            use = each.mention.use
            if use in (CodeUse.CREATES, CodeUse.DROPS) or each.mention.renamed_to:
                events.append(_Event(one, each))
            if use is not CodeUse.CREATES and not each.mention.weak:
                said.update(_references(one, each, each.mention.names, names))
        strong = {reference.table for reference in said}
        for each in one.found:
            if each.mention.weak:
                weak = _references(one, each, each.mention.names, names)
                said.update(reference for reference in weak if reference.table not in strong)
        found |= said
    for name, event in _created(sorted(events, key=lambda event: event.order)):
        found.update(_references(event.heard, event.found, (name,), names))
    return sorted(found, key=_place)


def _place(one: CodeReference) -> tuple[TableRef, CodeUse, int, str, int, str, str]:
    return (one.table, one.use, one.root, one.file, one.line, one.framework, one.name)


def _references(
    heard: Heard, found: Found, names: tuple[Name, ...], known: Names
) -> Iterator[CodeReference]:
    meant = known.meant(names)
    mention = found.mention
    first = mention.names[0]
    renamed = mention.use is CodeUse.CREATES and first.name != names[0].name
    for ref in meant:
        yield CodeReference(
            table=ref,
            use=mention.use,
            root=heard.root,
            file=heard.path,
            line=found.line,
            framework=mention.framework,
            name=first.name if renamed else mention.label,
            comment=found.comment,
            migration=is_migration(heard.path),
            candidates=len(meant),
        )


def _created(events: list[_Event]) -> Iterator[tuple[Name, _Event]]:
    """Yield each creation with the name that the table has come to bear.

    A name that was given away may be given to a new table; a table that was dropped and is not
    made anew is told all the same, for the catalog decides what is there.
    """
    bearing: dict[tuple[str, str], list[_Event]] = defaultdict(list)
    dropped: dict[tuple[str, str], list[_Event]] = {}
    waiting: list[_Event] = []
    for event in events:
        use = event.found.mention.use
        if use is CodeUse.CREATES:
            bearing[_key(event.name)].append(event)
        elif use is CodeUse.DROPS:
            gone = _taken(bearing, event.name)
            if gone:
                dropped[_key(event.name)] = gone
        elif not _renamed(bearing, event):
            waiting.append(event)
    # numbers do not always tell the order; each round moves something or ends
    while moved := [event for event in waiting if _renamed(bearing, event)]:
        waiting = [event for event in waiting if event not in moved]
    for key, gone in dropped.items():
        if key not in bearing:
            bearing[key] = gone
    for (schema, name), creations in bearing.items():
        for event in creations:
            yield Name(schema, name), event


def _renamed(bearing: dict[tuple[str, str], list[_Event]], event: _Event) -> bool:
    new = event.found.mention.renamed_to
    creations = _taken(bearing, event.name)
    if not creations or new is None:
        return False
    schema = new.schema or next((one.name.schema for one in creations if one.name.schema), "")
    bearing[(schema, new.name)].extend(creations)
    return True


def _taken(bearing: dict[tuple[str, str], list[_Event]], name: Name) -> list[_Event]:
    """Take out what bears a name; a bare one may stand for one with a schema and the reverse."""
    alike = [_key(name), ("", name.name)]
    if not name.schema:
        alike += sorted(key for key in bearing if key[1] == name.name)
    key = next((one for one in alike if one in bearing), None)
    return bearing.pop(key) if key else []


def _key(name: Name) -> tuple[str, str]:
    return (name.schema, name.name)
