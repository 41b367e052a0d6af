"""Small audited schemas, each audited once: subsets of a pool with second versions and copies."""

from functools import cache

from builders import catalog, table

from cmis_audit.comparing import record_of_report
from cmis_audit.model.catalog import Table
from cmis_audit.model.decisions import UNDECIDED, Decisions
from cmis_audit.model.record import Record
from cmis_audit.model.report import Report
from cmis_audit.pipeline import audit, rule_pack

NOUNS = {
    "invoice": ("number text", "issued_on date", "vat_amount numeric", "payer_name text"),
    "vehicle": ("plate text", "mileage integer", "fuel_kind text", "axle_count integer"),
    "patient": ("ward text", "blood_group text", "admitted_at timestamptz", "allergies text"),
    "lecture": ("room text", "speaker text", "seats integer", "syllabus text"),
}
SUFFIXES = ("", "_v2", "_v3", "_backup")
POOL = tuple(f"{noun}s{suffix}" for noun in NOUNS for suffix in SUFFIXES)
PACK = rule_pack("cmis", None)


def made(name: str) -> Table:
    noun = next(noun for noun in NOUNS if name.startswith(noun))
    return table(f"app.{name}", f"{noun}_id bigint pk", *NOUNS[noun])


@cache
def audited(
    names: frozenset[str], decisions: Decisions = UNDECIDED, read_at: str = "2026-01-05T00:00:00Z"
) -> Report:
    source = catalog(*map(made, sorted(names)), read_at=read_at)
    return audit(source, PACK, decisions=decisions)


def recorded(
    *names: str, decisions: Decisions = UNDECIDED, read_at: str = "2026-01-05T00:00:00Z"
) -> Record:
    return record_of_report(audited(frozenset(names), decisions, read_at))
