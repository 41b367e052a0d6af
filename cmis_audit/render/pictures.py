"""Small pictures as inline SVG: no style attribute, no script; colours come from classes."""

import html
from collections.abc import Sequence
from itertools import groupby
from math import pi
from typing import TYPE_CHECKING

from cmis_audit.model.history import Past
from cmis_audit.render.escape import visible
from cmis_audit.render.units import counted

if TYPE_CHECKING:
    from markupsafe import Markup

_RADIUS = 80
_ARC = pi * _RADIUS


def svg(
    width: float, height: float, title: str, body: str, *, kind: str = "", role: str = "img"
) -> "Markup":
    """Return a picture that is told to a screen reader by its title; with links, role `group`."""
    from markupsafe import Markup

    return Markup(
        f'<svg class="picture {kind}" viewBox="0 0 {_short(width)} {_short(height)}" '
        f'role="{role}" aria-label="{attribute(title)}">{body}</svg>'
    )


def attribute(value: str) -> str:
    """Return foreign text for use within double quotes or between tags."""
    return html.escape(visible(value))


def cut(value: str, most: int) -> str:
    """Return the text with at most so many characters."""
    return value if len(value) <= most else f"{value[: most - 1]}…"


def dial(value: int, grade: str, label: str) -> "Markup":
    """Return the score as a half circle."""
    path = f"M 20 100 A {_RADIUS} {_RADIUS} 0 0 1 180 100"
    filled = _ARC * min(max(value, 0), 100) / 100
    body = (
        f'<path class="dial-track" d="{path}"/>'
        f'<path class="dial-value grade-{attribute(grade)}" d="{path}" '
        f'stroke-dasharray="{filled:.1f} {_ARC + 1:.1f}"/>'
        f'<text class="dial-number" x="100" y="88">{value}</text>'
        f'<text class="dial-of" x="100" y="108">of 100</text>'
    )
    return svg(200, 116, f"Score {value} of 100, grade {grade}, {label}", body, kind="dial")


def span(start: float, end: float, whole: float, kind: str) -> "Markup":
    """Return a bar from start to end on a scale from 0 to the whole; for eyes alone."""
    from markupsafe import Markup

    low, high = sorted((start, end))
    left = 100 * low / whole if whole else 0
    width = max(100 * (high - low) / whole, 0.6) if whole else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="{kind}" x="{left:.2f}" y="1" width="{width:.2f}" height="8"/></svg>'
    )


_TREND = (640.0, 220.0)
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 16.0, 16.0, 32.0
_GUIDES = (0, 25, 50, 75, 100)


def trend(past: Sequence[Past]) -> "Markup":
    """Return the scores of earlier audits and this one as a line, oldest first."""
    width, height = _TREND
    inner_width, inner_height = width - _LEFT - _RIGHT, height - _TOP - _BOTTOM
    step = inner_width / max(1, len(past) - 1)

    def x(place: int) -> float:
        return _LEFT + (inner_width / 2 if len(past) == 1 else step * place)

    def y(score: float) -> float:
        return _TOP + inner_height * (1 - score / 100)

    parts = [
        f'<line class="guide" x1="{_LEFT}" x2="{width - _RIGHT}" y1="{y(one):.1f}" '
        f'y2="{y(one):.1f}"/>'
        f'<text class="axis end" x="{_LEFT - 6}" y="{y(one) + 4:.1f}">{one}</text>'
        for one in _GUIDES
    ]
    # Scores of two packs are not of one scale: no line joins them.
    places = enumerate(past)
    for _, run in groupby(places, key=lambda item: item[1].pack_fingerprint):
        line = " ".join(f"{x(place):.1f},{y(one.score):.1f}" for place, one in run)
        parts.append(f'<polyline class="line" points="{line}"/>')
    every = max(1, len(past) // 6)
    for place, one in enumerate(past):
        parts.append(
            f'<circle class="dot" cx="{x(place):.1f}" cy="{y(one.score):.1f}" r="4">'
            f"<title>{attribute(one.read_at[:10])}: {one.score}, grade {attribute(one.grade)}"
            "</title></circle>"
        )
        if place % every == 0 or place == len(past) - 1:
            where = "middle" if 0 < place < len(past) - 1 else ("start" if place == 0 else "end")
            parts.append(
                f'<text class="axis {where}" x="{x(place):.1f}" y="{height - 10}">'
                f"{attribute(one.read_at[:10])}</text>"
            )
    told = f"Score over {counted(len(past), 'audit')}: " + ", ".join(
        f"{one.score} on {one.read_at[:10]}" for one in past
    )
    return svg(width, height, told, "".join(parts), kind="trend")


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
