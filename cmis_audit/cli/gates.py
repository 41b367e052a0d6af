"""Gates: what of a report makes the exit status 1."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cmis_audit.settings import SEVERITIES, Settings

if TYPE_CHECKING:
    from cmis_audit.model.baseline import Against
    from cmis_audit.model.report import Report

MOST_NAMED = 10


def failed_gates(
    report: "Report", settings: Settings, against: "Against | None" = None
) -> list[str]:
    """Return a line for each gate that fails, naming its option.

    `against` is what is new or worse than a baseline: then --fail-on looks at nothing else, and
    without it any of that fails.
    """
    failed = []
    gated = settings.fail_under is not None or settings.fail_on is not None or against is not None
    if gated and not report.totals.tables:
        return ["no table was read, so no gate can pass"]
    score = report.score.value
    if settings.fail_under is not None and score < settings.fail_under:
        failed.append(f"score {score} is under {settings.fail_under:g} (--fail-under)")
    if against is not None:
        failed += _worse(against, settings)
    elif settings.fail_on is not None:
        severe = _severe(settings.fail_on)
        count = sum(one.severity in severe for one in (*report.findings, *report.notices))
        if count:
            noun = "finding is" if count == 1 else "findings are"
            failed.append(f"{count} {noun} at least {settings.fail_on} (--fail-on)")
    return failed


def remarks(against: "Against | None", settings: Settings) -> Iterator[str]:
    """Yield what else is to be said of a baseline: what is mended, and what makes it doubtful."""
    if against is None or settings.quiet:
        return
    if not against.same_database:
        yield f"{settings.baseline} is the audit of another database"
    if not against.same_rules:
        yield f"{settings.baseline} was made with other rules; what they find now counts as new"
    for title in against.strangers:
        yield f"{settings.baseline} knows nothing of the pack '{title}', so it is not held against it"
    if against.beside:
        named = _named([one.what for one in against.beside])
        yield (
            f"{len(against.beside)} new or worse since {settings.baseline} in packs beside the "
            f"main one, which fail nothing: {named}"
        )
    if against.fixed:
        yield f"{len(against.fixed)} fixed since {settings.baseline}: {_named(against.fixed)}"


def _worse(against: "Against", settings: Settings) -> list[str]:
    severe = _severe(settings.fail_on or SEVERITIES[-1])
    lines = []
    for new, word in ((True, "new"), (False, "worse")):
        found = [
            one for one in against.worse if one.severity in severe and new is not bool(one.why)
        ]
        if found:
            named = _named([f"{one.what}: {one.why}" if one.why else one.what for one in found])
            lines.append(f"{len(found)} {word} since {settings.baseline} (--baseline): {named}")
    return lines


def _named(names: "tuple[str, ...] | list[str]") -> str:
    more = len(names) - MOST_NAMED
    return "; ".join([*names[:MOST_NAMED], *([f"and {more} more"] if more > 0 else [])])


def _severe(least: str) -> tuple[str, ...]:
    return SEVERITIES[: SEVERITIES.index(least) + 1]
