"""What statistics say of a pair, and what they must not."""

import msgspec
import pytest
from builders import catalog, table

from cmis_audit.cluster.clusters import build_clusters
from cmis_audit.match.forms import Database
from cmis_audit.match.matches import find_matches, match_of
from cmis_audit.match.pair import Pair
from cmis_audit.model.catalog import ColumnStatistics, Table, TableStatistics
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.match import Match
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)
SIGNALS = {"rows", "statistics", "use"}
SPECS = ("id bigint pk", "iban text", "carrier text", "depot text", "remark text")


def column(name: str, nulls: float = 0.0, distinct: float = 40.0) -> ColumnStatistics:
    return ColumnStatistics(
        column=name, null_fraction=nulls, distinct=distinct, average_width_bytes=8
    )


FIGURES = (
    column("id", 0, -1),
    column("iban", 0.2, 900),
    column("carrier", 0, 40),
    column("depot", 0.5, 300),
    column("remark", 0.9, 20),
)


def measured(one: Table, **fields: object) -> Table:
    values = {"rows_estimate": 50_000, "scans": 40_000, "writes": 90_000, "columns": FIGURES}
    return msgspec.structs.replace(one, statistics=TableStatistics(**{**values, **fields}))


def said(left: Table, right: Table) -> dict[str, float]:
    match = matched(left, right)
    pieces = (*match.evidence, *match.counter_evidence)
    return {piece.signal: piece.bits for piece in pieces if piece.signal in SIGNALS}


def matched(left: Table, right: Table) -> Match:
    others = [table(f"other{number}", "id bigint pk", "name text") for number in range(9)]
    forms = Database(catalog(left, right, *others), PACK)
    pair = [forms.by_ref[left.ref], forms.by_ref[right.ref]]
    found = match_of(Pair(pair[0], pair[1], forms))
    assert found == match_of(Pair(pair[1], pair[0], forms))
    return found


OLD, NEW = table("shipments_old", *SPECS), table("shipments", *SPECS)


def test_alike_figures_speak_for_a_pair() -> None:
    figures = said(measured(OLD, rows_estimate=49_800), measured(NEW))
    assert figures == {"rows": 0.5, "statistics": 1.5}


@pytest.mark.parametrize(
    "old",
    [
        pytest.param({"rows_estimate": None, "scans": None, "writes": None}, id="never analysed"),
        pytest.param({"rows_estimate": 0, "scans": 0, "writes": 0}, id="an empty old copy"),
        pytest.param({"rows_estimate": 900, "writes": 900}, id="few of the rows"),
    ],
)
def test_what_a_copy_need_not_have_speaks_against_nothing(old: dict[str, object]) -> None:
    plain = matched(measured(OLD, columns=(), **old), measured(NEW))
    assert plain.bits == matched(OLD, NEW).bits


def test_without_statistics_the_ledger_is_the_same() -> None:
    plain = matched(OLD, NEW)
    assert matched(measured(OLD), NEW) == matched(OLD, measured(NEW)) == plain
    nothing = {"rows_estimate": None, "scans": None, "writes": None, "columns": ()}
    assert matched(measured(OLD, **nothing), measured(NEW, **nothing)) == plain


def test_small_tables_and_other_rows_say_nothing() -> None:
    other = tuple(
        msgspec.structs.replace(one, null_fraction=1 - one.null_fraction) for one in FIGURES
    )
    assert said(measured(OLD, rows_estimate=250), measured(NEW, rows_estimate=250)) == {
        "statistics": 1.5
    }
    assert "statistics" not in said(
        measured(OLD, rows_estimate=9_000, columns=other), measured(NEW)
    )


def test_as_many_rows_filled_quite_differently_speak_against() -> None:
    other = tuple(column(one.column, 0.95 - one.null_fraction, 3) for one in FIGURES)
    figures = said(measured(OLD, columns=other), measured(NEW))
    assert figures["statistics"] == -1.5


@pytest.mark.parametrize(
    ("old", "bits"),
    [
        ({"scans": 3, "writes": 0}, 0.5),
        ({"scans": 900, "writes": 0}, None),
        ({"scans": None, "writes": None, "last_use": "2023-01-02T00:00:00Z"}, 0.5),
        ({"scans": None, "writes": None, "last_use": "2024-04-02T00:00:00Z"}, None),
        ({"scans": 0, "writes": 0, "rows_estimate": 0}, None),
    ],
)
def test_a_filled_table_that_nothing_uses_beside_a_busy_one(
    old: dict[str, object], bits: float | None
) -> None:
    live = measured(NEW, last_use="2024-05-05T00:00:00Z")
    assert said(measured(OLD, **old), live).get("use") == bits


def test_on_a_standby_where_nothing_is_ever_written_no_use_is_told() -> None:
    idle = {"scans": 0, "writes": 0}
    assert "use" not in said(measured(OLD, **idle), measured(NEW, writes=0))


def test_lookup_tables_with_equal_figures_stay_apart() -> None:
    figures = tuple(column(name, 0.1, 200) for name in ("code", "name", "description"))
    lists = [
        measured(
            table(name, "id int pk", "code text", "name text", "description text"),
            rows_estimate=25_000,
            columns=figures,
        )
        for name in ("countries", "currencies", "industries", "languages")
    ]
    database = catalog(*lists, table("orders", "id int pk", "total numeric"))
    clusters = build_clusters(database, find_matches(database, PACK), PACK)
    assert {cluster.verdict for cluster in clusters} <= {Verdict.KEEP_APART}


def test_statistics_convict_no_pair_of_less_than_0_bits() -> None:
    weights = {weight.name: weight.value for weight in PACK.weights}
    names = ("rows", "columns", "superseded", "common_values")
    assert sum(weights[f"data.{name}"] for name in names) <= weights["consolidate_from"]
