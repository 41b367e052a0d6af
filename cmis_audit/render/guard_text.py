"""What a guard says, for a terminal: plain lines."""

from typing import Final

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.decisions import Registered, is_table
from cmis_audit.model.guard import Alarm, Change, Charge, Guarded, TwinCode, Unread
from cmis_audit.model.match import Evidence
from cmis_audit.model.place import Place
from cmis_audit.render.escape import visible
from cmis_audit.render.units import counted, share

MOST_LISTED: Final = 200
"""Alarms and unread statements that are written out."""
EVEN: Final = 0.5
"""Confidence from which on a duplicate is likelier than none."""
_ONE_OF_TWO: Final = "Instead, create one of the two: {twin} comes with the same migrations."
COMPARE_DATABASES: Final = (
    "What could not be read is not judged. Run the migrations on a scratch database and compare: "
    "cmis-audit guard --base BASE --head MIGRATED"
)
_CHANGES: Final = {
    Change.CREATED: "new table",
    Change.CHANGED: "changed table",
    Change.RENAMED: "renamed table",
}
_CHARGES: Final = {
    Charge.NEAR_COPY: "NEAR-COPY",
    Charge.VERSION: "VERSION",
    Charge.REVIEW: "look at",
}


def render_text(guarded: Guarded) -> str:
    """Return the result of a guard as text."""
    lines = [heading(guarded)]
    for alarm in guarded.alarms[:MOST_LISTED]:
        lines += ["", *_alarm(alarm)]
    if guarded.unread:
        lines += ["", *_unread(guarded.unread)]
    for note in guarded.notes:
        lines.append(f"note: {visible(note.what)} {visible(note.why)}")
    return "\n".join(lines) + "\n"


def heading(guarded: Guarded) -> str:
    """Return what was looked at, and how it ends, in one line."""
    source = f"{counted(guarded.tables, 'table')} of {visible(guarded.against)}"
    touched = counted(len(guarded.touched), "new or changed table", "new or changed tables")
    charged = [alarm for alarm in guarded.alarms if not alarm.waived]
    copies = sum(alarm.charge is not Charge.REVIEW for alarm in charged)
    asked, waived = len(charged) - copies, len(guarded.alarms) - len(charged)
    said = [
        f"{copies} {'repeats' if copies == 1 else 'repeat'} another"
        if copies
        else "none repeats another",
        *([f"{asked} to look at"] if asked else []),
        *([f"{waived} waived"] if waived else []),
        *([f"{len(guarded.unread)} not read"] if guarded.unread else []),
    ]
    what = f"{counted(len(guarded.files), 'migration')}, " if guarded.files else ""
    return f"{what}{touched} against {source}: {', '.join(said)}"


def headline(alarm: Alarm) -> str:
    """Return an alarm in one line, without its place."""
    table, twin = visible(str(alarm.table.table)), visible(str(alarm.twin))
    other = "the new" if alarm.twin_is_new else "the existing"
    sure = f" (confidence {share(alarm.confidence)})" if alarm.confidence is not None else ""
    if alarm.charge is Charge.VERSION:
        return f"{_CHANGES[alarm.table.change]} {table} is named as a version of {other} {twin}"
    if alarm.verdict is Verdict.REVIEW:
        return f"{_CHANGES[alarm.table.change]} {table} resembles {other} {twin}{sure}"
    return f"{_CHANGES[alarm.table.change]} {table} is a near-copy of {other} {twin}{sure}"


def instead(alarm: Alarm) -> tuple[str, ...]:
    """Return what would do instead, as lines of text and SQL; where it is no duplicate for sure,
    what to look at before.
    """
    twin = visible(str(alarm.twin))
    if alarm.charge is Charge.VERSION:
        if alarm.twin_is_new:
            return (_ONE_OF_TWO.format(twin=twin),)
        advice = f"Change {twin} itself, or replace it in the same migration"
        return (f"{advice}; {twin} lacks:", *alarm.remedy) if alarm.remedy else (f"{advice}.",)
    if alarm.charge is Charge.REVIEW or not _likely(alarm):
        return _compare(alarm, twin)
    if alarm.remedy:
        return (f"Instead, give {twin} what it lacks:", *alarm.remedy)
    if alarm.twin_is_new:
        return (_ONE_OF_TWO.format(twin=twin),)
    if alarm.bits is None:
        return (f"Instead, keep these measurements in {twin}.",)
    return (f"Instead, use {twin}: it has every column already.",)


def _likely(alarm: Alarm) -> bool:
    """Tell whether more pairs with such evidence are one table than are not."""
    return alarm.confidence is None or alarm.confidence >= EVEN


def _compare(alarm: Alarm, twin: str) -> tuple[str, ...]:
    advice = f"Compare it with {twin} before"
    if alarm.twin_is_new:
        return (f"{advice}: it comes with the same migrations.",)
    if alarm.remedy:
        return (f"{advice}; if both store the same, {twin} lacks:", *alarm.remedy)
    return (f"{advice}; if both store the same, {twin} has every column already.",)


def waiving(alarm: Alarm) -> tuple[str, ...]:
    """Return what a waiver says of an alarm: that it holds, or that it has run out."""
    if alarm.waiver is None:
        return ()
    waiver = alarm.waiver.waiver
    if alarm.waived:
        return (f"waived until {waiver.until or 'further notice'}: {waiver.reason}",)
    return (f"its waiver ended on {waiver.until}; the reason given: {waiver.reason}",)


def known(alarm: Alarm) -> tuple[str, ...]:
    """Return what the register and the code say of the twin, a line each."""
    said = [_registered(one, alarm) for one in alarm.registered]
    if alarm.twin_code is not None:
        said += _code_lines(str(alarm.twin), alarm.twin_code)
    return tuple(said)


def _registered(one: Registered, alarm: Alarm) -> str:
    names = (str(alarm.twin), str(alarm.table.table))
    claims = [claim for claim in one.canonical_for if claim in names or not is_table(claim)]
    facts = [
        *([f"owner {one.owner}"] if one.owner else []),
        *([f"for '{one.purpose}'"] if one.purpose else []),
        *([f"canonical for {', '.join(claims)}"] if claims else []),
    ]
    return f"the register has {one.name}: {', '.join(facts) or 'without owner or purpose'}"


def _code_lines(twin: str, code: TwinCode) -> list[str]:
    lines = []
    if code.created is not None:
        comment = f" ({code.comment})" if code.comment else ""
        lines.append(f"{twin} is created in {_at(code.created)}{comment}")
    if code.uses:
        more = f" and {code.files - len(code.uses)} more" if code.files > len(code.uses) else ""
        places = ", ".join(map(_at, code.uses))
        lines.append(f"{twin} is used in {counted(code.files, 'file')}: {places}{more}")
    return lines


def _at(place: Place) -> str:
    return f"{place.file}:{place.line}"


def evidence_line(piece: Evidence) -> str:
    return f"{piece.bits:+6.1f}  {visible(f'{piece.signal}: {piece.detail}')}"


def _alarm(alarm: Alarm) -> list[str]:
    place = alarm.table.place
    where = f"{visible(place.file)}:{place.line}: " if place else ""
    word = "waived" if alarm.waived else _CHARGES[alarm.charge]
    lines = [f"{where}{word}: {headline(alarm)}"]
    lines += (f"    {visible(line)}" for line in (*waiving(alarm), alarm.reason, *known(alarm)))
    if alarm.shared_columns:
        pairs = [
            visible(mine if mine == other else f"{mine} ~ {other}")
            for mine, other in alarm.shared_columns
        ]
        lines.append(f"    in both: {', '.join(pairs)}")
    lines += (f"    {evidence_line(piece)}" for piece in alarm.evidence)
    lines += (f"    {visible(line)}" for part in instead(alarm) for line in part.split("\n"))
    return lines


def _unread(unread: tuple[Unread, ...]) -> list[str]:
    lines = [
        f"{visible(one.place.file)}:{one.place.line}: NOT READ: {visible(one.what)} "
        f"({visible(one.why)})"
        for one in unread[:MOST_LISTED]
    ]
    if len(unread) > MOST_LISTED:
        lines.append(f"and {len(unread) - MOST_LISTED} more")
    return [*lines, COMPARE_DATABASES]
