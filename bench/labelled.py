"""Labelled schemas: made into real tables and held against their labels.

A folder holds `NAME.labels.json` with the schema as a script, `NAME.sql`, or as a structural
catalogue, `NAME.json`; and perhaps `injected/NAME.json` with `injected/NAME.truth.json`: the same
schemas with duplicates and decoys planted in them.
"""

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from cmis_audit.model.cluster import Cluster, Role, Verdict
from cmis_audit.model.names import TableRef, quote_ident

Pair = tuple[str, str]
_PLAIN_DEFAULT = re.compile(r"(?:-?\d+(?:\.\d+)?|true|false|now\(\)|gen_random_uuid\(\))\Z")


@dataclass(frozen=True, slots=True)
class Labels:
    """Pairs of tables by what a person, or whoever planted them, says of them."""

    high: frozenset[Pair]
    medium: frozenset[Pair]
    negative: frozenset[Pair]
    planted: tuple[frozenset[Pair], ...] = ()
    """For each planted duplicate, its source paired with each of its tables."""
    decoys: tuple[frozenset[Pair], ...] = ()
    columns: dict[Pair, dict[str, str]] = field(default_factory=dict)
    """For a source and a planted copy, the copy's columns and those they were made of."""


@dataclass(frozen=True, slots=True)
class Corpus:
    name: str
    labels: Labels
    tables: list[dict[str, Any]] = field(default_factory=list)
    script: str = ""
    """SQL that makes the tables, where no catalogue lists them."""


def corpora(folder: Path) -> Iterator[Corpus]:
    """Yield the labelled schemas of a folder, then those with planted duplicates."""
    for path in sorted(folder.glob("*.labels.json")):
        name = path.name.removesuffix(".labels.json")
        script = path.with_name(f"{name}.sql")
        if script.exists():
            yield Corpus(name, _labels(path), script=script.read_text("utf-8"))
        else:
            yield Corpus(name, _labels(path), _tables(folder / f"{name}.json"))
    for path in sorted((folder / "injected").glob("*.truth.json")):
        name = path.name.removesuffix(".truth.json")
        tables = _tables(path.parent / f"{name}.json")
        base = folder / f"{name}.labels.json"
        yield Corpus(f"{name} + planted", _planted(path, base), tables)


def _tables(path: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["tables"]
    return tables


def pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _pairs(tables: Iterable[str]) -> set[Pair]:
    return {pair(one, other) for one, other in itertools.combinations(sorted(set(tables)), 2)}


def _labels(path: Path) -> Labels:
    read = json.loads(path.read_text("utf-8"))
    sure: set[Pair] = set()
    likely: set[Pair] = set()
    for group in read["duplicates"]:
        (sure if group.get("confidence", "high") == "high" else likely).update(
            _pairs(group["tables"])
        )
    apart: set[Pair] = set()
    for group in read.get("lookalikes", []):
        apart |= _pairs(group["tables"])
    apart |= {pair(one, other) for one, other, *_ in read.get("reviewed_negative_pairs", [])}
    return Labels(
        high=frozenset(sure),
        medium=frozenset(likely - sure),
        negative=frozenset(apart - sure - likely),
    )


def _planted(path: Path, base: Path) -> Labels:
    read = json.loads(path.read_text("utf-8"))
    known = _labels(base) if base.exists() else Labels(frozenset(), frozenset(), frozenset())
    planted, columns = [], {}
    every: set[Pair] = set(known.high)
    for group in read["duplicates"]:
        planted.append(frozenset(pair(group["source"], one) for one in group["injected"]))
        every |= _pairs(group["tables"])
        if not group["operator"].startswith("metrics"):
            for copy, origin in group["column_map"].items():
                columns[group["source"], copy] = origin
    decoys = tuple(frozenset(_pairs(group["tables"])) for group in read["decoys"])
    negative = known.negative.union(*decoys) - every
    return Labels(
        high=frozenset(every),
        medium=known.medium - every,
        negative=frozenset(negative),
        planted=tuple(planted),
        decoys=decoys,
        columns=columns,
    )


def bare(ref: TableRef) -> str:
    """Return a table as the labels write it."""
    return f"{ref.schema}.{ref.name}"


def said(clusters: Iterable[Cluster]) -> tuple[dict[Pair, float], dict[Pair, float | None]]:
    """Return the pairs said to be one and those handed to a person, each with its confidence.

    A pair that a cluster to consolidate only names as related has none.
    """
    yes: dict[Pair, float] = {}
    maybe: dict[Pair, float | None] = {}
    for cluster in clusters:
        every = _pairs(bare(member.table) for member in cluster.members)
        if cluster.verdict is Verdict.CONSOLIDATE:
            core = _pairs(
                bare(member.table) for member in cluster.members if member.role is not Role.RELATED
            )
            yes |= dict.fromkeys(core, cluster.confidence)
            maybe = dict.fromkeys(every - core) | maybe
        elif cluster.verdict is Verdict.REVIEW:
            maybe |= dict.fromkeys(every, cluster.confidence)
    return yes, {pair: sure for pair, sure in maybe.items() if pair not in yes}


def materialize(corpus: Corpus, conninfo: str) -> None:
    """Make the tables in an empty database; a type of a catalogue that it lacks becomes text."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if corpus.script:
            connection.execute(corpus.script.encode())
        else:
            _Builder(connection).build(corpus.tables)


class _Builder:
    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self._connection = connection
        self._types: dict[str, str] = {}
        self._made: set[str] = set()

    def build(self, tables: list[dict[str, Any]]) -> None:
        for schema in sorted({table["schema"] for table in tables} - {"public"}):
            self._run(f"CREATE SCHEMA {quote_ident(schema)}")
        by_name = {f"{table['schema']}.{table['name']}": table for table in tables}
        for table in tables:
            self._create(table, by_name)
        for table in tables:
            if not table.get("partition_of"):
                self._keys(table)
        for table in tables:
            if not table.get("partition_of"):
                self._references(table)

    def _run(self, statement: str) -> bool:
        try:
            self._connection.execute(statement.encode())
        except psycopg.Error:
            return False
        return True

    def _create(self, table: dict[str, Any], by_name: dict[str, dict[str, Any]]) -> None:
        name = f"{table['schema']}.{table['name']}"
        if name in self._made:
            return
        self._made.add(name)
        parent = by_name.get(table.get("partition_of") or table.get("inherits") or "")
        if parent:
            self._create(parent, by_name)
        quoted = _quoted(table)
        key = f" PARTITION BY {table['partition_key']}" if table.get("partition_key") else ""
        if parent and table.get("partition_of") and table.get("partition_bound"):
            bound = table["partition_bound"]
            if self._run(f"CREATE TABLE {quoted} PARTITION OF {_quoted(parent)} {bound}{key}"):
                return
        inherits = f" INHERITS ({_quoted(parent)})" if parent and table.get("inherits") else ""
        columns = ", ".join(self._column(column) for column in table["columns"])
        if not self._run(f"CREATE TABLE {quoted} ({columns}){key or inherits}"):
            self._connection.execute(f"CREATE TABLE {quoted} ({columns})".encode())
        comments = [(f"TABLE {quoted}", table.get("comment"))]
        comments += [
            (f"COLUMN {quoted}.{quote_ident(column['name'])}", column.get("comment"))
            for column in table["columns"]
        ]
        for thing, comment in comments:
            if comment:
                text = comment.replace("'", "''")
                self._run(f"COMMENT ON {thing} IS '{text}'")

    def _column(self, column: dict[str, Any]) -> str:
        default = column.get("default") or ""
        return (
            f"{quote_ident(column['name'])} {self._type(column['type'])}"
            + (f" DEFAULT {default}" if _PLAIN_DEFAULT.match(default) else "")
            + ("" if column.get("nullable", True) else " NOT NULL")
        )

    def _type(self, name: str) -> str:
        known = self._types.get(name)
        if known is None:
            [found] = self._connection.execute(
                "SELECT to_regtype(%s)::text", (name.removeprefix("public."),)
            ).fetchall()
            fallback = "text[]" if name.endswith("[]") else "text"
            known = self._types[name] = name.removeprefix("public.") if found[0] else fallback
        return known

    def _keys(self, table: dict[str, Any]) -> None:
        quoted = _quoted(table)
        if table.get("pk"):
            self._run(f"ALTER TABLE {quoted} ADD PRIMARY KEY ({_listed(table['pk'])})")
        for columns in table.get("unique", []):
            if columns != table.get("pk"):
                self._run(f"ALTER TABLE {quoted} ADD UNIQUE ({_listed(columns)})")

    def _references(self, table: dict[str, Any]) -> None:
        for key in table.get("fks", []):
            target = _quoted({"schema": key["ref_schema"], "name": key["ref_table"]})
            self._run(
                f"ALTER TABLE {_quoted(table)} ADD FOREIGN KEY ({_listed(key['cols'])}) "
                f"REFERENCES {target} ({_listed(key['ref_cols'])})"
            )


def _quoted(table: dict[str, Any]) -> str:
    return str(TableRef(schema=table["schema"], name=table["name"]))


def _listed(columns: list[str]) -> str:
    return ", ".join(map(quote_ident, columns))
