"""What is said of a cluster in words: name, reason, issues, suggested names."""

import hashlib
from collections import Counter

from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import ComparisonRow, Kind, Priority
from cmis_audit.model.match import Match
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Lexicon
from cmis_audit.model.traits import PUT_AWAY, Marker, Traits

_KINDS = {
    Kind.VERSION: "A second version was built beside the first instead of changing it",
    Kind.COPY: "A copy was left beside the original",
    Kind.CROSS_SCHEMA: "The same table stands in two schemas",
    Kind.RENAMED_TWIN: "The same table under another name",
    Kind.OVERLAPPING_ENTITY: "One entity is kept under several names",
    Kind.FRAGMENTED_METRICS: "Measurements of one kind are scattered over several tables",
    Kind.SPLIT: "A table was split in several and stayed",
}
_MARKERS = {
    Kind.VERSION: {Marker.VERSION},
    Kind.COPY: PUT_AWAY,
}
_MANY_TABLES = 4
_SOME_TABLES = 3
_MUCH_DRIFT = 12


def cluster_id(sort: str, members: tuple[TableRef, ...]) -> str:
    """Return an id that stays while the members and what is said of them do."""
    digest = hashlib.sha256("\n".join([sort, *map(str, sorted(members))]).encode())
    return f"c-{digest.hexdigest()[:10]}"


def cluster_name(canonical: TableRef, traits: Traits) -> str:
    """Return the canonical table's name without markers, as words."""
    name = canonical.name
    for affix in traits.affixes:
        for mark in (f"_{affix.word}", f"{affix.word}_"):
            lowered = name.lower()
            if lowered.endswith(mark):
                name = name[: -len(mark)]
            elif lowered.startswith(mark):
                name = name[len(mark) :]
    return name.replace("_", " ").strip() or canonical.name


def consolidate_reason(kind: Kind, pairs: tuple[Match, ...]) -> str:
    """Return why the tables are one, from the kind and the strongest pair that shows it."""
    shows = [match for match in pairs if _MARKERS.get(kind, set()) & set(match.markers)]
    best = (shows or pairs)[0]
    count = len(best.columns)
    text = (
        f"{_KINDS[kind]}: {best.left} and {best.right} have {count} "
        f"{'column' if count == 1 else 'columns'} in common"
    )
    said = next((piece.detail for piece in best.evidence if piece.signal == "name"), "")
    return f"{text} ({said})." if said else f"{text}."


def priority(core: int, rows: tuple[ComparisonRow, ...], kind: Kind) -> Priority:
    """Return how urgent it is: by tables that hold the entity and by how far they have drifted."""
    lonely = sum(1 for row in rows if len(row.cells) == 1)
    if core >= _MANY_TABLES:
        return Priority.CRITICAL
    if kind == Kind.COPY:
        return Priority.LOW
    if core >= _SOME_TABLES or lonely >= _MUCH_DRIFT:
        return Priority.HIGH
    return Priority.MEDIUM


def issues(tables: tuple[Table, ...], rows: tuple[ComparisonRow, ...]) -> tuple[str, ...]:
    """Return what is wrong with the present state, each a sentence without a full stop."""
    found = []
    drift = [row for row in rows if row.type_drift]
    if drift:
        listed = "; ".join(
            f"{row.concept} is {', '.join(sorted({cell.type for cell in row.cells}))}"
            for row in drift[:6]
        )
        more = f" and {len(drift) - 6} more" if len(drift) > 6 else ""
        found.append(f"One concept, several types: {listed}{more}")
    renamed = [row for row in rows if len({cell.column for cell in row.cells}) > 1]
    if renamed:
        listed = "; ".join(
            " / ".join(sorted({cell.column for cell in row.cells})) for row in renamed[:6]
        )
        more = f" and {len(renamed) - 6} more" if len(renamed) > 6 else ""
        found.append(f"One concept, several names: {listed}{more}")
    found += _uneven(tables)
    return tuple(found)


def _uneven(tables: tuple[Table, ...]) -> list[str]:
    """Return where some tables have a safeguard that others lack."""
    found = []
    for what, has in (
        ("a primary key", lambda table: table.primary_key is not None),
        ("foreign keys", lambda table: bool(table.foreign_keys)),
        ("row-level security", lambda table: table.row_security),
    ):
        lacking = [str(table.ref) for table in tables if not has(table)]
        if lacking and len(lacking) < len(tables):
            found.append(f"Without {what}, which the others have: {', '.join(lacking)}")
    return found


def suggested_names(
    tables: tuple[Table, ...], traits: dict[TableRef, Traits], lexicon: Lexicon
) -> dict[TableRef, str]:
    """Return a better name for each table whose own columns, or else its schema, suggest one."""
    names: dict[TableRef, str] = {}
    having = Counter(column.name for table in tables for column in table.columns)
    schema_words = Counter(traits[table.ref].schema_words[-1] for table in tables)
    several_schemas = len({table.ref.schema for table in tables}) > 1
    for table in tables:
        own = {column.name.lower() for column in table.columns if having[column.name] == 1}
        ranked = sorted(
            ((len(own.intersection(words)), facet) for facet, words in lexicon.facets),
            key=lambda entry: (-entry[0], entry[1]),
        )
        words = traits[table.ref].words
        if ranked and ranked[0][0]:
            facet = ranked[0][1]
            if facet not in words:
                names[table.ref] = f"{facet}_{table.ref.name}"
        elif several_schemas and table.ref.schema != "public":
            word = traits[table.ref].schema_words[-1]
            name = table.ref.schema if schema_words[word] > 1 else word
            names[table.ref] = f"{name}_{table.ref.name}"
    return names


def schemas_id(sort: str, schemas: tuple[str, ...]) -> str:
    """Return an id that stays while the schemas and what is said of them do."""
    digest = hashlib.sha256("\n".join([sort, *sorted(schemas)]).encode())
    return f"s-{digest.hexdigest()[:10]}"
