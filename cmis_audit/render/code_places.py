"""What the report says of code: where tables came from, what uses them, what nothing uses."""

from collections.abc import Iterable
from typing import Final

from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.code import CodeReference, CodeUse
from cmis_audit.model.code_index import CodeIndex, files
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.render.escape import Safe, code, joined, table, text
from cmis_audit.render.evidence import MISSING
from cmis_audit.render.impact import readers
from cmis_audit.render.index import Index
from cmis_audit.render.units import counted, human_rows

MOST_UNUSED: Final = 200
"""Tables that nothing uses which the report lists; all of them stand in the JSON output."""
MOST_PLACES: Final = 40
_BREAK: Final = Safe("<br>")
_FEW: Final = 3
_HOW: Final = {CodeUse.MODEL: "model", CodeUse.QUERY: "query"}

Cells = list[object]


def is_named(index: Index, cluster: Cluster) -> bool:
    """Tell whether code says anything of the members."""
    return index.code is not None and any(index.code.of(member.table) for member in cluster.members)


def origins_table(index: Index, cluster: Cluster, names: dict[TableRef, Safe]) -> Safe:
    """Return where the members were created, and what their author wrote there."""
    found = _index(index)
    rows: list[Cells] = []
    for member in cluster.members:
        origin = found.origin(member.table)
        later = [
            one
            for one in found.of(member.table)
            if one.use in (CodeUse.CREATES, CodeUse.ALTERS, CodeUse.DROPS) and one != origin
        ]
        rows.append(
            [
                names[member.table],
                _made(found, origin) if origin else Safe("*not seen*"),
                text(origin.comment) if origin and origin.comment else MISSING,
                _places(found, later) or MISSING,
            ]
        )
    return table(["Table", "Created in", "Written there", "Also touched by"], rows, "llll")


def users_table(index: Index, cluster: Cluster, names: dict[TableRef, Safe]) -> Safe:
    """Return the models of the members and the places that query them."""
    found = _index(index)
    rows: list[Cells] = []
    for member in cluster.members:
        uses = found.uses(member.table)
        models = dict.fromkeys(
            joined(" ", [code(one.name) if one.name else one.framework, Safe(f"({one.framework})")])
            for one in found.models(member.table)
        )
        rows.append(
            [
                names[member.table],
                joined(_BREAK, models) or MISSING,
                len(files(uses)),
                _places(found, uses) or MISSING,
            ]
        )
    return table(["Table", "Models", "Files", "Where"], rows, "llrl")


def doubtful(index: Index, cluster: Cluster) -> list[TableRef]:
    """Return the members whose bare name other tables bear too."""
    return [
        member.table
        for member in cluster.members
        if any(one.candidates > 1 for one in _index(index).of(member.table))
    ]


def files_using(index: CodeIndex, cluster: Cluster) -> int:
    """Return how many files use a table of a cluster that would move."""
    merged = [one.table for one in cluster.members if one.role is not Role.RELATED]
    return len(files(use for ref in merged for use in index.uses(ref)))


def unused(report: Report, index: Index) -> tuple[TableRef, ...]:
    """Return the tables that no code was seen to use and no view or function reads.

    None where the code names no table at all: that says something of the directory.
    """
    if index.code is None or not index.code.survey.references:
        return ()
    return tuple(
        one.ref
        for one in report.catalog.tables
        if not index.code.uses(one.ref) and not readers(index, frozenset((one.ref,)))
    )


def unused_table(index: Index, refs: Iterable[TableRef]) -> Safe:
    """Return the tables that nothing uses, with what speaks for and against their being dead."""
    found = _index(index)
    rows: list[Cells] = []
    for ref in refs:
        one = index.table(ref)
        statistics = one.statistics if one else None
        origin = found.origin(ref)
        scans = statistics.scans if statistics else None
        rows.append(
            [
                code(str(ref)),
                human_rows(statistics.rows_estimate if statistics else None),
                "unknown" if scans is None else f"{scans:,}",
                len(index.keys_to((ref,))),
                _made(found, origin) if origin else MISSING,
            ]
        )
    headers = ["Table", "Rows", "Scans counted", "Foreign keys to it", "Created in"]
    return table(headers, rows, "lrrrl")


def changes_table(index: CodeIndex, refs: Iterable[TableRef]) -> Safe:
    """Return the files that use tables, for whoever has to change them."""
    by_file: dict[str, list[CodeReference]] = {}
    for ref in refs:
        for one in index.uses(ref):
            by_file.setdefault(index.survey.path(one), []).append(one)
    rows: list[Cells] = []
    for path, found in sorted(by_file.items())[:MOST_PLACES]:
        ordered = sorted(found, key=lambda one: (one.line, one.table))
        rows.append(
            [
                code(path),
                joined(", ", dict.fromkeys(one.line for one in ordered)),
                joined(", ", dict.fromkeys(_role(one) for one in ordered)),
                joined(", ", dict.fromkeys(code(str(one.table)) for one in ordered)),
            ]
        )
    shown = table(["file", "lines", "what", "tables"], rows, "llll")
    more = len(by_file) - len(rows)
    return Safe(f"{shown}\n\nand {counted(more, 'more file')}.") if more > 0 else shown


def prose_of(index: Index) -> str:
    """Return what was searched: `3 files of code in api and worker`."""
    survey = _index(index).survey
    return f"{counted(survey.files, 'file')} of code in {' and '.join(survey.roots)}"


def _role(one: CodeReference) -> Safe:
    how = _HOW.get(one.use, str(one.use))
    return Safe(f"{how} {code(one.name)}") if one.name else text(how)


def _index(index: Index) -> CodeIndex:
    if index.code is None:
        raise ValueError("no code was searched")
    return index.code


def _made(found: CodeIndex, origin: CodeReference) -> Safe:
    under = Safe(f" as {code(origin.name)}") if origin.name else Safe("")
    return Safe(f"{code(found.place(origin))}{under}")


def _places(found: CodeIndex, references: Iterable[CodeReference]) -> Safe:
    ordered = list(dict.fromkeys(found.place(one) for one in references))
    shown = joined(_BREAK, [code(one) for one in ordered[:_FEW]])
    more = len(ordered) - _FEW
    return Safe(f"{shown}{_BREAK}and {more} more") if more > 0 else shown
