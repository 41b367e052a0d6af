"""What comments on the tables say: "replaces x", "deprecated, use y"."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence
from cmis_audit.model.names import TableRef

_READ = 2000  # letters of a comment; what comes later is a manual, not a note on the table
_FAR = 160  # between the phrase and the name
_MOST_COLUMNS = 3
_NEAR = 24  # before the phrase, for a negation
_NEGATION = re.compile(r"\b(?:not|never|no|n't|without)\b", re.IGNORECASE)


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield strong evidence when the comment of the one says that it replaces the other.

    Less where it says so of a part: the rest of the other is something else. And a little for each
    column whose comment does.
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
    columns = [
        f"{teller.traits.ref}.{column.name}"
        for teller, told in ((pair.left, pair.right), (pair.right, pair.left))
        for column in teller.table.columns
        if column.comment and _phrase(column.comment, teller, told, pair.database)
    ]
    if columns:
        bits = min(len(columns), _MOST_COLUMNS) * pair.weight("comment.column")
        yield Evidence(
            signal="column-comment",
            bits=round(bits, 2),
            detail=f"comments name the other table: {', '.join(columns[:_MOST_COLUMNS])}",
        )


def successor(pair: Pair) -> TableRef | None:
    """Return which of the two the comment on either says to use, if one does."""
    database = pair.database
    for teller, told in ((pair.left, pair.right), (pair.right, pair.left)):
        phrase = replacing_phrase(teller, told, database)
        if phrase:
            older = re.match(_either(database.lexicon.replaced_phrases), phrase)
            return told.traits.ref if older else teller.traits.ref
    return None


def replacing_phrase(teller: TableForm, told: TableForm, database: Database) -> str | None:
    """Return the words of the comment, up to the other's name, that say it is replaced.

    A name without a schema means the table of the teller's own schema, or else the only one.
    """
    return _phrase(teller.table.comment, teller, told, database)


def names_as_other_edition(teller: TableForm, told: TableForm, database: Database) -> bool:
    """Tell whether the comment of a table, or of one of its columns, says so of another."""
    columns = (column.comment for column in teller.table.columns)
    return any(
        text and _phrase(text, teller, told, database) for text in (teller.table.comment, *columns)
    )


def _phrase(text: str | None, teller: TableForm, told: TableForm, database: Database) -> str | None:
    comment = (text or "")[:_READ]
    schema, name = told.traits.ref.schema, told.traits.ref.name
    lexicon = database.lexicon
    phrases = lexicon.replaces_phrases + lexicon.replaced_phrases
    if name not in comment or not _says_one_of(phrases, comment):
        return None
    prefix = rf"{re.escape(schema)}\."
    if database.named_from(teller, name) is told:
        prefix = f"(?:{prefix})?"
    found = re.search(
        rf"(?:{_either(phrases)})"
        rf"(?:(?!\.\s).){{0,{_FAR}}}?(?<![\w.]){prefix}{re.escape(name)}(?![\w])",
        comment,
        re.IGNORECASE | re.DOTALL,
    )
    if not found or _NEGATION.search(comment[max(found.start() - _NEAR, 0) : found.start()]):
        return None
    return found[0].lower()


def speaks_of_another(teller: TableForm, database: Database) -> bool:
    """Tell whether a comment has any of the phrases: few have, and most need no second look."""
    phrases = database.lexicon.replaces_phrases + database.lexicon.replaced_phrases
    columns = (column.comment for column in teller.table.columns)
    return any(
        text and _says_one_of(phrases, text[:_READ]) for text in (teller.table.comment, *columns)
    )


@lru_cache(maxsize=1024)
def _says_one_of(phrases: tuple[str, ...], comment: str) -> bool:
    return bool(re.search(_either(phrases), comment, re.IGNORECASE | re.DOTALL))


@cache
def _either(phrases: tuple[str, ...]) -> str:
    return "|".join(f"(?:{text})" for text in phrases)
