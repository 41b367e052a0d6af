"""How object mappers name the table of a class that names none."""

import re
from collections.abc import Iterator
from functools import lru_cache

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "ox": "oxen",
    "mouse": "mice",
    "tooth": "teeth",
    "foot": "feet",
    "goose": "geese",
    "criterion": "criteria",
    "datum": "data",
    "medium": "media",
    "quiz": "quizzes",
    "move": "moves",
    "matrix": "matrices",
    "vertex": "vertices",
    "index": "indices",
    "axis": "axes",
    "crisis": "crises",
    "analysis": "analyses",
    "basis": "bases",
    "leaf": "leaves",
    "life": "lives",
    "half": "halves",
    "shelf": "shelves",
    "wife": "wives",
}
_SIBILANT = ("s", "x", "z", "ch", "sh")


def snake(name: str) -> str:
    """Return `OrderItem` as `order_item`, `HTTPLog` as `http_log`."""
    return _BOUNDARY.sub("_", name).lower()


def each_capital(name: str) -> str:
    """Return `HTTPLog` as `h_t_t_p_log`, which is Laravel's way."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@lru_cache(maxsize=4096)
def plurals(name: str) -> tuple[str, ...]:
    """Return what the plural of a snake_case name may be, the likeliest first.

    The mappers' own inflectors disagree on rare words: whoever asks takes the first that exists.
    """
    head, _, last = name.rpartition("_")
    prefix = f"{head}_" if head else ""
    return tuple(dict.fromkeys(prefix + word for word in _plurals_of_word(last)))


def _plurals_of_word(word: str) -> Iterator[str]:
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        yield word[:-1] + "ies"
    elif word.endswith(_SIBILANT):
        yield word + "es"
    else:
        yield word + "s"
        if word.endswith("o"):
            yield word + "es"
    yield word
    """Uncountable: `equipment`, `news`, `media`."""
