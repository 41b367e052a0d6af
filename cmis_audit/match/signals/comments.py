"""What comments on the tables say: "replaces x", "deprecated, use y"."""

import re
from collections.abc import Iterator
from functools import cache

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence

_READ = 2000  # letters of a comment; what comes later is a manual, not a note on the table
_FAR = 160  # between the phrase and the name
_NEAR = 24  # before the phrase, for a negation
_NEGATION = re.compile(r"\b(?:not|never|no|n't|without)\b", re.IGNORECASE)


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield strong evidence when the comment of the one says that it replaces the other.

    Less where it says so of a part: the rest of the other is something else.
    """
    for teller, told in ((pair.left, pair.right), (pair.right, pair.left)):
        phrase = replacing_phrase(teller, told, pair.database)
        if phrase:
            partly = "part" in phrase.split() or "parts" in phrase.split()
            yield Evidence(
                signal="comment",
                bits=pair.weight("comment.replaces_part" if partly else "comment.replaces"),
                detail=f"the comment on {teller.traits.ref} names {told.traits.ref} "
                "as the other edition",
            )
            return


def replacing_phrase(teller: TableForm, told: TableForm, database: Database) -> str | None:
    """Return the words of the comment, up to the other's name, that say it is replaced.

    A name without a schema means the table of the teller's own schema, or else the only one.
    """
    comment = (teller.table.comment or "")[:_READ]
    schema, name = told.traits.ref.schema, told.traits.ref.name
    if name not in comment:
        return None
    prefix = rf"{re.escape(schema)}\."
    if database.named_from(teller, name) is told:
        prefix = f"(?:{prefix})?"
    found = re.search(
        rf"(?:{_either(database.lexicon.replaces_phrases)})(?:(?!\.\s).){{0,{_FAR}}}?"
        rf"(?<![\w.]){prefix}{re.escape(name)}(?![\w])",
        comment,
        re.IGNORECASE | re.DOTALL,
    )
    if not found or _NEGATION.search(comment[max(found.start() - _NEAR, 0) : found.start()]):
        return None
    return found[0].lower()


@cache
def _either(phrases: tuple[str, ...]) -> str:
    return "|".join(f"(?:{text})" for text in phrases)
