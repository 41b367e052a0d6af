"""Audits one after the other, and under what name they are kept."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from cmis_audit.history.beside import packs_beside
from cmis_audit.model.comparison import NamedFinding, PackChange
from cmis_audit.model.history import Past, PastPack, PastRule
from cmis_audit.model.record import Record, RecordedPack

SUFFIX = ".audit.json"
_PUNCTUATION = re.compile(r"[^0-9TZ]")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")


def pasts_of(records: Iterable[Record]) -> tuple[Past, ...]:
    """Return audits of one database as a trend shows them, oldest first."""
    ordered = sorted(records, key=lambda one: (one.source.read_at, one.source.fingerprint))
    befores: list[Record | None] = [None, *ordered]
    return tuple(_past_of(record, before) for record, before in zip(ordered, befores, strict=False))


def _past_of(record: Record, before: Record | None) -> Past:
    changes = {one.pack: one for one in packs_beside(before, record)} if before else {}
    return Past(
        read_at=record.source.read_at,
        score=record.score.value,
        grade=record.score.grade,
        pack_fingerprint=record.score.pack_fingerprint,
        tables=record.totals.tables,
        duplicates=record.leaving,
        clusters=len(record.duplicates),
        waived=len(record.waived),
        beside=tuple(sorted(_pack_of(one, changes.get(one.score.pack)) for one in record.beside)),
    )


def _pack_of(pack: RecordedPack, change: PackChange | None) -> PastPack:
    came, gone = (Counter(one.rule for one in found) for found in _moved(change))
    return PastPack(
        pack=pack.score.pack,
        title=pack.title,
        score=pack.score.value,
        grade=pack.score.grade,
        pack_fingerprint=pack.score.pack_fingerprint,
        findings=len(pack.findings),
        rules=tuple(
            PastRule(rule=rule, came=came[rule], gone=gone[rule]) for rule in sorted({*came, *gone})
        ),
    )


def _moved(change: PackChange | None) -> tuple[tuple[NamedFinding, ...], ...]:
    return ((), ()) if change is None else (change.came, change.gone)


def trend(earlier: Iterable[Record], now: Record) -> tuple[Past, ...]:
    """Return the earlier audits of the same database and the present one, oldest first."""
    before = [
        one for one in earlier if one.source.database == now.source.database and not same(one, now)
    ]
    return pasts_of((*before, now))


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
