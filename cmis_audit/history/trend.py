"""Audits one after the other, and under what name they are kept."""

import hashlib
import re
from collections.abc import Iterable

from cmis_audit.model.history import Past
from cmis_audit.model.record import Record

SUFFIX = ".audit.json"
_PUNCTUATION = re.compile(r"[^0-9TZ]")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")


def past_of(record: Record) -> Past:
    return Past(
        read_at=record.source.read_at,
        score=record.score.value,
        grade=record.score.grade,
        pack_fingerprint=record.score.pack_fingerprint,
        tables=record.totals.tables,
        duplicates=record.leaving,
        clusters=len(record.duplicates),
        waived=len(record.waived),
    )


def trend(earlier: Iterable[Record], now: Record) -> tuple[Past, ...]:
    """Return the earlier audits of the same database and the present one, oldest first."""
    before = [
        past_of(one)
        for one in earlier
        if one.source.database == now.source.database and not same(one, now)
    ]
    return tuple(sorted((*before, past_of(now))))


def same(one: Record, other: Record) -> bool:
    """Tell whether two audits are of the same reading of the same database."""
    return (
        one.source.database == other.source.database
        and one.source.read_at == other.source.read_at
        and one.source.fingerprint == other.source.fingerprint
    )


def file_name(record: Record, taken: Iterable[str]) -> str:
    """Return a name that none of the `taken` is: `20260401T000000Z-shop.audit.json`."""
    database = record.source.database
    plain = _NOT_PLAIN.sub("-", database)[:60]
    if plain != database:
        plain = f"{plain}-{hashlib.sha256(database.encode()).hexdigest()[:8]}"
    stem = f"{_PUNCTUATION.sub('', record.source.read_at)}-{plain}"
    names = set(taken)
    number = 1
    while f"{stem}{_counted(number)}{SUFFIX}" in names:
        number += 1
    return f"{stem}{_counted(number)}{SUFFIX}"


def _counted(number: int) -> str:
    return "" if number == 1 else f"-{number}"
