"""What is said of audits over time, the same in every format for people."""

from collections.abc import Sequence

from cmis_audit.model.history import Past
from cmis_audit.model.value import Value

REMARK = "* scored by other rules than the audit before it: not of one scale."


class Step(Value, frozen=True, kw_only=True):
    """An audit, and what it changed."""

    past: Past
    change: int | None
    """Of the score; None for the first, and where the rules are others than before."""
    rescaled: bool
    """Whether the rules are others than those of the audit before."""


def steps(pasts: Sequence[Past]) -> list[Step]:
    found: list[Step] = []
    for past in pasts:
        before = found[-1].past if found else None
        rescaled = before is not None and before.pack_fingerprint != past.pack_fingerprint
        change = past.score - before.score if before is not None and not rescaled else None
        found.append(Step(past=past, change=change, rescaled=rescaled))
    return found


def change_word(step: Step) -> str:
    """Return the change with its sign, `*` where there is none to tell."""
    if step.rescaled:
        return "*"
    if step.change is None:
        return ""
    return signed_change(step.change)


def signed_change(change: int) -> str:
    return f"{change:+d}".replace("-", "−") if change else "0"


def span(pasts: Sequence[Past]) -> str:
    """Return how many audits there are, and from when to when."""
    if len(pasts) == 1:
        return f"1 audit, {pasts[0].read_at[:10]}"
    return f"{len(pasts)} audits, {pasts[0].read_at[:10]} to {pasts[-1].read_at[:10]}"
