"""What a search of code found, for `audit.json`."""

from cmis_audit.model.code import CodeReference, CodeSurvey
from cmis_audit.model.report import Report
from cmis_audit.render.code_places import unused
from cmis_audit.render.index import Index

JsonObject = dict[str, object]


def code_json(report: Report, survey: CodeSurvey) -> JsonObject:
    """Return roots, references by table, and the tables that nothing was seen to use."""
    tables: dict[str, list[JsonObject]] = {}
    for one in survey.references:
        tables.setdefault(str(one.table), []).append(_reference(one))
    return {
        "roots": list(survey.roots),
        "files": survey.files,
        "references": tables,
        "unused": [str(ref) for ref in unused(report, Index(report.catalog, survey))],
        "skipped": [{"what": one.what, "why": one.why} for one in survey.skipped],
    }


def _reference(one: CodeReference) -> JsonObject:
    return {
        "use": one.use,
        "root": one.root,
        "file": one.file,
        "line": one.line,
        "framework": one.framework,
        "name": one.name,
        "comment": one.comment,
        "migration": one.migration,
        "candidates": one.candidates,
    }
