"""`audit.json` as a record, and what is wrong with a file that is none."""

from typing import TypeVar

import msgspec

from cmis_audit.errors import SourceError
from cmis_audit.model.plan import PLAN_FORMAT_VERSION
from cmis_audit.model.record import PlanRecord, Record
from cmis_audit.model.report import FORMAT_VERSION
from cmis_audit.model.value import Value

_ABSENT = msgspec.Raw()


class _Tool(Value, frozen=True, kw_only=True):
    name: str = ""


class _Header(Value, frozen=True, kw_only=True):
    format_version: int | None = None
    format: str | None = None
    """Of a snapshot; an audit has none."""
    tool: _Tool = _Tool()
    score: msgspec.Raw = _ABSENT
    order: msgspec.Raw = _ABSENT
    """Of a plan."""
    promised: msgspec.Raw = _ABSENT


_T = TypeVar("_T", bound=Value)


def is_audit(data: bytes) -> bool:
    """Tell whether a file is an audit, of whatever version; by what it holds, not by its name."""
    header = _header(data)
    return header.format is None and header.tool.name == "cmis-audit" and header.score != _ABSENT


def record_of(data: bytes, name: str) -> Record:
    """Return the audit that a file holds. Raises SourceError, which names the file."""
    if not is_audit(data):
        raise SourceError(f"{name} is no audit.json of cmis-audit")
    _check_version(data, name, FORMAT_VERSION, "audit the snapshot again")
    return _decoded(data, Record, name)


def plan_record_of(data: bytes, name: str) -> PlanRecord:
    """Return what a plan.json promises. Raises SourceError, which names the file."""
    header = _header(data)
    if header.tool.name != "cmis-audit" or header.order == _ABSENT:
        raise SourceError(f"{name} is no plan.json of cmis-audit")
    _check_version(data, name, PLAN_FORMAT_VERSION, "plan again")
    if bytes(header.promised) in (b"", b"null"):
        raise SourceError(f"{name} promises no figures: an older cmis-audit wrote it; plan again")
    return _decoded(data, PlanRecord, name)


def _header(data: bytes) -> _Header:
    try:
        return msgspec.json.decode(data, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Header()


def _check_version(data: bytes, name: str, known: int, remedy: str) -> None:
    version = _header(data).format_version
    if version != known:
        raise SourceError(
            f"{name}: its format version is {version}, this version of cmis-audit reads {known}; "
            f"{remedy}"
        )


def _decoded(data: bytes, kind: type[_T], name: str) -> _T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise SourceError(f"{name}: damaged: {said[:1].lower()}{said[1:]}") from None
