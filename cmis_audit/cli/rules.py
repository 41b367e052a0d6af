"""`cmis-audit rules`."""

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
  cmis-audit rules --rules ./our-rules             with a team's own""",
)
@click.argument("code", required=False)
@rule_options
@common_options
def rules(code: str | None, **options: Any) -> None:
    """List the rules, or print the page of one: why, what it finds, what it leaves alone."""
    settings = settings_of(options)
    from cmis_audit.pipeline import notice_rules, rule_pack

    pack = rule_pack(settings.pack, settings.rules)
    free = notice_rules()
    if code:
        say(_page(pack, code, free))
        return
    listed = ", ".join(f"{rule.code} {rule.title.lower()}" for rule in free)
    say(f"{_table(pack)}\nAt no points, of waivers and register: {listed}.")


def _page(pack: "RulePack", code: str, free: "tuple[Rule, ...]") -> str:
    for rule in (*pack.rules, *free):
        if rule.code == code.upper():
            return f"# {rule.code} {rule.title}\n\n{_charge(rule)}\n\n{rule.page}"
    hint = did_you_mean(code.upper(), [rule.code for rule in (*pack.rules, *free)])
    raise UsageError(f"no rule '{code}' in the pack '{pack.name}'{hint}")


def _charge(rule: "Rule") -> str:
    if not rule.cap:
        return f"Severity {rule.severity.value}; it costs no points."
    return (
        f"Severity {rule.severity.value}; {rule.points:g} points off for each "
        f"{rule.unit.value}, {rule.cap:g} at most."
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
    return "\n".join([*lines, "", f"Pack {pack.name}: {pack.title}. Grades: {grades}."])
