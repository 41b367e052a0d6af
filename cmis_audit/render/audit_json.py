"""The audit as JSON, for programs: `audit.json`, described by `reports/schemas/audit.schema.json`.

Keys and meanings are fixed by `format_version`; keys may be added.
"""

import re
from typing import Final

from cmis_audit.model.cluster import Cluster, ComparisonRow, Member
from cmis_audit.model.finding import Finding
from cmis_audit.model.history import Past
from cmis_audit.model.match import Evidence, Match
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.report import FORMAT_VERSION, PackReport, Report
from cmis_audit.model.rule import Scale
from cmis_audit.model.schema_copy import SchemaCopies, TablePair
from cmis_audit.model.score import Deduction, Score
from cmis_audit.model.waiver import Waived
from cmis_audit.render.code_json import code_json
from cmis_audit.render.json_text import json_text
from cmis_audit.render.outlook import payoffs, schema_payoff

JsonObject = dict[str, object]

# Lone surrogates cannot be written as UTF-8; the others make a terminal or an editor show the text
# otherwise than it is. JSON takes all of them as escapes.
_ESCAPED: Final = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def render_json(report: Report) -> str:
    """Return the audit as JSON: the same report gives the same bytes, UTF-8, a newline last."""
    return escaped_json(_audit(report))


def escaped_json(value: JsonObject) -> str:
    """Return a document as JSON text that shows nothing otherwise than it is."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json_text(value)) + "\n"


def _audit(report: Report) -> JsonObject:
    catalog = report.catalog
    gains = payoffs(report)
    return {
        "format_version": FORMAT_VERSION,
        "tool": {"name": "cmis-audit", "version": report.tool_version},
        "source": {
            "database": catalog.database,
            "server_version": catalog.server_version,
            "read_at": catalog.read_at,
            "fingerprint": report.fingerprint,
            "role": catalog.role,
        },
        "totals": {
            "schemas": report.totals.schemas,
            "tables": report.totals.tables,
            "views": report.totals.views,
            "columns": report.totals.columns,
            "foreign_keys": report.totals.foreign_keys,
            "rows_estimate": report.totals.rows_estimate,
            "bytes": report.totals.bytes,
        },
        "score": _score(report.score),
        "clusters": [
            _cluster(one, gains.get(one.id, 0), waived=one.id in report.waived_clusters)
            for one in report.clusters
        ],
        "schema_copies": [_schema_copies(report, one) for one in report.schema_copies],
        "findings": [_finding(finding) for finding in report.findings],
        "waived_findings": [_finding(finding) for finding in report.waived_findings],
        "waivers": [_waived(one) for one in (*report.waived, *report.lapsed)],
        "notices": [_notice(report, finding) for finding in report.notices],
        "trend": [_past(one) for one in report.trend],
        "tables": [str(table.ref) for table in catalog.tables],
        "not_assessed": [{"what": one.what, "why": one.why} for one in report.not_assessed],
        "beside": [_beside(pack) for pack in report.beside],
        **({"code": code_json(report, report.code)} if report.code else {}),
    }


def _beside(pack: PackReport) -> JsonObject:
    return {
        "pack": pack.score.pack,
        "title": pack.title,
        "score": _score(pack.score),
        "findings": [_finding(finding) for finding in pack.findings],
        "not_assessed": [{"what": one.what, "why": one.why} for one in pack.not_assessed],
    }


def _score(score: Score) -> JsonObject:
    return {
        "value": score.value,
        "exact": round(score.exact, 4),
        "grade": score.grade,
        "label": score.label,
        "pack": score.pack,
        "pack_fingerprint": score.pack_fingerprint,
        "deductions": [_deduction(one) for one in score.deductions],
        "scale": None if score.scale is None else _scale(score, score.scale),
    }


def _scale(score: Score, scale: Scale) -> JsonObject:
    return {
        "per_tables": scale.per_tables,
        "tables": max(score.tables, scale.least_tables),
        "start": round(score.start, 4),
        "ceiling": round(scale.ceiling, 4),
    }


def _deduction(one: Deduction) -> JsonObject:
    return {
        "rule": one.rule,
        "title": one.title,
        "points": round(one.points, 4),
        "points_per_unit": round(one.points_per_unit, 4),
        "cap": round(one.cap, 4),
        "unit": one.unit,
        "units": one.units,
        "findings": list(one.findings),
        "payoff": round(one.payoff, 4),
    }


def _cluster(cluster: Cluster, payoff: float, *, waived: bool) -> JsonObject:
    return {
        "id": cluster.id,
        "name": cluster.name,
        "verdict": cluster.verdict,
        "kind": cluster.kind,
        "confidence": round(cluster.confidence, 3),
        "priority": cluster.priority,
        "reason": cluster.reason,
        "canonical": _table(cluster.canonical),
        "canonical_reason": cluster.canonical_reason,
        "tables_before": cluster.tables_before,
        "tables_after": cluster.tables_after,
        "payoff": round(payoff, 4),
        "waived": waived,
        "members": [_member(member) for member in cluster.members],
        "pairs": [_pair(match) for match in cluster.pairs],
        "comparison": [_comparison_row(row) for row in cluster.comparison],
        "issues": list(cluster.issues),
    }


def _member(member: Member) -> JsonObject:
    return {
        "table": _table(member.table),
        "role": member.role,
        "columns": member.columns,
        "rows_estimate": member.rows_estimate,
        "shape": member.shape,
        "naming": member.naming,
        "note": member.note,
        "suggested_name": member.suggested_name,
    }


def _pair(match: Match) -> JsonObject:
    return {
        "left": _table(match.left),
        "right": _table(match.right),
        "relation": match.relation,
        "bits": round(match.bits, 2),
        "confidence": match.confidence,
        "same_name_columns": list(match.same_name_columns),
        "aligned_columns": [
            {
                "left": one.left,
                "right": one.right,
                "how": one.how,
                "bits": round(one.bits, 2),
                "same_type": one.same_type,
            }
            for one in match.columns
        ],
        "containment": round(match.containment, 3),
        "jaccard": round(match.jaccard, 3),
        "evidence": [_evidence(one) for one in match.evidence],
        "counter_evidence": [_evidence(one) for one in match.counter_evidence],
    }


def _evidence(one: Evidence) -> JsonObject:
    return {"signal": one.signal, "bits": round(one.bits, 2), "detail": one.detail}


def _comparison_row(row: ComparisonRow) -> JsonObject:
    cells: dict[str, str] = {}
    for cell in row.cells:
        key, value = str(cell.table), f"{quote_ident(cell.column)} {cell.type}"
        cells[key] = f"{cells[key]}, {value}" if key in cells else value
    return {"concept": row.concept, "cells": cells, "type_drift": row.type_drift}


def _schema_copies(report: Report, copies: SchemaCopies) -> JsonObject:
    return {
        "id": copies.id,
        "verdict": copies.verdict,
        "priority": copies.priority,
        "source": copies.source,
        "source_reason": copies.source_reason,
        "tables": copies.tables,
        "payoff": round(schema_payoff(report, copies), 4),
        "waived": copies.id in report.waived_schema_copies,
        "clusters": list(copies.clusters),
        "copies": [
            {
                "schema": copy.schema,
                "kind": copy.kind,
                "confidence": round(copy.confidence, 3),
                "reason": copy.reason,
                "tables": copy.tables,
                "repeated": copy.repeated,
                "pairs": [_table_pair(pair) for pair in copy.pairs],
                "only_in_source": [_table(ref) for ref in copy.only_in_source],
                "only_in_copy": [_table(ref) for ref in copy.only_in_copy],
            }
            for copy in copies.copies
        ],
    }


def _table_pair(pair: TablePair) -> JsonObject:
    return {
        "source": _table(pair.source),
        "copy": _table(pair.copy),
        "cluster": pair.cluster,
        "only_in_source": list(pair.only_in_source),
        "only_in_copy": list(pair.only_in_copy),
        "changed": [
            {
                "source": one.source,
                "copy": one.copy,
                "source_type": one.source_type,
                "copy_type": one.copy_type,
            }
            for one in pair.changed
        ],
        "keys_only_in_source": list(pair.keys_only_in_source),
        "keys_only_in_copy": list(pair.keys_only_in_copy),
    }


def _finding(finding: Finding) -> JsonObject:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "subjects": [_table(ref) for ref in finding.subjects],
        "message": finding.message,
        "evidence": finding.evidence,
        "clusters": list(finding.clusters),
    }


def _notice(report: Report, finding: Finding) -> JsonObject:
    place = dict(report.notice_places).get(finding.id)
    where = None if place is None else {"file": place.file, "line": place.line}
    return {**_finding(finding), "place": where}


def _waived(one: Waived) -> JsonObject:
    waiver = one.waiver
    return {
        "id": waiver.id,
        "tables": list(waiver.tables),
        "schemas": list(waiver.schemas),
        "rule": waiver.rule,
        "reason": waiver.reason,
        "until": waiver.until,
        "status": one.status,
        "covers": [*one.schema_copies, *one.clusters, *one.findings],
    }


def _past(one: Past) -> JsonObject:
    return {
        **{name: getattr(one, name) for name in one.__struct_fields__ if name != "beside"},
        "beside": [
            {
                **{name: getattr(pack, name) for name in pack.__struct_fields__ if name != "rules"},
                "rules": [
                    {"rule": each.rule, "came": each.came, "gone": each.gone} for each in pack.rules
                ],
            }
            for pack in one.beside
        ],
    }


def _table(ref: TableRef | None) -> str | None:
    return None if ref is None else str(ref)
