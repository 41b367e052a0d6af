"""Tables that store measurements are told by their shape."""

import pytest
from builders import catalog, table

from cmis_audit.match.forms import Database
from cmis_audit.model.catalog import Table
from cmis_audit.model.traits import MetricShape, Traits
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)


def traits(one: Table) -> Traits:
    return Database(catalog(one), PACK).forms[0].traits


@pytest.mark.parametrize(
    ("shape", "one"),
    [
        (MetricShape.WIDE, table("ad_stats", "id int pk", "clicks int", "impressions int")),
        (MetricShape.NAME_VALUE, table("readings", "id int pk", "metric text", "value numeric")),
        (MetricShape.NAME_VALUE, table("x_metrics", "id int pk", "name text", "value numeric")),
        (MetricShape.JSON, table("ad_analytics", "id int pk", "metrics jsonb")),
        (
            MetricShape.TARGET,
            table("goals", "id int pk", "kpi text", "observed numeric", "target numeric"),
        ),
        (
            MetricShape.SINGLE,
            table("meter_voltage", "meter_id int", "at timestamptz", "value real"),
        ),
    ],
)
def test_shapes(shape: MetricShape, one: Table) -> None:
    assert traits(one).shape == shape


@pytest.mark.parametrize(
    "one",
    [
        table("posts", "id int pk", "metrics jsonb", "body text"),
        table("order_items", "id int pk", "quantity int", "amount numeric"),
        table("settings", "id int pk", "name text", "value text"),
        table("metric_definitions", "id int pk", "metric text", "unit text"),
        table("statistics_jobs", "id int pk", "state text"),
    ],
)
def test_what_only_looks_like_measurements(one: Table) -> None:
    assert traits(one).shape is None


def test_what_a_metric_table_tells_of_itself() -> None:
    found = traits(
        table(
            "perf", "id int pk", "kpi text", "observed numeric", "target numeric", "baseline real"
        )
    )
    assert found.naming == "kpi"
    assert found.measures == ("observed", "target", "baseline")


def test_numbers_leave_out_what_identifies_or_encodes() -> None:
    found = traits(
        table("t", "id int pk", "owner_id int", "status int", "width int", "guid int", "price real")
    )
    assert found.numbers == ("width", "price")
