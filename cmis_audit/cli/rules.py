"""`cmis-audit rules`."""

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from cmis_audit.cli.options import HELP, common_options, rule_options, settings_of
from cmis_audit.cli.output import say
from cmis_audit.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from cmis_audit.model.rule import Rule, RulePack


@click.command(
    context_settings=HELP,
    short_help="List the rules, or print the page of one.",
    epilog="""\b
Examples:
  cmis-audit rules
  cmis-audit rules DUP001
  cmis-audit rules --pack density
  cmis-audit rules --rules ./our-rules             with a team's own""",
)
@click.argument("code", required=False)
@rule_options
@common_options
def rules(code: str | None, **options: Any) -> None:
    """List the rules, or print the page of one: why, what it finds, what it leaves alone."""
    settings = settings_of(options)
    from cmis_audit.pipeline import notice_rules, rule_packs

    packs = rule_packs(settings.pack, settings.rules)
    free = notice_rules()
    if code:
        say(_page(packs, code, free))
        return
    listed = ", ".join(f"{rule.code} {rule.title.lower()}" for rule in free)
    tables = "\n\n".join(map(_table, packs))
    say(f"{tables}\n\nAt no points, of waivers and register: {listed}.")


def _page(packs: "tuple[RulePack, ...]", code: str, free: "tuple[Rule, ...]") -> str:
    known = {rule.code: _charge(rule, 0) for rule in free}
    pages = {rule.code: rule for rule in free}
    for pack in reversed(packs):
        per = pack.scale.per_tables if pack.scale else 0
        known |= {rule.code: _charge(rule, per) for rule in pack.rules}
        pages |= {rule.code: rule for rule in pack.rules}
    wanted = code.upper()
    if wanted in pages:
        rule = pages[wanted]
        return f"# {rule.code} {rule.title}\n\n{known[wanted]}\n\n{rule.page}"
    noun = "pack" if len(packs) == 1 else "packs"
    named = ", ".join(f"'{pack.name}'" for pack in packs)
    hint = did_you_mean(wanted, pages)
    raise UsageError(f"no rule '{code}' in the {noun} {named}{hint}")


def _charge(rule: "Rule", per_tables: int) -> str:
    """Return what a rule costs; where a pack charges by size, for each unit in so many tables."""
    if not rule.cap:
        return f"Severity {rule.severity.value}; it costs no points."
    each = f"for each {rule.unit.value}" + (f" in {per_tables} tables" if per_tables else "")
    return (
        f"Severity {rule.severity.value}; {rule.points:g} points off {each}, {rule.cap:g} at most."
    )


def _table(pack: "RulePack") -> str:
    header = ("rule", "severity", "points", "per", "cap", "title")
    rows = [
        (
            rule.code,
            rule.severity.value,
            f"{rule.points:g}",
            rule.unit.value,
            f"{rule.cap:g}",
            rule.title,
        )
        for rule in pack.rules
    ]
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    grades = ", ".join(f"{each.grade} from {each.at_least:g}" for each in pack.grades)
    from cmis_audit.render.formula import formula

    told = f"Pack {pack.name}: {pack.title}. Grades: {grades}."
    return "\n".join([told, "", *lines, "", *wrap(formula(pack.scale), 100)])
