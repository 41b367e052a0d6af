"""What tests of the guard hold migrations against."""

from builders import catalog, table

from cmis_audit.guarding import Ground
from cmis_audit.pipeline import rule_pack

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
