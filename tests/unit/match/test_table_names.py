"""What two table names say about each other."""

import pytest
from builders import catalog, table

from cmis_audit.match.forms import Database
from cmis_audit.match.pair import Pair
from cmis_audit.match.table_names import NameRelation
from cmis_audit.model.match import Relation
from cmis_audit.model.traits import Marker
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)


def relation(left: str, right: str) -> NameRelation:
    database = Database(catalog(table(left, "id int"), table(right, "id int")), PACK)
    return Pair(*database.forms, database).relation


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("orders", "orders_v2", Relation.MARKED),
        ("orders", "orders2", Relation.MARKED),
        ("orders", "new_orders", Relation.MARKED),
        ("orders", "zz_orders_20240301", Relation.MARKED),
        ("orders", "tmp_orders_copy", Relation.MARKED),
        ("orders", "Orders_OLD", Relation.MARKED),
        ("orders", "deleted_orders", Relation.MARKED),
        ("orders", "orders_data", Relation.MARKED),
        ("transactionlog", "transactionlogarchive", Relation.MARKED),
        ("sales.orders", "legal.orders", Relation.SAME),
        ("order", "orders", Relation.SAME),
        ("customers", "clients", Relation.SYNONYM),
        ("customer_orders", "client_orders", Relation.SYNONYM),
        ("productinventory", "articleinventory", Relation.SYNONYM),
        ("employees", "staff_members", Relation.SYNONYM),
        ("posts", "scheduled_social_posts", Relation.QUALIFIED),
        ("integrations", "platform_connections", Relation.QUALIFIED),
        ("orders", "order_items", Relation.PART),
        ("artist_alias", "label_alias", Relation.SIBLING),
        ("order_items", "order_notes", Relation.SIBLING),
        ("event_tag", "tag_rule", Relation.KIN),
        ("orders", "shipments", Relation.NONE),
    ],
)
def test_relation(left: str, right: str, expected: Relation) -> None:
    assert relation(left, right).relation == expected
    assert relation(right, left).relation == expected


@pytest.mark.parametrize(
    ("name", "marker"),
    [
        ("orders_v2", Marker.VERSION),
        ("orders_new", Marker.VERSION),
        ("orders_bak", Marker.COPY),
        ("orders_20240301", Marker.COPY),
        ("orders_old", Marker.ARCHIVE),
        ("orders_info", Marker.NEUTRAL),
        ("orders_ext", Marker.PART),
    ],
)
def test_markers(name: str, marker: Marker) -> None:
    assert [affix.marker for affix in relation("orders", name).markers] == [marker]


def test_a_name_that_is_only_markers_keeps_a_word() -> None:
    assert relation("backup", "archive").relation == Relation.NONE
    assert relation("new", "old").relation == Relation.NONE
