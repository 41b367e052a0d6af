"""Names taken apart into words."""

import pytest

from cmis_audit.match.words import Singulars, Synonyms, joined_phrases, skeleton, tokens
from cmis_audit.pipeline import rule_pack

LEXICON = rule_pack("cmis", None).lexicon


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("social_posts_v2", ("social", "posts", "v2")),
        ("socialPosts", ("social", "posts")),
        ("HTTPServerLog", ("http", "server", "log")),
        ("audit_log2", ("audit", "log", "2")),
        ("events_2024", ("events", "2024")),
        ("Ümlaut Straße", ("ümlaut", "straße")),
        ("таблица_заказов", ("таблица", "заказов")),
        ("___", ("___",)),
        ('a"b', ("a", "b")),
    ],
)
def test_tokens(name: str, words: tuple[str, ...]) -> None:
    assert tokens(name) == words


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("posts", "post"),
        ("categories", "category"),
        ("boxes", "box"),
        ("statuses", "status"),
        ("status", "status"),
        ("analysis", "analysis"),
        ("people", "person"),
        ("address", "address"),
        ("metrics", "metric"),
        ("news", "news"),
        ("id", "id"),
    ],
)
def test_singular(plural: str, singular: str) -> None:
    assert Singulars(LEXICON)(plural) == singular


def test_synonyms_are_not_transitive() -> None:
    synonyms = Synonyms((("user", "member"), ("member", "part")))
    assert synonyms.same("user", "member")
    assert synonyms.same("member", "part")
    assert not synonyms.same("user", "part")
    assert synonyms.same("anything", "anything")


def test_phrases_become_one_word() -> None:
    phrases = frozenset({("signed", "up"), ("phone", "number")})
    assert joined_phrases(("signed", "up", "at"), phrases) == ("signed_up", "at")
    assert joined_phrases(("work", "phone", "number"), phrases) == ("work", "phone_number")
    assert joined_phrases(("signed",), phrases) == ("signed",)


def test_an_abbreviation_has_the_sketch_of_its_word() -> None:
    assert skeleton("status") == skeleton("stts") == "stts"
    assert skeleton("amount") == skeleton("amnt")
    assert skeleton("") == ""


@pytest.mark.parametrize(
    "words",
    [
        LEXICON.version_markers,
        LEXICON.copy_markers,
        LEXICON.archive_markers,
        LEXICON.neutral_words,
        LEXICON.part_words,
        LEXICON.state_words,
        LEXICON.metric_table_words,
        LEXICON.measure_words,
        LEXICON.grain_words,
        *[words for _, words in LEXICON.satellite_words],
        *LEXICON.table_synonyms,
    ],
)
def test_the_lexicon_holds_words_as_names_are_read(words: tuple[str, ...]) -> None:
    """A plural or a compound that reading never yields would be a word that never works."""
    singular = Singulars(LEXICON)
    dead = [
        word
        for word in words
        if "_" not in word and (tokens(word) != (word,) or singular(word) != word)
    ]
    assert dead == []
