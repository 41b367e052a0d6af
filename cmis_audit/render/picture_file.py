"""A picture as an SVG file of its own: for viewers of Markdown, which show no inline SVG.

Such a file is shown as an image: no style or variable of a page reaches it, and viewers outside of
browsers know no variables at all. So its style names every colour, for light and for dark, and it
brings a ground of its own: the page around it may be the other.
"""

import re
from functools import cache
from typing import Final

from cmis_audit.render.html_page import template_file
from cmis_audit.render.pictures import Picture, attribute, short

_MARGIN: Final = 12.0
_RULE: Final = re.compile(r"^(?P<selectors>[^{}@]+?)\s*\{(?P<body>[^{}]*)\}", re.MULTILINE)
_CLASS: Final = re.compile(r"\.([A-Za-z][\w-]*)")
_COLOUR: Final = re.compile(r"--([\w-]+):\s*([^;]+);")
_USE: Final = re.compile(r"var\(--([\w-]+)\)")
_GROUND: Final = ".ground { fill: var(--card); }\n"
_FONT: Final = (
    'svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", '
    '"Noto Sans", sans-serif; }'
)


def picture_file(picture: Picture) -> str:
    """Return the picture as a whole SVG file, told to a screen reader by title and description."""
    left = top = short(-_MARGIN)
    width, height = (short(side + 2 * _MARGIN) for side in (picture.width, picture.height))
    told = f'<desc id="more">{attribute(picture.more)}</desc>\n' if picture.more else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{left} {top} {width} {height}" role="img" '
        f'aria-labelledby="{"title more" if told else "title"}">\n'
        f'<title id="title">{attribute(picture.title)}</title>\n{told}'
        f"<style>\n{_style(picture)}</style>\n"
        f'<rect class="ground" x="{left}" y="{top}" width="{width}" height="{height}" rx="8"/>\n'
        f'<g class="picture {picture.kind}">{picture.body}</g>\n</svg>\n'
    )


def _style(picture: Picture) -> str:
    """Return the rules for what is in the picture, with the colours that they use."""
    used = {"picture", "ground", picture.kind}
    for names in re.findall(r'class="([^"]*)"', picture.body):
        used.update(names.split())
    light, dark = _colours()
    rules = [
        (", ".join(kept), found["body"].strip())
        for found in _RULE.finditer(_GROUND + template_file("picture.css"))
        if (kept := [one for one in _selectors(found) if used.issuperset(_CLASS.findall(one))])
    ]
    by_day = [f"{selectors} {{ {_named(body, light)} }}" for selectors, body in rules]
    by_night = [
        f"{selectors} {{ {_named(_colouring(body), dark)} }}"
        for selectors, body in rules
        if _USE.search(body)
    ]
    lines = [_FONT, *by_day, "@media (prefers-color-scheme: dark) {", *by_night, "}"]
    return "\n".join(lines) + "\n"


def _selectors(found: re.Match[str]) -> list[str]:
    return [one.strip() for one in found["selectors"].split(",")]


def _colouring(body: str) -> str:
    """Return of some declarations those that name a colour."""
    return " ".join(f"{one.strip()};" for one in body.split(";") if _USE.search(one))


def _named(body: str, colours: dict[str, str]) -> str:
    return _USE.sub(lambda use: colours[use[1]], body)


@cache
def _colours() -> tuple[dict[str, str], dict[str, str]]:
    light, _, dark = template_file("colours.css").partition("@media")
    return dict(_COLOUR.findall(light)), dict(_COLOUR.findall(dark))
