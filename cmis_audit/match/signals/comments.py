"""What comments on the tables say: "replaces x", "deprecated, use y"."""

import re
from collections.abc import Iterator

from cmis_audit.match.forms import TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield strong evidence when the comment of the one says that it replaces the other."""
    for teller, told in ((pair.left, pair.right), (pair.right, pair.left)):
        if says_replaced(teller, told, pair.database.lexicon.replaces_phrases):
            yield Evidence(
                signal="comment",
                bits=pair.weight("comment.replaces"),
                detail=f"the comment on {teller.traits.ref} names {told.traits.ref} "
                "as the other edition",
            )
            return


def says_replaced(teller: TableForm, told: TableForm, phrases: tuple[str, ...]) -> bool:
    """Tell whether the comment has one of the phrases and, in that sentence, the other's name."""
    comment = teller.table.comment
    if not comment or told.traits.ref.name not in comment:
        return False
    name = rf"(?<![\w]){re.escape(told.traits.ref.name)}(?![\w])"
    phrase = "|".join(f"(?:{text})" for text in phrases)
    return bool(re.search(rf"(?:{phrase})[^.]*?{name}", comment, re.IGNORECASE))
