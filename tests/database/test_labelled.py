"""Three schemas of our own with labels, audited on a real server and held against them.

`tests/labelled/` has the schemas, written before the program was asked, and what their author says
of each pair.
"""

import json
import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from fix_postgres import TestServer, fresh_database

from bench.labelled import Corpus, Pair, corpora, materialize, said
from cmis_audit.pipeline import audit, rule_pack
from cmis_audit.reading import Intake, catalog_of
from cmis_audit.source.connection import Limits, Target

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FOLDER = Path(__file__).parent.parent / "labelled"
CORPORA = {corpus.name: corpus for corpus in corpora(FOLDER)}
KINDS = {
    *("version", "copy", "archive", "cross-schema", "copied-schema"),
    *("renamed-twin", "overlapping-entity", "fragmented-metrics"),
}
FAMILIES = {
    *("alias", "audit", "cache", "grain", "history", "job", "junction", "likeness", "log"),
    *("lookup", "outbox", "parent-items", "partition", "queue", "runtime-history", "same-word"),
    *("settings", "shards", "staging", "tenants", "translation", "typed-store"),
    *("vertical-split", "view"),
}


@pytest.fixture(scope="module")
def merged(server: TestServer) -> Callable[[str], frozenset[Pair]]:
    """`merged("shop")`: the pairs said to be one, of a schema that is audited once."""

    @cache
    def of(name: str) -> frozenset[Pair]:
        with contextmanager(fresh_database)(server) as conninfo:
            materialize(CORPORA[name], conninfo)
            intake = Intake(target=Target(source=conninfo), limits=Limits(), now=NOW)
            catalog = catalog_of(intake)
        pairs, _ = said(audit(catalog, rule_pack("cmis", None)).clusters)
        return frozenset(pairs)

    return of


def _cases(pairs: Callable[[Corpus], frozenset[Pair]]) -> list[object]:
    return [
        pytest.param(
            name,
            pair,
            id=" ~ ".join(pair),
        )
        for name, corpus in CORPORA.items()
        for pair in sorted(pairs(corpus))
    ]


@pytest.mark.parametrize(("name", "pair"), _cases(lambda corpus: corpus.labels.high))
def test_every_duplicate_is_found(
    merged: Callable[[str], frozenset[Pair]], name: str, pair: Pair
) -> None:
    assert pair in merged(name)


@pytest.mark.parametrize(("name", "pair"), _cases(lambda corpus: corpus.labels.negative))
def test_no_look_alike_is_accused(
    merged: Callable[[str], frozenset[Pair]], name: str, pair: Pair
) -> None:
    assert pair not in merged(name)


@pytest.mark.parametrize("name", CORPORA)
def test_nothing_else_is_accused(merged: Callable[[str], frozenset[Pair]], name: str) -> None:
    labels = CORPORA[name].labels
    known = labels.high | labels.medium | labels.negative
    assert not merged(name) - known


def test_the_schemas_hold_every_kind_and_only_what_they_define() -> None:
    kinds, families = set(), set()
    for name, corpus in CORPORA.items():
        read = json.loads((FOLDER / f"{name}.labels.json").read_text("utf-8"))
        kinds |= {group["kind"] for group in read["duplicates"]}
        families |= {group["family"] for group in read["lookalikes"]}
        groups = [*read["duplicates"], *read["lookalikes"]]
        for table in {table for group in groups for table in group["tables"]}:
            assert re.search(rf"CREATE (TABLE|VIEW) {re.escape(table)}\b", corpus.script), table
        apart = [set(group["tables"]) for group in read["lookalikes"]]
        assert not [
            pair for pair in corpus.labels.high if any(group >= set(pair) for group in apart)
        ]
    assert kinds == KINDS
    assert families == FAMILIES
