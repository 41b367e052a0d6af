"""Results as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub takes it.

GitHub refuses a file of which one result has no location, and takes 25,000 results of a run.
"""

from typing import Any, Final
from urllib.parse import quote

from cmis_audit.model.place import Place
from cmis_audit.model.result import Result, ResultRule, Results
from cmis_audit.render.audit_json import escaped_json
from cmis_audit.render.escape import visible
from cmis_audit.render.results import NOWHERE

MOST_RESULTS: Final = 25_000
_MOST_OTHERS: Final = 20
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
JsonObject = dict[str, Any]


def sarif(results: Results) -> str:
    """Return the results as one run of SARIF."""
    numbers = {rule.id: number for number, rule in enumerate(results.rules)}
    kept = results.results[:MOST_RESULTS]
    run: JsonObject = {
        "tool": {
            "driver": {
                "name": "cmis-audit",
                "semanticVersion": results.tool_version,
                "rules": [_rule(rule) for rule in results.rules],
            }
        },
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _left_out(results)}
        ],
        "columnKind": "utf16CodeUnits",
        "results": [_result(one, numbers[one.rule]) for one in kept],
    }
    return escaped_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _left_out(results: Results) -> list[JsonObject]:
    count = len(results.results) - MOST_RESULTS
    if count <= 0:
        return []
    text = f"{count:,} further results are left out; audit.json has all of them"
    return [{"level": "warning", "message": {"text": text}}]


def _rule(rule: ResultRule) -> JsonObject:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.title.replace("-", " ").split()),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.title},
        "help": {"text": rule.help, "markdown": rule.help},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": ["database", "maintainability"]},
    }


def _result(one: Result, number: int) -> JsonObject:
    text = visible(one.message) + "".join(f"\n{visible(line)}" for line in one.detail.split("\n"))
    found: JsonObject = {
        "ruleId": one.rule,
        "ruleIndex": number,
        "level": one.level,
        "message": {"text": text.strip()},
        "locations": [
            {
                **_physical(one.place),
                "logicalLocations": [
                    {"fullyQualifiedName": name, "kind": "table"} for name in one.tables
                ],
            }
        ],
        "partialFingerprints": {"cmisAuditId/v1": one.id},
    }
    if one.waived is not None:
        found["suppressions"] = [{"kind": "external", "justification": visible(one.waived)}]
    if one.others:
        found["relatedLocations"] = [
            {"id": place_number, **_physical(place)}
            for place_number, place in enumerate(one.others[:_MOST_OTHERS], 1)
        ]
    return found


def _physical(place: Place) -> JsonObject:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(relative(place.file)), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(place.line, 1)},
        }
    }


def relative(file: str) -> str:
    """Return a path without its root and without steps upwards, as GitHub wants it."""
    parts = [part for part in file.replace("\\", "/").split("/") if part not in ("", ".")]
    if file.startswith("/") or ".." in parts or (parts and parts[0].endswith(":")):
        parts = parts[-1:] if parts and parts[-1] != ".." else []
    return "/".join(parts) or NOWHERE.file
