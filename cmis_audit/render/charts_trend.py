"""Lines over time as inline SVG: no script, no style sheet needed, readable without colour."""

from collections.abc import Sequence
from html import escape
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 24, 24, 36
_MOST_LABELS: Final = 8
_MOST_DOTS: Final = 60


def line_chart(
    title: str, points: Sequence[tuple[str, float]], *, lowest: float = 0, highest: float = 0
) -> str:
    """Return the values of `points` (label, value), in their order, as one line.

    The scale begins at `lowest` and ends at `highest`, or above where a value is greater. A screen
    reader is told the title and every value.
    """
    top = max([highest, *(value for _, value in points)], default=highest) or 1
    places = [
        (_across(place, len(points)), _height(value, lowest, top))
        for place, (_, value) in enumerate(points)
    ]
    told = ", ".join(f"{label}: {value:g}" for label, value in points)
    parts = [
        f'<svg class="trend" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>",
        *(_level(value, lowest, top) for value in (lowest, (lowest + top) / 2, top)),
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" '
        'stroke="currentColor" stroke-width="2"/>',
        *_labels(points, places),
        "</svg>",
    ]
    return "".join(parts)


def _labels(
    points: Sequence[tuple[str, float]], places: Sequence[tuple[float, float]]
) -> list[str]:
    """Return a dot for each value, and beside some of them the value and its label."""
    every = -(-len(points) // _MOST_LABELS) if points else 1
    parts = []
    for place, ((label, value), (x, y)) in enumerate(zip(points, places, strict=True)):
        if len(points) <= _MOST_DOTS:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="currentColor"/>')
        if (len(points) - 1 - place) % every == 0:
            parts.append(_text(x, y - 8, f"{value:g}"))
            parts.append(_text(x, HEIGHT - 12, label))
    return parts


def _level(value: float, lowest: float, top: float) -> str:
    y = _height(value, lowest, top)
    return (
        f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
        'stroke="currentColor" stroke-opacity="0.2"/>'
        + _text(_LEFT - 8, y + 4, f"{value:g}", "end")
    )


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" '
        f'fill="currentColor">{escape(words)}</text>'
    )


def _across(place: int, count: int) -> float:
    left, right = _LEFT + 30, WIDTH - _RIGHT - 30
    return (left + right) / 2 if count < 2 else left + (right - left) * place / (count - 1)


def _height(value: float, lowest: float, top: float) -> float:
    share = (value - lowest) / (top - lowest) if top > lowest else 0.0
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share
