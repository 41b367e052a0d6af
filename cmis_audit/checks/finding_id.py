"""Names for findings that outlive a run."""

import hashlib
from collections.abc import Iterable

from cmis_audit.model.names import TableRef


def finding_id(code: str, subjects: Iterable[TableRef], part: str = "") -> str:
    """Return `DUP001-3f2a9c1b`: the same for the same rule on the same tables, in any order.

    `part` names the column, key or index, where a rule may find several in one table.
    """
    key = "\0".join([code, *sorted(str(ref) for ref in subjects), *([part] if part else [])])
    return f"{code}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
