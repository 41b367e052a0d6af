"""A snapshot comes back as it was, and a bad one is one clear line."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmis_audit.errors import SourceError
from cmis_audit.model.canonical import fingerprint
from cmis_audit.model.catalog import (
    Catalog,
    Check,
    Column,
    ColumnStatistics,
    ForeignKey,
    Index,
    Key,
    Schema,
    Skipped,
    Table,
    TableStatistics,
    View,
)
from cmis_audit.model.names import TableRef
from cmis_audit.source.snapshot import SnapshotSource, read_snapshot, snapshot_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def catalog(**fields: Any) -> Catalog:
    kept: dict[str, Any] = {
        "database": "shop",
        "server_version": "16.4",
        "server_version_number": 160004,
        "read_at": "2024-01-01T00:00:00Z",
        "role": "ann",
        "schemas": (Schema(name="public"),),
        "tables": (
            Table(
                ref=TableRef(schema="public", name="t"),
                columns=(Column(name="a", type="integer"), Column(name="b", type="text")),
                primary_key=Key(name="t_pkey", columns=("a",)),
                statistics=TableStatistics(rows_estimate=3),
            ),
        ),
    }
    return Catalog(**(kept | fields))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = tuple(
        Column(
            name=name,
            type=draw(texts),
            nullable=draw(st.booleans()),
            default=draw(st.none() | texts),
            comment=draw(st.none() | texts),
        )
        for name in draw(st.lists(names, unique=True, max_size=5))
    )
    own = tuple(column.name for column in columns)
    some = own[:1]
    return Table(
        ref=TableRef(schema=draw(st.sampled_from(["public", "Ö", 'a"b'])), name=draw(names)),
        columns=columns,
        primary_key=Key(name=draw(names), columns=some) if some and draw(st.booleans()) else None,
        checks=(Check(name=draw(names), columns=some, definition=draw(texts)),),
        comment=draw(st.none() | texts),
        partitions=draw(st.integers(0, 5)),
        statistics=draw(
            st.none()
            | st.builds(
                TableStatistics,
                rows_estimate=st.none() | st.integers(0, 10**15),
                columns=st.just(
                    tuple(
                        ColumnStatistics(
                            column=name,
                            null_fraction=draw(st.floats(0, 1)),
                            distinct=draw(st.floats(-1, 1e9)),
                            average_width_bytes=4,
                        )
                        for name in some
                    )
                ),
            )
        ),
    )


@given(st.lists(tables(), max_size=4, unique_by=lambda table: table.ref), texts)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Table], role: str
) -> None:
    schemas = tuple(Schema(name=name) for name in sorted({table.ref.schema for table in drawn}))
    before = catalog(tables=tuple(sorted(drawn, key=lambda t: t.ref)), schemas=schemas, role=role)
    path = tmp_path_factory.getbasetemp() / "drawn.json"
    text = snapshot_text(before)
    path.write_text(text, encoding="utf-8", newline="")
    after = read_snapshot(path)
    assert after == before
    assert snapshot_text(after) == text
    assert text.endswith("}\n")


def test_a_fingerprint_knows_structure_alone() -> None:
    first = catalog()
    same = catalog(
        read_at="2025-01-01T00:00:00Z",
        role="bob",
        server_version="16.9",
        server_version_number=160009,
        skipped=(Skipped(what="x", why="y"),),
        schemas=(Schema(name="public", usable=False),),
        tables=tuple(msgspec.structs.replace(t, statistics=None) for t in first.tables),
    )
    assert fingerprint(first) == fingerprint(same)
    column = Column(name="a", type="integer", comment="new")
    other = catalog(
        tables=tuple(msgspec.structs.replace(t, columns=(column,)) for t in first.tables)
    )
    assert fingerprint(first) != fingerprint(other)


def test_a_fingerprint_does_not_tell_where_an_index_is_written() -> None:
    """Snapshots of before the statement was left to the fields have it, and are no other schema."""

    def indexed(definition: str, method: str = "btree") -> str:
        index = Index(name="t_b", method=method, keys=("b",), definition=definition)
        tables = (msgspec.structs.replace(catalog().tables[0], indexes=(index,)),)
        return fingerprint(catalog(tables=tables))

    written = "CREATE INDEX t_b ON public.t USING btree (b)"
    assert indexed("") == indexed(written)
    assert indexed("") not in {indexed(f"{written} WHERE a > 0"), indexed("", "hash")}


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        SnapshotSource(path).read()
    message = str(caught.value)
    assert message.isprintable()
    assert str(path) in message
    return message


def edited(tmp_path: Path, edit: Any, *, refit: bool = False) -> Path:
    """A snapshot file after somebody's edit; `refit` makes the fingerprint fit."""
    content = json.loads(snapshot_text(catalog()))
    edit(content)
    if refit:
        content["fingerprint"] = fingerprint(msgspec.convert(content["catalog"], Catalog))
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(content))
    return path


def test_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    text = snapshot_text(catalog())
    for content, reason in (
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (text.encode()[: len(text) // 2], "damaged or not complete"),
        (text.encode() + b"}", "damaged or not complete"),
        (b"\x80\x81", "damaged or not complete"),
        (b"\0", ": JSON is malformed"),
        (text.encode().replace(b"integer", b"int\xff"), "damaged or not complete"),
        (b"[" * 100_000, "not a cmis-audit-snapshot file"),
        (b'{"format": ' + b"[" * 100_000, "cannot read the snapshot"),
        (b"[1]", "not a cmis-audit-snapshot file"),
        (b"{}", "not a cmis-audit-snapshot file"),
        (b'{"format": 1}', "not a cmis-audit-snapshot file"),
        (b'{"format": "cmis-audit-snapshot", "format_version": 7}', "format version is 7"),
        (b'{"format": "cmis-audit-snapshot", "format_version": 1}', "missing required field"),
    ):
        path.write_bytes(content)
        assert reason in refusal(path), content[:40]


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.json")
    assert "directory" in refusal(tmp_path)
    loop = tmp_path / "loop.json"
    loop.symlink_to(loop)
    assert "symbolic links" in refusal(loop)
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    assert "not a regular file" in refusal(pipe)
    real = tmp_path / "real.json"
    real.write_text(snapshot_text(catalog()))
    link = tmp_path / "link.json"
    link.symlink_to(real)
    assert read_snapshot(link) == catalog()


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    path.write_text(snapshot_text(catalog()))
    monkeypatch.setattr("cmis_audit.source.snapshot.MAXIMUM_BYTES", 100)
    assert "more than 100 bytes" in refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_files_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(snapshot_text(catalog()))
    path.chmod(0)
    assert "permission denied" in refusal(path)


def test_an_edit_is_noticed(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda c: c["catalog"]["tables"][0]["columns"][0].update(type="text"))
    assert "its fingerprint does not fit" in refusal(path)


def _twice(content: Any) -> None:
    content["catalog"]["tables"] *= 2


def _column_twice(content: Any) -> None:
    content["catalog"]["tables"][0]["columns"] *= 2


def _unknown_key_column(content: Any) -> None:
    content["catalog"]["tables"][0]["primary_key"]["columns"] = ["zz"]


def _unknown_schema(content: Any) -> None:
    content["catalog"]["schemas"] = []


def _negative(content: Any) -> None:
    content["catalog"]["tables"][0]["statistics"]["rows_estimate"] = -5


def _wrong_type(content: Any) -> None:
    content["catalog"]["tables"][0]["columns"][0]["nullable"] = "perhaps"


def _odd_foreign_key(content: Any) -> None:
    content["catalog"]["tables"][0]["foreign_keys"] = [
        {
            "name": "f",
            "columns": ["a", "b"],
            "target": {"schema": "public", "name": "t"},
            "target_columns": ["a"],
        }
    ]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (_twice, "relation public.t stands there twice"),
        (_column_twice, "column of public.t a stands there twice"),
        (_unknown_key_column, "names the column zz, which does not exist"),
        (_unknown_schema, "public.t stands in a schema that is not listed"),
        (_negative, "is negative"),
        (_odd_foreign_key, "the columns of f of public.t do not pair up"),
    ],
)
def test_nonsense_with_a_fitting_fingerprint(tmp_path: Path, edit: Any, reason: str) -> None:
    assert reason in refusal(edited(tmp_path, edit, refit=True))


def test_a_value_of_the_wrong_type_is_named(tmp_path: Path) -> None:
    message = refusal(edited(tmp_path, _wrong_type))
    assert "nullable" in message


def test_a_foreign_key_may_lead_outside(tmp_path: Path) -> None:
    """What filters left out is still named by what they kept."""
    outside = ForeignKey(
        name="f",
        columns=("a",),
        target=TableRef(schema="gone", name="x"),
        target_columns=("id",),
    )
    table = msgspec.structs.replace(
        catalog().tables[0],
        foreign_keys=(outside,),
        indexes=(Index(name="i", method="btree", keys=("(a + 1)", "b")),),
    )
    view = View(ref=TableRef(schema="public", name="v"), reads=(TableRef(schema="q", name="w"),))
    before = catalog(tables=(table,), views=(view,))
    path = tmp_path / "x.json"
    path.write_text(snapshot_text(before))
    assert read_snapshot(path) == before
