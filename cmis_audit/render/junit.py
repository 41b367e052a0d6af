"""Results as JUnit XML, in the form that Jenkins and GitLab read."""

from collections import Counter
from xml.sax.saxutils import escape, quoteattr

from cmis_audit.model.result import Level, Result, Results
from cmis_audit.render.escape import visible


def junit(results: Results) -> str:
    """Return a test case for each result, and one for each thing that was found in order.

    A note is told and fails nothing; what is waived counts as skipped, with the reason.
    """
    levels = Counter(one.level for one in results.results if one.waived is None)
    skipped = sum(one.waived is not None for one in results.results)
    failures = levels[Level.ERROR] + levels[Level.WARNING]
    counts = f'tests="{len(results.results) + len(results.passed)}" failures="{failures}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={_attribute('cmis-audit')} {counts}>",
        f'  <testsuite name={_attribute(results.subject)} {counts} errors="0" skipped="{skipped}">',
        *(line for one in results.results for line in _failed(one)),
        *(
            f"    <testcase classname={_attribute('passed')} name={_attribute(name)}/>"
            for name in results.passed
        ),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _failed(one: Result) -> list[str]:
    case = f"    <testcase classname={_attribute(one.rule)} name={_attribute(_name(one))}>"
    place = f"{one.place.file}:{one.place.line}"
    text = escape("\n".join(map(visible, (place, one.message, *one.detail.split("\n")))))
    if one.waived is not None:
        skipped = f"      <skipped message={_attribute(one.waived)}>{text}</skipped>"
        return [case, skipped, "    </testcase>"]
    if one.level is Level.NOTE:
        return [case, f"      <system-out>{text}</system-out>", "    </testcase>"]
    message = _attribute(one.message)
    return [
        case,
        f"      <failure type={_attribute(one.level)} message={message}>{text}</failure>",
        "    </testcase>",
    ]


def _name(one: Result) -> str:
    return f"{', '.join(one.tables[:3])} ({one.id})" if one.tables else one.id


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
