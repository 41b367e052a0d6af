"""What comments on the tables say: "replaces x", "deprecated, use y"."""

import re
from collections.abc import Iterator

from cmis_audit.match.forms import TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield strong evidence when the comment of the one says that it replaces the other.

    Less where it says so of a part: the rest of the other is something else.
    """
    for teller, told in ((pair.left, pair.right), (pair.right, pair.left)):
        phrase = replacing_phrase(teller, told, pair.database.lexicon.replaces_phrases)
        if phrase:
            partly = "part" in phrase.split() or "parts" in phrase.split()
            yield Evidence(
                signal="comment",
                bits=pair.weight("comment.replaces_part" if partly else "comment.replaces"),
                detail=f"the comment on {teller.traits.ref} names {told.traits.ref} "
                "as the other edition",
            )
            return


def replacing_phrase(teller: TableForm, told: TableForm, phrases: tuple[str, ...]) -> str | None:
    """Return the words of the comment, up to the other's name, that say it is replaced."""
    comment = teller.table.comment
    if not comment or told.traits.ref.name not in comment:
        return None
    name = rf"(?<![\w]){re.escape(told.traits.ref.name)}(?![\w])"
    phrase = "|".join(f"(?:{text})" for text in phrases)
    found = re.search(rf"(?:{phrase})[^.]*?{name}", comment, re.IGNORECASE)
    return found[0].lower() if found else None
