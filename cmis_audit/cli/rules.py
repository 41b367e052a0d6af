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
    from cmis_audit.pipeline import rule_packs

    packs = rule_packs(settings.pack, settings.rules)
    say(_page(packs, code) if code else "\n\n".join(map(_table, packs)))


def _page(packs: "tuple[RulePack, ...]", code: str) -> str:
    for pack in packs:
        for rule in pack.rules:
            if rule.code == code.upper():
                charge = _charge(rule, pack)
                return f"# {rule.code} {rule.title}\n\n{charge}\n\n{rule.page}"
    hint = did_you_mean(code.upper(), [rule.code for pack in packs for rule in pack.rules])
    noun = "pack" if len(packs) == 1 else "packs"
    named = ", ".join(f"'{pack.name}'" for pack in packs)
    raise UsageError(f"no rule '{code}' in the {noun} {named}{hint}")


def _charge(rule: "Rule", pack: "RulePack") -> str:
    each = f"for each {rule.unit.value}"
    if pack.scale is not None:
        each += f" in {pack.scale.per_tables} tables"
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
