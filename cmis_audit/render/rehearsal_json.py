"""A rehearsal for programs: `rehearsal.json`, described by `rehearsal.schema.json`."""

import json

from cmis_audit.model.rehearsal import REHEARSAL_FORMAT_VERSION, Rehearsal
from cmis_audit.render.plan_json import plain


def rehearsal_json(rehearsal: Rehearsal) -> str:
    """Return all that was found; times and sizes are as measured, and differ from run to run."""
    document = {
        "format_version": REHEARSAL_FORMAT_VERSION,
        "tool": {"name": "cmis-audit", "version": rehearsal.tool_version},
        "source": {"database": rehearsal.database, "fingerprint": rehearsal.fingerprint},
        "scratch": {"server_version": rehearsal.server_version or None},
        "seed": rehearsal.seed,
        "rows": rehearsal.rows,
        "given": rehearsal.given,
        "sampled": rehearsal.sampled,
        "clone": plain(rehearsal.clone),
        "filling": plain(rehearsal.filling),
        "clusters": plain(rehearsal.clusters),
        "schemas": plain(rehearsal.schemas),
        "finish": plain(rehearsal.finish),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
