"""How much could go wrong in merging a cluster, from what the catalog shows."""

from enum import IntEnum
from typing import Final

from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.value import Value
from cmis_audit.render.code_places import files_using
from cmis_audit.render.impact import Dependent
from cmis_audit.render.index import Index
from cmis_audit.render.units import counted, human_rows


class Level(IntEnum):
    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


ROW_LIMITS: Final = (0, 100_000, 10_000_000)
DRIFT_LIMITS: Final = (0, 2, 5)
DEPENDENT_LIMITS: Final = (0, 5, 20)
"""The greatest number that is still no, low and medium risk. Up to 100,000 rows move in seconds,
more than ten million need batches; five dependents are changed by hand, twenty are a project."""


ROW_SECURITY: Final = "Row security"


class Factor(Value, frozen=True, kw_only=True):
    name: str
    level: Level
    fact: str


def factors(index: Index, cluster: Cluster, named_by: tuple[Dependent, ...]) -> list[Factor]:
    """Return the risk factors of a cluster, always the same in the same order.

    What uses the members in code is the last of them, where code was searched.
    """
    merged = {member.table for member in cluster.members if member.role is not Role.RELATED}
    tables = index.tables(merged)
    drift = sum(row.type_drift for row in cluster.comparison)
    outside = [one for one in named_by if one.kind not in {"trigger", "policy"}]
    triggers = sum(len(table.triggers) for table in tables)
    return [
        _rows(cluster),
        Factor(
            name="Type drift", level=_level(drift, DRIFT_LIMITS), fact=counted(drift, "concept")
        ),
        Factor(
            name="Dependents",
            level=_level(len(outside), DEPENDENT_LIMITS),
            fact=counted(len(outside), "object"),
        ),
        row_security(tables),
        Factor(
            name="Triggers",
            level=Level.MEDIUM if triggers else Level.NONE,
            fact=counted(triggers, "trigger"),
        ),
        *_code(index, cluster),
    ]


def overall(found: list[Factor]) -> Level:
    """Return the highest level among the factors."""
    return max(factor.level for factor in found)


def row_security(tables: list[Table]) -> Factor:
    """Return the risk that a merge shows rows, or hides them, because tables guard them unlike."""
    guarded = sum(table.row_security for table in tables)
    if not guarded:
        return Factor(name=ROW_SECURITY, level=Level.NONE, fact="on none")
    if guarded == len(tables):
        return Factor(name=ROW_SECURITY, level=Level.LOW, fact="on all")
    fact = f"on {guarded} of {len(tables)}"
    return Factor(name=ROW_SECURITY, level=Level.HIGH, fact=fact)


def _code(index: Index, cluster: Cluster) -> list[Factor]:
    if index.code is None:
        return []
    number = files_using(index.code, cluster)
    level = _level(number, DEPENDENT_LIMITS)
    return [Factor(name="Code", level=level, fact=counted(number, "file"))]


def _rows(cluster: Cluster) -> Factor:
    moving = [member.rows_estimate for member in cluster.members if member.role is Role.MERGE]
    known = sum(rows for rows in moving if rows is not None)
    unknown = sum(rows is None for rows in moving)
    level = _level(known, ROW_LIMITS)
    fact = f"{human_rows(known)} to move"
    if unknown:
        level = max(level, Level.MEDIUM)
        never = f"{counted(unknown, 'table')} never analysed"
        fact = never if unknown == len(moving) else f"{fact}, {never}"
    return Factor(name="Rows", level=level, fact=fact)


def _level(number: int, limits: tuple[int, int, int]) -> Level:
    return Level(sum(number > limit for limit in limits))
