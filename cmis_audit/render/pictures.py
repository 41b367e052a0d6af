"""Small pictures as inline SVG: no style attribute, no script; colours come from classes."""

import html
from math import pi
from typing import TYPE_CHECKING

from cmis_audit.render.escape import visible

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


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
