"""What the names of schemas say of each other."""

import pytest

from cmis_audit.match.schema_names import SchemaNames
from cmis_audit.match.table_names import NameReader
from cmis_audit.model.traits import Marker
from cmis_audit.pipeline import rule_pack

READER = NameReader(rule_pack("cmis", None).lexicon)


def names(*schemas: str) -> SchemaNames:
    return SchemaNames(schemas, READER)


@pytest.mark.parametrize(
    ("name", "base", "markers"),
    [
        ("app_backup_20240115", ("app",), {("backup", Marker.COPY), ("20240115", Marker.COPY)}),
        ("app_2024_01_15", ("app",), {("20240115", Marker.COPY)}),
        ("sales_20240115_093000", ("sale",), {("20240115093000", Marker.COPY)}),
        ("old_app", ("app",), {("old", Marker.ARCHIVE)}),
        ("shop_v2", ("shop",), {("v2", Marker.VERSION)}),
        ("archive", (), {("archive", Marker.ARCHIVE)}),
        # Numbers that are no date belong to the name.
        ("region_10", ("region", "10"), set()),
        ("tenant_20241301", ("tenant", "20241301"), set()),
        ("tenant_90240115", ("tenant", "90240115"), set()),
        ("shop2", ("shop", "2"), set()),
    ],
)
def test_a_name_is_taken_apart(
    name: str, base: tuple[str, ...], markers: set[tuple[str, Marker]]
) -> None:
    found = names(name).traits[name]
    assert found.base == base
    assert {(one.word, one.marker) for one in found.markers} == markers


@pytest.mark.parametrize(
    ("name", "beside", "expected"),
    [
        ("app_old", "crm", True),
        ("app_v2", "crm", True),
        ("app_20240115", "app", True),
        ("app_20240115", "app_20240201", False),
        ("archive", "app", False),
        ("app_2", "app", False),
    ],
)
def test_which_schema_is_a_copy(name: str, beside: str, *, expected: bool) -> None:
    assert names(name, beside).is_copy(name) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("app", "app_old", True),
        ("sales", "sales_eu", True),
        ("api_v1", "api_v2", True),
        ("app", "public", True),
        ("acme", "bolt", False),
        ("acme_test", "bolt_test", False),
        ("region_1", "region_2", False),
    ],
)
def test_which_schemas_are_related_by_name(left: str, right: str, *, expected: bool) -> None:
    known = names(left, right)
    assert known.are_related(left, right) is known.are_related(right, left) is expected


def test_a_copy_is_found_for_the_schema_that_it_is_of() -> None:
    known = names("acme", "bolt", "bolt_backup", "zest_old")
    assert known.copies_of(["acme", "bolt"]) == {"bolt_backup": "bolt"}
