"""The plan for programs: `plan.json`, described by `reports/schemas/plan.schema.json`."""

import hashlib
import json
from enum import Enum

import msgspec

from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import PLAN_FORMAT_VERSION, Driver, Plan, Step, WrittenFile


def plan_json(plan: Plan, written: tuple[WrittenFile, ...] = ()) -> str:
    """Return the plan without its SQL, which lies in the files that it names."""
    document = {
        "format_version": PLAN_FORMAT_VERSION,
        "tool": {"name": "cmis-audit", "version": plan.tool_version},
        "source": {
            "database": plan.database,
            "server_version_number": plan.server_version_number,
            "fingerprint": plan.fingerprint,
        },
        "options": plain(plan.options),
        "order": [
            f"{cluster.folder}/{step.file}"
            for cluster in plan.clusters
            for step in cluster.steps
            if step.by_default and not step.undo
        ],
        "clusters": plain(plan.clusters),
        "refused": plain(plan.refused),
        "not_planned": plain(plan.not_planned),
        "schemas": plain(plan.schemas),
        "promised": plain(plan.promised),
        "written": [
            {
                "path": each.path,
                "to": each.to,
                "what": each.what,
                "sha256": hashlib.sha256(each.text.encode()).hexdigest(),
            }
            for each in written
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def plain(value: object) -> object:
    """Return a value of the model as what JSON knows."""
    if isinstance(value, TableRef):
        return str(value)
    if isinstance(value, Step | Driver):
        fields = {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        fields["sql_sha256"] = hashlib.sha256(value.sql.encode()).hexdigest()
        del fields["sql"]
        return fields
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value
