"""Gates: what of a report makes the exit status 1."""

from typing import TYPE_CHECKING

from cmis_audit.settings import SEVERITIES, Settings

if TYPE_CHECKING:
    from cmis_audit.model.report import Report


def failed_gates(report: "Report", settings: Settings) -> list[str]:
    """Return a line for each gate that fails, naming its option."""
    failed = []
    gated = settings.fail_under is not None or settings.fail_on is not None
    if gated and not report.totals.tables:
        return ["no table was read, so no gate can pass"]
    score = report.score.value
    if settings.fail_under is not None and score < settings.fail_under:
        failed.append(f"score {score} is under {settings.fail_under:g} (--fail-under)")
    if settings.fail_on is not None:
        severe = SEVERITIES[: SEVERITIES.index(settings.fail_on) + 1]
        count = sum(finding.severity in severe for finding in report.findings)
        if count:
            noun = "finding is" if count == 1 else "findings are"
            failed.append(f"{count} {noun} at least {settings.fail_on} (--fail-on)")
    return failed
