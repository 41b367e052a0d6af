"""Documentation that is made from the program: `python -m tests.documents` writes it anew."""

import re
from pathlib import Path

from click import Command, Context

from cmis_audit.cli.main import main as program
from cmis_audit.model.rule import RulePack
from cmis_audit.pipeline import rule_pack
from tests.manual import manual

ROOT = Path(__file__).parent.parent
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
MANUAL_PAGE = ROOT / "docs" / "cmis-audit.1"
README = ROOT / "README.md"
PACKS = ("cmis", "density", "governance")
_RULES = re.compile(r"(<!-- rules -->\n).*?(<!-- /rules -->)", re.DOTALL)


def commands_page() -> str:
    """Return the page of all commands: each one's `--help`."""
    parts = ["# Commands\n\nMade by `make docs` from the program's own help.\n"]
    with _context(program, "cmis-audit", None) as top:
        parts.append(_section("cmis-audit", program, top))
        for name in program.list_commands(top):
            command = program.get_command(top, name)
            assert command is not None
            with _context(command, name, top) as context:
                parts.append(_section(f"cmis-audit {name}", command, context))
    return "\n".join(parts)


def _context(command: Command, name: str, parent: Context | None) -> Context:
    settings = {**command.context_settings, "terminal_width": 80}
    return Context(command, info_name=name, parent=parent, **settings)


def _section(title: str, command: Command, context: Context) -> str:
    return f"## {title}\n\n```text\n{command.get_help(context)}\n```\n"


def readme() -> str:
    """Return the README with the table of rules as the pack has them."""
    text = "\n".join(_rules_of(rule_pack(name, None)) for name in PACKS)
    return _RULES.sub(lambda found: found[1] + text + found[2], README.read_text("utf-8"))


def _rules_of(pack: RulePack) -> str:
    per = f" in {pack.scale.per_tables} tables" if pack.scale else ""
    rows = [
        f"| {rule.code} | {rule.title} | {rule.severity} | {rule.points:g} | {rule.unit}{per} "
        f"| {rule.cap:g} |"
        for rule in pack.rules
    ]
    table = (
        "| Rule | Title | Severity | Points | Per | Cap |\n| :-- | :-- | :-- | --: | :-- | --: |"
    )
    return "\n".join([f"Pack `{pack.name}`: {pack.title}.\n", table, *rows, ""])


def main() -> None:
    COMMANDS_PAGE.write_text(commands_page(), "utf-8")
    MANUAL_PAGE.write_text(manual(program), "utf-8")
    README.write_text(readme(), "utf-8")


if __name__ == "__main__":
    main()
