"""Laws of the search of code: the order of a disk is no matter, and no text breaks it."""

import os
import random
from pathlib import Path

import pytest
from builders import ref
from code_trees import written
from hypothesis import given, settings
from hypothesis import strategies as st

from cmis_audit.codebase import survey
from cmis_audit.codebase.languages import LANGUAGES
from cmis_audit.codebase.reading import read
from cmis_audit.codebase.text import Text

TABLES = ("orders", "shop.items", "old.items", "clients")
PIECES = st.sampled_from(
    [
        *("'", '"', '"""', "`", "/*", "*/", "//", "--", "#", "\n", "\\", "(", ")", "{", "}", "$$"),
        *("<?php ", "?>", "<<<SQL\n", "<<~SQL\n", "SQL\n", 'r#"', "@Entity(", "class A(B):\n  "),
        *("CREATE TABLE orders (", "ALTER TABLE a RENAME TO clients;", "SELECT * FROM ", "orders"),
        *("Schema::create('items'", "op.create_table('orders', schema='s'", "\x00", "\udcff", "é"),
        *("model orders {", "create_table :orders", "from django.db import models\n", " ", ";"),
    ]
)


@given(pieces=st.lists(PIECES, max_size=40), ending=st.sampled_from(sorted(LANGUAGES)))
@settings(max_examples=400)
def test_any_text_can_be_read(pieces: list[str], ending: str) -> None:
    whole = "".join(pieces)
    text = Text(whole, LANGUAGES[ending])
    assert len(text.code) == len(text.bare) == len(whole)
    assert text.code.count("\n") == text.bare.count("\n") == whole.count("\n")
    for found in read(whole, LANGUAGES[ending], f"migrations/a.{ending}"):
        assert 1 <= found.line <= whole.count("\n") + 1


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_disk_is_no_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    files = {
        f"{chance.choice('abc')}/{chance.choice('de')}/2024_01_{n:02}.sql": "\n".join(
            chance.choice(
                [
                    "CREATE TABLE orders (a int);",
                    "ALTER TABLE orders RENAME TO clients;",
                    "DROP TABLE clients;",
                    "SELECT * FROM items JOIN shop.items USING (a);",
                    "-- why\nCREATE TABLE shop.items (a int);",
                ]
            )
            for _ in range(4)
        )
        for n in range(30)
    }
    written(tmp_path, files)
    tables = [ref(name) for name in TABLES]
    first = survey([tmp_path], tables)
    scandir = os.scandir

    class Shuffled:
        def __init__(self, place: str) -> None:
            with scandir(place) as entries:
                self._entries = list(entries)
            chance.shuffle(self._entries)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self._entries

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    chance.shuffle(tables)
    assert survey([tmp_path], tables) == first
    assert first.references
