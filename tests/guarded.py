"""What tests of the guard hold migrations against, and how two catalogs are compared."""

from datetime import UTC, datetime

from builders import catalog, table

from cmis_audit import reading
from cmis_audit.guarding import Ground
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.pipeline import rule_pack
from cmis_audit.source.connection import Limits, Target

GROUND = Ground(pack=rule_pack("cmis", None))
INVOICES = (
    "id bigint pk", "customer_id bigint -> customers", "invoice_number text not null unique",
    "issued_on date", "due_on date", "net_total numeric", "tax_total numeric", "currency text",
)  # fmt: skip
BASE = catalog(
    table("customers", "id bigint pk", "name text", "email text", "vat_number text"),
    table("invoices", *INVOICES),
    table("products", "id bigint pk", "sku text", "title text", "weight_grams integer"),
    table("shipments", "id bigint pk", "carrier text", "tracking_code text", "shipped_at date"),
    table("warehouses", "id bigint pk", "site text", "capacity integer", "manager_name text"),
)
COLUMNS = (
    "id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, invoice_number text NOT NULL,"
    "issued_on date, due_on date, net_total numeric, tax_total numeric, currency text"
)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EMPTY = Catalog(
    database="", server_version="16.0", server_version_number=160000, read_at="", role=""
)


def catalog_of(source: str) -> Catalog:
    return reading.catalog_of(
        reading.Intake(target=Target(source=source), limits=Limits(), now=NOW)
    )


def structure(table: Table) -> dict[str, object]:
    """What a reader of SQL can know of a table; the server rewrites expressions in its own way."""
    return {
        "columns": [
            (one.name, one.type.removeprefix("public."), one.nullable, one.identity, one.comment)
            for one in table.columns
        ],
        "key": table.primary_key and table.primary_key.columns,
        "uniques": sorted(one.columns for one in table.uniques),
        "keys": sorted((one.columns, one.target, one.target_columns) for one in table.foreign_keys),
        "actions": sorted(
            (one.columns, one.on_delete, one.on_update) for one in table.foreign_keys
        ),
        "checks": sorted(tuple(sorted(one.columns)) for one in table.checks),
        "indexes": sorted(
            (one.name, len(one.keys), one.unique, one.predicate is None) for one in table.indexes
        ),
        "others": (table.comment, table.kind, table.inherits, table.row_security),
    }
