"""What a guard says, for machines: `guard.json`, described by `guard.schema.json`."""

from typing import Any, Final

from cmis_audit.model.guard import Alarm, Guarded, Touched, TwinCode
from cmis_audit.model.match import Evidence
from cmis_audit.model.place import Place
from cmis_audit.model.waiver import Waived
from cmis_audit.render.audit_json import escaped_json

FORMAT_VERSION: Final = 1
JsonObject = dict[str, Any]


def render_guard_json(guarded: Guarded) -> str:
    """Return the result of a guard as JSON, a newline last."""
    return escaped_json(
        {
            "format_version": FORMAT_VERSION,
            "tool": {"name": "cmis-audit", "version": guarded.tool_version},
            "against": guarded.against,
            "migrations": list(guarded.files),
            "tables": guarded.tables,
            "touched": [_touched(one) for one in guarded.touched],
            "alarms": [_alarm(one) for one in guarded.alarms],
            "unread": [
                {"place": _place(one.place), "what": one.what, "why": one.why}
                for one in guarded.unread
            ],
            "notes": [{"what": one.what, "why": one.why} for one in guarded.notes],
        }
    )


def _touched(touched: Touched) -> JsonObject:
    return {
        "table": str(touched.table),
        "change": touched.change,
        "origin": None if touched.origin is None else str(touched.origin),
        "place": _place(touched.place),
    }


def _place(place: Place | None) -> JsonObject | None:
    return None if place is None else {"file": place.file, "line": place.line}


def _alarm(alarm: Alarm) -> JsonObject:
    return {
        "id": alarm.id,
        "charge": alarm.charge,
        **_touched(alarm.table),
        "twin": str(alarm.twin),
        "twin_is_new": alarm.twin_is_new,
        "verdict": alarm.verdict,
        "kind": alarm.kind,
        "confidence": alarm.confidence,
        "bits": alarm.bits,
        "reason": alarm.reason,
        "evidence": [_evidence(one) for one in alarm.evidence],
        "shared_columns": [{"table": mine, "twin": other} for mine, other in alarm.shared_columns],
        "remedy": list(alarm.remedy),
        "cluster": alarm.cluster,
        "twin_code": None if alarm.twin_code is None else _code(alarm.twin_code),
        "registered": [
            {
                "table": one.name,
                "owner": one.owner,
                "purpose": one.purpose,
                "canonical_for": list(one.canonical_for),
            }
            for one in alarm.registered
        ],
        "waiver": None if alarm.waiver is None else _waiver(alarm.waiver),
    }


def _code(code: TwinCode) -> JsonObject:
    return {
        "created": _place(code.created),
        "comment": code.comment,
        "files": code.files,
        "uses": [_place(one) for one in code.uses],
    }


def _waiver(one: Waived) -> JsonObject:
    return {"status": one.status, "reason": one.waiver.reason, "until": one.waiver.until}


def _evidence(one: Evidence) -> JsonObject:
    return {"signal": one.signal, "bits": round(one.bits, 2), "detail": one.detail}
