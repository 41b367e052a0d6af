"""What is said of a comparison, the same in every format for people."""

from cmis_audit.model.comparison import (
    Bridge,
    BridgeLine,
    Change,
    ClusterChange,
    Comparison,
    NewTable,
)
from cmis_audit.render.units import counted, points

CHANGES = {
    Change.REGROWN: "grown again",
    Change.BORN: "new",
    Change.GROWN: "grown",
    Change.CHANGED: "changed",
    Change.SHRUNK: "shrunk",
    Change.CLOSED: "closed",
}


def change_of(value: float) -> str:
    """Return points with their sign: `+4`, `−3.75`, `0`."""
    if not round(value, 2):
        return "0"
    return f"+{points(value)}" if value > 0 else f"−{points(-value)}"


def figures(found: Comparison) -> list[tuple[str, int, int]]:
    """Return what is counted, then and now."""
    old, new = found.old, found.new
    return [
        ("score", old.score, new.score),
        ("tables", old.tables, new.tables),
        ("groups to merge", old.clusters, new.clusters),
        ("duplicate tables", old.duplicates, new.duplicates),
        ("waived", old.waived, new.waived),
    ]


def tables_of(one: ClusterChange) -> str:
    """Return the tables of a cluster, those marked that came or went."""
    came = set(one.came) if one.change in (Change.GROWN, Change.CHANGED) else set()
    told = [f"+{each}" if each in came else each for each in one.tables]
    lost = one.gone if one.change in (Change.SHRUNK, Change.CHANGED) else ()
    return ", ".join([*told, *(f"−{each}" for each in lost)])


def why_of(line: BridgeLine) -> str:
    """Return what makes a line of the bridge."""
    before, after = line.units_before, line.units_after
    told = [f"{before} → {after} charged" if before != after else f"{after} charged as before"]
    if line.waived_before != line.waived_after:
        told.append(f"{line.waived_before} → {line.waived_after} waived")
    if line.by_price:
        told.append(f"another price or cap: {change_of(line.by_price)}")
    if line.over_cap_before or line.over_cap_after:
        spared = f"{points(line.over_cap_before)} → {points(line.over_cap_after)}"
        told.append(f"spared by the cap: {spared}")
    if line.came and line.gone:
        told.append(f"{len(line.came)} came, {len(line.gone)} went")
    return "; ".join(told)


def rests_of(bridge: Bridge) -> list[tuple[str, float]]:
    """Return what of the bridge belongs to no rule, where there is any."""
    rests = [
        ("never below 0", bridge.floor),
        ("rounding", bridge.rounding),
        ("does not follow from the deductions", bridge.unexplained),
    ]
    return [(told, value) for told, value in rests if value]


def likeness(one: NewTable) -> str:
    """Return what a new table resembles."""
    if not one.resembles:
        return "resembles none"
    return "; ".join(
        f"{each.table} ({each.bits:+.1f} bits, {each.verdict.value}: {each.name})"
        for each in one.resembles
    )


def scale_remark(found: Comparison) -> str:
    """Return a warning where the two scores are not of one scale."""
    if found.same_scale:
        return ""
    return (
        "The two were scored by different rules "
        f"({found.old.pack} {found.old.pack_fingerprint[:8]}, "
        f"{found.new.pack} {found.new.pack_fingerprint[:8]}): the scores are not of one scale. "
        "Compare snapshots, and both are scored anew by the same rules."
    )


def summary_of(found: Comparison) -> str:
    """Return how many groups changed, in one line."""
    counts = [
        f"{sum(one.change is change for one in found.clusters)} {word}"
        for change, word in CHANGES.items()
        if any(one.change is change for one in found.clusters)
    ]
    counts += [f"{counted(found.unchanged, 'group')} as before"] if found.unchanged else []
    return ", ".join(counts) or "no group of duplicates in either"
