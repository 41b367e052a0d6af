"""Everything that goes wrong in a way a user can mend, as one small tree.

AuditError
 ├─ UsageError        the command line: an option, a pattern that matches nothing
 ├─ SettingsError     a configuration file or environment variable
 ├─ RuleError         a rule page or a pack
 ├─ SourceError       what was to be read: a server, a snapshot, an SQL file
 └─ ScratchError      the scratch server could not be had

The message is one line that says what was tried, on what, and what to do. The command line prints
it to stderr and exits with `exit_status`.
"""

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest known word, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


class AuditError(Exception):
    """A failure with a message for the user: one line, no secrets."""

    exit_status = 2


class UsageError(AuditError):
    """The command line asks for something that cannot be done."""


class SettingsError(AuditError):
    """A configuration file or environment variable holds something unusable."""


class RuleError(AuditError):
    """A rule page or pack is not well formed."""


class SourceError(AuditError):
    """The database, snapshot or SQL file could not be read."""


class ScratchError(AuditError):
    """A scratch server could not be started or reached."""
