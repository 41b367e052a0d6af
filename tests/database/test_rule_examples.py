"""A rule page is its own test: what `Fires` builds is found, what `Silent` builds is not."""

from datetime import UTC, datetime

import psycopg
import pytest
from fix_postgres import counted, gone

from cmis_audit.model.rule import Rule
from cmis_audit.pipeline import audit, rule_pack
from cmis_audit.reading import Intake, catalog_of
from cmis_audit.rulepack import pack_names
from cmis_audit.source.connection import Limits, Target

PACKS = {name: rule_pack(name, None) for name in pack_names()}
SINCE = {"GOV015": (14, "telling an empty table from one never analysed")}
EXAMPLES = [
    pytest.param(
        name,
        rule,
        sql,
        fires,
        id=f"{name}-{rule.code}-{word}-{number}",
        marks=[pytest.mark.since(*SINCE[rule.code])] if fires and rule.code in SINCE else [],
    )
    for name, pack in PACKS.items()
    for rule in pack.rules
    for word, fires, blocks in (("fires", True, rule.fires), ("silent", False, rule.silent))
    for number, sql in enumerate(blocks, start=1)
]


@pytest.mark.parametrize(("pack", "rule", "sql", "fires"), EXAMPLES)
def test_an_example_does_what_its_page_says(
    database: str, pack: str, rule: Rule, sql: str, fires: bool
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(sql.encode())
    (counted if "INSERT" in sql or "ANALYZE" in sql else gone)(database)
    intake = Intake(target=Target(source=database), limits=Limits(), now=datetime.now(UTC))
    report = audit(catalog_of(intake), PACKS[pack])
    found = [finding.message for finding in report.findings if finding.rule == rule.code]
    seen = [(each.name, each.verdict.value, each.reason) for each in report.clusters]
    assert bool(found) is fires, f"found {found}; clusters {seen}"
