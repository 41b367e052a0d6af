"""Pictures that Markdown viewers draw from Mermaid's text."""

from collections.abc import Iterator
from typing import Final

from cmis_audit.model.catalog import Column, Table
from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.names import TableRef
from cmis_audit.model.score import Score
from cmis_audit.render.escape import Safe, mermaid_label, mermaid_word
from cmis_audit.render.index import Index
from cmis_audit.render.units import points, short_type

MOST_COLUMNS: Final = 10
MOST_TABLES: Final = 24
"""Beyond these a picture explains nothing any more."""


def score_pie(score: Score) -> Safe:
    """Return a pie of the hundred points: what is kept, and what each rule took."""
    lines = ["pie showData", "    title Where the 100 points went"]
    if score.exact > 0:
        lines.append(f'    "kept" : {points(score.exact)}')
    lines += [
        f'    "{mermaid_label(f"{taken.rule} {taken.title}")}" : {points(taken.points)}'
        for taken in score.deductions
        if taken.points > 0
    ]
    return _fenced(lines)


def entity_diagram(index: Index, cluster: Cluster) -> Safe:
    """Return an ER diagram of the members and of the tables that they reference.

    Dotted lines say what would merge into what. Names stand in quoted labels only, made of
    harmless characters; everything else is `t1`, `t2`, ...
    """
    tables = {table.ref: table for table in index.tables(one.table for one in cluster.members)}
    members = [member for member in cluster.members if member.table in tables][:MOST_TABLES]
    inside = [tables[member.table] for member in members]
    targets = sorted(
        {key.target for table in inside for key in table.foreign_keys}
        - {table.ref for table in inside}
    )[: max(0, MOST_TABLES - len(inside))]
    words = {
        ref: f"t{number}"
        for number, ref in enumerate([*(table.ref for table in inside), *targets], start=1)
    }
    lines = ["erDiagram"]
    for table in inside:
        lines += _entity(words[table.ref], table, _aligned(cluster, table.ref))
    lines += [f'    {words[ref]}["{_label(ref)}"]' for ref in targets]
    lines += [
        f'    {words[key.target]} ||--o{{ {words[table.ref]} : "{_columns(key.columns)}"'
        for table in inside
        for key in table.foreign_keys
        if key.target in words
    ]
    if cluster.canonical in words:
        lines += [
            f'    {words[member.table]} ||..|| {words[cluster.canonical]} : "merges into"'
            for member in members
            if member.role is Role.MERGE
        ]
    return _fenced(lines)


def _entity(word: str, table: Table, aligned: frozenset[str]) -> Iterator[str]:
    primary = frozenset(table.primary_key.columns if table.primary_key else ())
    foreign = frozenset(name for key in table.foreign_keys for name in key.columns)
    telling = [
        column for column in table.columns if column.name in primary | foreign | aligned
    ] or list(table.columns)
    telling.sort(key=lambda column: (column.name not in primary, column.name not in foreign))
    shown = telling[:MOST_COLUMNS]
    if not shown:
        yield f'    {word}["{_label(table.ref)}"]'
        return
    yield f'    {word}["{_label(table.ref)}"] {{'
    for column in shown:
        yield f"        {_attribute(column, primary, foreign)}"
    yield "    }"


def _attribute(column: Column, primary: frozenset[str], foreign: frozenset[str]) -> str:
    keys = [mark for mark, names in (("PK", primary), ("FK", foreign)) if column.name in names]
    word = mermaid_word(column.name)
    parts = [mermaid_word(short_type(column.type)), word]
    if keys:
        parts.append(", ".join(keys))
    if word != column.name:
        parts.append(f'"{mermaid_label(column.name)}"')
    return " ".join(parts)


def _aligned(cluster: Cluster, ref: TableRef) -> frozenset[str]:
    return frozenset(
        cell.column
        for row in cluster.comparison
        if len(row.cells) > 1
        for cell in row.cells
        if cell.table == ref
    )


def _label(ref: TableRef) -> str:
    return mermaid_label(f"{ref.schema}.{ref.name}")


def _columns(names: tuple[str, ...]) -> str:
    return mermaid_label(", ".join(names))


def _fenced(lines: list[str]) -> Safe:
    return Safe("\n".join(["```mermaid", *lines, "```"]))
