"""A comparison for programs: `compare.json`, described by `comparison.schema.json`."""

import json

from cmis_audit.model.comparison import COMPARISON_FORMAT_VERSION, Comparison
from cmis_audit.render.plan_json import plain


def comparison_json(found: Comparison) -> str:
    """Return all that was found; the same two audits give the same bytes."""
    document = {
        "format_version": COMPARISON_FORMAT_VERSION,
        "tool": {"name": "cmis-audit", "version": found.tool_version},
        **{
            name: plain(getattr(found, name))
            for name in found.__struct_fields__
            if name != "tool_version"
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"
