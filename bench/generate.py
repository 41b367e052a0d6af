"""Databases of any size, alike from run to run: the shape of a business schema, none of its data.

Twelve columns a table, of which id, org_id and created_at stand nearly everywhere and the others
follow a skewed distribution, as in real schemas; a primary key, two indexes, a comment on the table
and on three columns, a foreign key for most; one table in a hundred is a changed copy of another.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice

import psycopg

COLUMNS = 12
DUPLICATES = 0.01
LINKED = 0.85
HUBS = 8
"""Tables that many others refer to."""
BATCH = 100
"""Tables a transaction: each of their files and indexes takes a lock until it ends."""

SCHEMAS = [
    "core",
    "sales",
    "billing",
    "inventory",
    "shipping",
    "support",
    "marketing",
    "hr",
    "payroll",
    "catalog",
    "identity",
    "partner",
    "logistics",
    "finance",
    "booking",
    "loyalty",
    "media",
    "content",
    "search",
    "risk",
    "fraud",
    "compliance",
    "fleet",
    "energy",
    "facility",
    "training",
    "recruiting",
    "procurement",
    "manufacturing",
    "quality",
    "research",
    "legal",
    "tax",
    "treasury",
    "insurance",
    "subscription",
    "messaging",
    "survey",
    "event",
    "reporting",
]
NOUNS = [
    "organization",
    "account",
    "user",
    "customer",
    "product",
    "order",
    "invoice",
    "payment",
    "shipment",
    "ticket",
    "contract",
    "project",
    "task",
    "document",
    "message",
    "channel",
    "device",
    "location",
    "vehicle",
    "employee",
    "department",
    "position",
    "candidate",
    "course",
    "lesson",
    "exam",
    "grade",
    "supplier",
    "warehouse",
    "shelf",
    "batch",
    "recipe",
    "machine",
    "sensor",
    "reading",
    "route",
    "stop",
    "driver",
    "trip",
    "booking",
    "room",
    "guest",
    "review",
    "rating",
    "coupon",
    "voucher",
    "campaign",
    "audience",
    "segment",
    "template",
    "asset",
    "playlist",
    "article",
    "author",
    "category",
    "tag",
    "topic",
    "question",
    "answer",
    "form",
    "submission",
    "policy",
    "claim",
    "coverage",
    "premium",
    "loan",
    "deposit",
    "transfer",
    "ledger",
    "budget",
    "forecast",
    "expense",
    "receipt",
    "license",
    "patent",
    "dataset",
    "model",
    "experiment",
    "alert",
    "incident",
    "release",
]
QUALIFIERS = [
    "internal",
    "regional",
    "seasonal",
    "digital",
    "physical",
    "corporate",
    "retail",
    "wholesale",
    "annual",
    "weekly",
    "standard",
    "premium",
    "mobile",
    "remote",
    "federal",
    "local",
    "custom",
    "bulk",
    "partial",
    "recurring",
    "trial",
    "verified",
    "preferred",
    "rejected",
    "approved",
    "archival",
    "clinical",
    "dental",
    "rural",
    "urban",
    "maritime",
    "aerial",
    "domestic",
    "foreign",
    "temporary",
    "permanent",
    "junior",
    "senior",
]
FACETS = [
    "item",
    "line",
    "event",
    "note",
    "log",
    "setting",
    "member",
    "role",
    "permission",
    "attachment",
    "translation",
    "version",
    "schedule",
    "rule",
    "preference",
    "contact",
    "address",
    "price",
    "discount",
    "status",
]

TYPES = {
    "uuid": "gen_random_uuid()",
    "text": "'value ' || g % 7",
    "varchar(120)": "'code ' || g",
    "integer": "g % 5",
    "bigint": "g * 1000",
    "numeric(12,2)": "g * 1.25",
    "boolean": "g % 2 = 0",
    "date": "date '2024-01-01' + g",
    "timestamptz": "timestamptz '2024-01-01 00:00Z' + g * interval '1 hour'",
    "jsonb": "jsonb_build_object('n', g)",
    "text[]": "ARRAY['a', 'b']",
}
# The commonest first: the chance of a column falls with its place.
COMMON = [
    ("name", "text"), ("status", "varchar(120)"), ("description", "text"), ("type", "text"),
    ("is_active", "boolean"), ("deleted_at", "timestamptz"), ("created_by", "uuid"),
    ("metadata", "jsonb"), ("amount", "numeric(12,2)"), ("currency", "varchar(120)"),
    ("email", "text"), ("title", "text"), ("external_id", "text"), ("notes", "text"),
    ("quantity", "integer"), ("starts_at", "timestamptz"), ("ends_at", "timestamptz"),
    ("priority", "integer"), ("position", "integer"), ("slug", "text"), ("phone", "text"),
    ("url", "text"), ("country_code", "varchar(120)"), ("city", "text"), ("language", "text"),
    ("version", "integer"), ("source", "text"), ("settings", "jsonb"), ("tags", "text[]"),
    ("price", "numeric(12,2)"), ("total", "numeric(12,2)"), ("tax_rate", "numeric(12,2)"),
    ("due_on", "date"), ("approved_at", "timestamptz"), ("approved_by", "uuid"),
    ("error_message", "text"), ("retry_count", "integer"), ("ip_address", "text"),
    ("weight_grams", "bigint"), ("width_mm", "integer"), ("height_mm", "integer"),
    ("color", "text"), ("serial_number", "text"), ("valid_until", "date"), ("barcode", "text"),
    ("score", "numeric(12,2)"), ("duration_s", "integer"), ("file_name", "text"),
    ("checksum", "text"), ("latitude", "numeric(12,2)"), ("longitude", "numeric(12,2)"),
    ("birth_date", "date"), ("gender", "text"), ("nationality", "text"), ("iban", "text"),
    ("vat_number", "text"), ("discount_percent", "numeric(12,2)"), ("locale", "text"),
    ("time_zone", "text"), ("last_login_at", "timestamptz"), ("opened_at", "timestamptz"),
]  # fmt: skip
OWN = [
    ("{}_code", "varchar(120)"), ("{}_number", "bigint"), ("{}_kind", "text"),
    ("{}_state", "text"), ("{}_data", "jsonb"), ("{}_count", "integer"), ("{}_date", "date"),
    ("{}_owner", "uuid"),
]  # fmt: skip
_WEIGHTS = list(accumulate(1 / (place + 3) for place in range(len(COMMON))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    schema: str
    name: str
    noun: str
    """The name in the singular, as foreign keys to the table are called."""
    columns: tuple[Column, ...]
    target: tuple[str, str] | None
    """The column that refers to another table, and that table."""

    @property
    def path(self) -> str:
        return f"{self.schema}.{self.name}"


def tables(count: int, schemas: Sequence[str], seed: int = 1) -> list[Table]:
    """Return so many tables, those that others refer to first; the same for the same seed."""
    chance = random.Random(seed)
    made: list[Table] = []
    newest: dict[str, Table] = {}
    copied: set[str] = set()
    for words in islice(_phrases(chance), count):
        if made and chance.random() < DUPLICATES:
            original = chance.choice(made)
            if original.path not in copied:
                made.append(_changed_copy(original, chance))
                copied |= {original.path, made[-1].path}
                continue
        schema = schemas[0] if len(made) < HUBS else chance.choice(schemas)
        target = None
        if made and chance.random() < LINKED:
            # A hub, or the table of this schema that was made last.
            near = newest.get(schema)
            to_hub = near is None or chance.random() < 0.4
            target = chance.choice(made[:HUBS]) if to_hub else near
        made.append(_table(schema, words, target, chance))
        newest[schema] = made[-1]
    return made


def _phrases(chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Yield the words of names in a random order, each name once: hubs, short ones, long ones."""
    yield from ((noun,) for noun in NOUNS[:HUBS])
    short = [(noun,) for noun in NOUNS[HUBS:]]
    short += [(word, noun) for word in QUALIFIERS for noun in NOUNS]
    short += [(noun, facet) for noun in NOUNS for facet in FACETS]
    long = [(word, noun, facet) for word in QUALIFIERS for noun in NOUNS for facet in FACETS]
    for phrases in (short, long):
        chance.shuffle(phrases)
        yield from phrases


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "ch", "x")) else f"{noun}s"


def _table(
    schema: str, words: tuple[str, ...], target: Table | None, chance: random.Random
) -> Table:
    columns = {"id": "uuid"}
    if chance.random() < 0.9:
        columns["org_id"] = "uuid"
    link = None
    if target is not None:
        link = f"{target.noun}_id"
        columns[link] = "uuid"
    for pattern, type_name in chance.sample(OWN, chance.choice((1, 2, 2, 3))):
        columns[pattern.format(words[-1])] = type_name
    if chance.random() < 0.95:
        columns["created_at"] = "timestamptz"
    if chance.random() < 0.8:
        columns["updated_at"] = "timestamptz"
    while len(columns) < COLUMNS:
        [(common, type_name)] = chance.choices(COMMON, cum_weights=_WEIGHTS)
        columns[common] = type_name
    return Table(
        schema=schema,
        name="_".join((*words[:-1], _plural(words[-1]))),
        noun="_".join(words),
        columns=tuple(Column(name=each, type=type_name) for each, type_name in columns.items()),
        target=(link, target.path) if link and target else None,
    )


def _changed_copy(original: Table, chance: random.Random) -> Table:
    *kept, last = original.columns
    marker = chance.choice(("v2", "old", "backup", "new"))
    return replace(
        original,
        name=f"{original.name}_{marker}",
        columns=(*kept, Column(name=f"{last.name}_text", type="text")),
    )


def statements(table: Table, rows: int) -> Iterator[str]:
    """Yield the SQL of a table and of its rows."""
    path = table.path
    columns = ", ".join(f"{each.name} {each.type}" for each in table.columns)
    reference = ""
    if table.target:
        link, target = table.target
        reference = f", FOREIGN KEY ({link}) REFERENCES {target} (id)"
    yield f"CREATE TABLE {path} ({columns}, PRIMARY KEY (id){reference})"
    second, third = table.columns[1].name, table.columns[2].name
    yield f"CREATE INDEX ON {path} ({second})"
    yield f"CREATE INDEX ON {path} ({third}, {table.columns[-1].name})"
    yield f"COMMENT ON TABLE {path} IS '{table.name.replace('_', ' ').capitalize()} of a tenant.'"
    for each in table.columns[3:6]:
        yield f"COMMENT ON COLUMN {path}.{each.name} IS 'The {each.name.replace('_', ' ')}.'"
    if rows:
        names = [
            each for each in table.columns if table.target is None or each.name != table.target[0]
        ]
        yield (
            f"INSERT INTO {path} ({', '.join(each.name for each in names)}) "
            f"SELECT {', '.join(TYPES[each.type] for each in names)} "
            f"FROM generate_series(1, {rows}) AS g"
        )


def fill(conninfo: str, count: int, schemas: int, rows: int) -> None:
    """Make the tables in an empty database and, if they have rows, let the server analyse them."""
    made = tables(count, SCHEMAS[:schemas])
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for schema in sorted({each.schema for each in made}):
            connection.execute(f"CREATE SCHEMA {schema}".encode())
        for start in range(0, count, BATCH):
            batch = made[start : start + BATCH]
            text = ";\n".join(line for each in batch for line in statements(each, rows))
            connection.execute(text.encode())
        if rows:
            connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")
