"""The way from 100 over what each rule took to the score."""

from collections.abc import Sequence
from typing import Final

from cmis_audit.model.score import Score
from cmis_audit.model.value import Value
from cmis_audit.render.formula import charged
from cmis_audit.render.pictures import Picture, attribute, cut
from cmis_audit.render.units import counted, points

_MOST_BARS: Final = 24
_WIDTH, _LINE, _BAR = 720.0, 26.0, 16.0
_LEFT, _RIGHT = 236.0, 560.0
"""Where 0 and 100 points stand."""
_POINTS, _BACK = 630.0, 716.0
_LETTERS: Final = 36


class Fall(Value, frozen=True, kw_only=True):
    """One bar of the way from 100 to the score."""

    label: str
    start: float
    end: float
    kind: str
    points: str
    payoff: str = ""
    note: str = ""


def falls(score: Score) -> list[Fall]:
    """Return the way from 100 over the deductions to the score."""
    found = [Fall(label="Start", start=0, end=100, kind="keep", points="100")]
    left = 100.0
    for taken in score.deductions:
        end = max(0.0, left - taken.points)
        found.append(
            Fall(
                label=f"{taken.rule} {taken.title}",
                start=left,
                end=end,
                kind="loss",
                points=f"−{points(taken.points)}",
                payoff=f"+{points(taken.payoff)}",
                note=f"{charged(score, taken)}, at most {points(taken.cap)}",
            )
        )
        left = end
    found.append(
        Fall(label="Score", start=0, end=score.exact, kind="total", points=points(score.exact))
    )
    return found


def waterfall(score: Score) -> Picture:
    """Return the same as a picture: a bar a rule, what it took, and what mending it returns."""
    steps = _folded(falls(score))
    parts = [
        _text("axis end", _POINTS, 12, "Points"),
        _text("axis end", _BACK, 12, "If mended"),
    ]
    top = 22.0
    for number, step in enumerate(steps):
        if number:
            x = _across(step.start if step.kind == "loss" else step.end)
            parts.append(
                f'<path class="guide" d="M{x:.1f} {top - _LINE + _BAR:.1f}V{top + _BAR:.1f}"/>'
            )
        parts.append(_bar(step, top))
        top += _LINE
    told = "; ".join(
        f"{step.label} {step.points}" + (f", mended {step.payoff}" if step.payoff else "")
        for step in steps
    )
    title = f"From 100 points to the score of {points(score.exact)}"
    return Picture(
        width=_WIDTH, height=top, title=title, body="".join(parts), kind="waterfall", more=told
    )


def _folded(steps: Sequence[Fall]) -> list[Fall]:
    """Return so many bars as a person can read, the smallest falls at the end as one."""
    if len(steps) <= _MOST_BARS:
        return list(steps)
    kept, rest = steps[: _MOST_BARS - 2], steps[_MOST_BARS - 2 : -1]
    start, end = rest[0].start, rest[-1].end
    label = counted(len(rest), "further rule")
    one = Fall(label=label, start=start, end=end, kind="loss", points=f"−{points(start - end)}")
    return [*kept, one, steps[-1]]


def _bar(step: Fall, top: float) -> str:
    low, high = sorted((_across(step.start), _across(step.end)))
    base = top + _BAR - 4
    return (
        _text("label", 0, base, cut(step.label, _LETTERS))
        + f'<rect class="{step.kind}" x="{low:.1f}" y="{top:.1f}" '
        f'width="{max(high - low, 1):.1f}" height="{_BAR:.0f}"/>'
        + _text("value end", _POINTS, base, step.points)
        + _text("end", _BACK, base, step.payoff)
    )


def _across(value: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(max(value, 0.0), 100.0) / 100


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{attribute(words)}</text>'
