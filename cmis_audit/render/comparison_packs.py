"""What is said of packs beside the main one in a comparison, alike in every format for people."""

from typing import Final

from cmis_audit.model.comparison import BridgeLine, NamedFinding, PackChange
from cmis_audit.render import comparison_words as words
from cmis_audit.render.units import counted

MOST_FINDINGS: Final = 100
"""Of a pack, come or gone; compare.json has all."""
Row = tuple[str, str, str, str]
"""Rule, its title, the change, and why."""


def headline(pack: PackChange) -> str:
    """Return both scores, and how many findings came and went."""
    if pack.old is None or pack.new is None:
        side, when = (pack.new, "older") if pack.old is None else (pack.old, "newer")
        assert side is not None
        return (
            f"{side.score} ({side.grade}) with {counted(side.findings, 'finding')}; "
            f"the {when} audit was not judged by it"
        )
    told = f"{pack.old.score} ({pack.old.grade}) → {pack.new.score} ({pack.new.grade})"
    if pack.same_scale:
        told += f", {words.change_of(pack.new.score - pack.old.score)}"
    counts = f"{pack.old.findings} → {counted(pack.new.findings, 'finding')}"
    return f"{told}; {counts}"


def remark(pack: PackChange) -> str:
    """Return a warning where the two scores are not of one scale."""
    if pack.same_scale or pack.bridge is None:
        return ""
    return "Its rules are others now than they were: the two scores are not of one scale."


def rows(pack: PackChange) -> list[Row]:
    """Return the points between its two scores; of rules where nothing came or went, the sum."""
    if pack.bridge is None:
        return []
    bridge = pack.bridge
    moved = [line for line in bridge.lines if _moved(line)]
    still = [line for line in bridge.lines if not _moved(line)]
    found: list[Row] = [
        (line.rule, line.title, words.change_of(line.change), words.why_of(line)) for line in moved
    ]
    rest = sum(line.change for line in still)
    if round(rest, 2):
        found.append(("", counted(len(still), "rule"), words.change_of(rest), "as before"))
    rests = words.rests_of(bridge)
    return [*found, *(("", told, words.change_of(value), "") for told, value in rests)]


def findings(pack: PackChange) -> tuple[list[tuple[str, NamedFinding]], int]:
    """Return what came, what went, each with the word for it, and how many more there are."""
    told = [("came", one) for one in pack.came] + [("went", one) for one in pack.gone]
    return told[:MOST_FINDINGS], max(len(told) - MOST_FINDINGS, 0)


def _moved(line: BridgeLine) -> bool:
    return bool(
        line.came
        or line.gone
        or line.units_before != line.units_after
        or line.waived_before != line.waived_after
    )
