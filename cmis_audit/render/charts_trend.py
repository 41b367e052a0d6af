"""Lines over time."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from cmis_audit.model.history import Past
from cmis_audit.model.value import Value
from cmis_audit.render.pictures import Picture, attribute
from cmis_audit.render.units import counted

_WIDTH, _HEIGHT = 640.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 40.0, 24.0, 32.0
_LEVELS: Final = 4
_MOST_LABELS: Final = 7
_MOST_DOTS: Final = 60


class Point(Value, frozen=True, kw_only=True):
    label: str
    value: float
    scale: str = ""
    """No line joins values of two scales."""
    more: str = ""
    """What else is said of it."""


def score_chart(pasts: Sequence[Past]) -> Picture:
    """Return the scores of audits as a line, oldest first."""
    points = [
        Point(
            label=one.read_at[:10],
            value=one.score,
            scale=one.pack_fingerprint,
            more=f", grade {one.grade}",
        )
        for one in pasts
    ]
    return line_chart("Score", points, highest=100)


def line_chart(title: str, points: Sequence[Point], *, highest: float = 0) -> Picture:
    """Return the values of points, in their order, as one line for each scale.

    The axis ends at `highest`, or above where a value is greater. A screen reader is told the title
    and every value.
    """
    top = max([highest, *(one.value for one in points)], default=highest) or 1
    places = [
        (_across(number, len(points)), _height(one.value, top)) for number, one in enumerate(points)
    ]
    parts = [_level(top * step / _LEVELS, top) for step in range(_LEVELS + 1)]
    for _, run in groupby(range(len(points)), key=lambda number: points[number].scale):
        line = " ".join(f"{places[number][0]:.1f},{places[number][1]:.1f}" for number in run)
        parts.append(f'<polyline class="line" points="{line}"/>')
    every = -(-len(points) // _MOST_LABELS)
    for number, (one, (x, y)) in enumerate(zip(points, places, strict=True)):
        if len(points) <= _MOST_DOTS:
            parts.append(
                f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4">'
                f"<title>{attribute(_told(one))}</title></circle>"
            )
        if (len(points) - 1 - number) % every == 0:
            parts.append(_text("value", x, y - 9, f"{one.value:g}"))
            parts.append(_text("axis middle", x, _HEIGHT - 10, one.label))
    told = "; ".join(map(_told, points))
    name = f"{title} over {counted(len(points), 'audit')}: {told}"
    return Picture(width=_WIDTH, height=_HEIGHT, title=name, body="".join(parts), kind="trend")


def _told(one: Point) -> str:
    return f"{one.label}: {one.value:g}{one.more}"


def _level(value: float, top: float) -> str:
    y = _height(value, top)
    return (
        f'<line class="guide" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        + _text("axis end", _LEFT - 6, y + 4, f"{value:g}")
    )


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{attribute(words)}</text>'


def _across(place: int, count: int) -> float:
    left, right = _LEFT + 30, _WIDTH - _RIGHT
    return (left + right) / 2 if count < 2 else left + (right - left) * place / (count - 1)


def _height(value: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)
