"""The Markdown that this room writes, as HTML.

Only what `escape` and its callers write is known here: code spans, `**strong**`, `~~struck~~`,
links within the report, `<br>` and `<code>`. Everything foreign stands in it as character
references or in code spans, so that none of these marks can come from a database.
"""

import html
import re
from typing import TYPE_CHECKING, Final

from cmis_audit.render.escape import Safe, visible
from cmis_audit.render.pictures import Picture

if TYPE_CHECKING:
    from markupsafe import Markup

_INLINE: Final = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|<code>(?P<html_code>.*?)</code>"
    r"|\*\*(?P<strong>.+?)\*\*"
    r"|~~(?P<struck>.+?)~~"
    r"|\[(?P<label>[^\]]*)\]\(#(?P<anchor>[\w-]+)\)"
    r"|(?P<br><br>)"
)


def html_of(value: object) -> "Markup":
    """Return a piece of the report as HTML: Safe Markdown converted, all else escaped."""
    from markupsafe import Markup

    if isinstance(value, Markup | Picture):
        return Markup(value)
    if isinstance(value, Safe):
        return Markup(_converted(str(value)))
    if value is None:
        raise TypeError("a template prints None")
    return Markup(html.escape(visible(str(value))))


def _converted(markdown: str) -> str:
    parts, at = [], 0
    for found in _INLINE.finditer(markdown):
        parts += [_plain(markdown[at : found.start()]), _element(found)]
        at = found.end()
    return "".join([*parts, _plain(markdown[at:])])


def _element(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "code":
            return f"<code>{html.escape(found['code'])}</code>"
        case "html_code":
            return f"<code>{_plain(found['html_code'])}</code>"
        case "strong":
            return f"<strong>{_converted(found['strong'])}</strong>"
        case "struck":
            return f"<s>{_converted(found['struck'])}</s>"
        case "anchor":
            return f'<a href="#{found["anchor"]}">{_converted(found["label"])}</a>'
        case _:
            return "<br>"


def _plain(text: str) -> str:
    """Return text with its character references decoded, and escaped for HTML."""
    return html.escape(html.unescape(text))
