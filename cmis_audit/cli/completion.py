"""`cmis-audit completion`."""

import click

from cmis_audit.cli.options import HELP
from cmis_audit.cli.output import say

VARIABLE = "_CMIS_AUDIT_COMPLETE"
"""Set by the scripts: click then answers with what may come next."""


@click.command(
    context_settings=HELP,
    short_help="Print the completion script of a shell.",
    epilog="""\b
Examples:
  cmis-audit completion bash > ~/.local/share/bash-completion/completions/cmis-audit
  cmis-audit completion zsh > ~/.zfunc/_cmis-audit
  cmis-audit completion fish > ~/.config/fish/completions/cmis-audit.fish""",
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.help_option("--help", "-?", help="Show this and exit.")
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options and files."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # the choices are those that click has
    program = context.find_root().command
    # Not its source(): that of bash runs bash to ask for its version.
    complete = kind(program, {}, "cmis-audit", VARIABLE)
    say(complete.source_template % complete.source_vars())
