"""Pictures as SVG: no style attribute, no script; colours come from classes (`picture.css`)."""

import html
from math import pi
from typing import TYPE_CHECKING

from cmis_audit.model.value import Value
from cmis_audit.render.escape import visible

if TYPE_CHECKING:
    from markupsafe import Markup

_RADIUS = 80
_ARC = pi * _RADIUS


class Picture(Value, frozen=True, kw_only=True):
    """A drawing that a page of HTML takes as it is, and that `picture_file` makes a file of."""

    width: float
    height: float
    title: str
    """What is seen, in a sentence."""
    body: str
    """Elements of SVG, everything foreign in them escaped."""
    kind: str
    """The class under which the style knows its parts."""
    more: str = ""
    """What else is to be told of it where it stands alone."""
    role: str = "img"
    """`group` where there are links in it."""

    def __html__(self) -> str:
        return (
            f'<svg class="picture {self.kind}" viewBox="0 0 {short(self.width)} '
            f'{short(self.height)}" role="{self.role}" aria-label="{attribute(self.title)}">'
            f"{self.body}</svg>"
        )


def attribute(value: str) -> str:
    """Return foreign text for use within double quotes or between tags."""
    return html.escape(visible(value))


def cut(value: str, most: int) -> str:
    """Return the text with at most so many characters."""
    return value if len(value) <= most else f"{value[: most - 1]}…"


def dial(value: int, grade: str, label: str) -> Picture:
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
    title = f"Score {value} of 100, grade {grade}, {label}"
    return Picture(width=200, height=116, title=title, body=body, kind="dial")


def span(start: float, end: float, whole: float, kind: str) -> "Markup":
    """Return a bar from start to end on a scale from 0 to the whole; for eyes alone."""
    from markupsafe import Markup

    low, high = sorted((start, end))
    left = 100 * low / whole if whole else 0
    width = max(100 * (high - low) / whole, 0.6) if whole else 0
    return Markup(
        f'<svg class="bar" aria-hidden="true"><rect class="{kind}" x="{left:.2f}%" y="10%" '
        f'width="{width:.2f}%" height="80%"/></svg>'
    )


def short(number: float) -> str:
    """Return a length as SVG has it, without a needless decimal."""
    return f"{number:.1f}".removesuffix(".0")
