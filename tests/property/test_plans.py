"""Whatever the tables are: a plan loses no row, and taking it back leaves nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random

import psycopg
from fix_postgres import TestServer, fresh_database
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from planned import (
    FORWARD,
    Measured,
    Planned,
    catalog,
    execute,
    plan,
    plan_of_measurements,
    plan_of_renames,
)
from rehearsed import QUICK, rehearsed

from cmis_audit.model.cluster import Kind
from cmis_audit.model.plan import Phase, Strategy
from cmis_audit.model.traits import MetricShape

VALUES = {
    "integer": ("0", "1", "2", "-7"),
    "bigint": ("1", "2", "9007199254740993"),
    "numeric(6,2)": ("1", "1.50", "-0.01"),
    "numeric": ("1", "1.5", "1.50", "'NaN'"),
    "double precision": ("1", "0", "0.1", "'-0'", "'NaN'", "'Infinity'"),
    "boolean": ("true", "false"),
    "text": ("'a'", "'b'", "''", "'1'", "'a '", "E'\\n\\\\'", "'é'"),
    "character varying(4)": ("'a'", "'b'", "''", "'a '"),
    "character(3)": ("'a'", "'b'"),
    "uuid": tuple(f"'00000000-0000-0000-0000-00000000000{n}'" for n in (1, 2, 3)),
    "date": ("'2024-02-29'", "'2024-03-31'", "'infinity'"),
    "timestamp without time zone": ("'2024-03-31 02:30'", "'2024-03-31'", "'-infinity'"),
    "timestamp with time zone": ("'2024-03-31 02:30+00'", "'2024-03-31 00:00+00'"),
    "jsonb": ("'{\"a\": [1, null]}'", "'null'", "'1'", "'[]'"),
    "text[]": ("'{}'", "'{a,NULL}'", "'{{a},{b}}'"),
}
DOCUMENTS = (
    "'{}'",
    '\'{"n": 1.50, "word": "12.5", "none": null, "": [1], "deep": {"a": 1}}\'',
    '\'{"n": 2, "word": "w"}\'',
    "'[1, 2]'",
    "'null'",
)
NUMBERS = ("integer", "bigint", "numeric(6,2)", "numeric", "double precision")
TIMES = ("date", "timestamp without time zone", "timestamp with time zone")
KEYS = ("uuid", "text", "integer", "bigint")
CONCEPTS = ("title", "price", "due", "extra", "flag")
OWNERS = "CREATE TABLE owners (id integer PRIMARY KEY);\nINSERT INTO owners VALUES (1), (2);\n"


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    required: bool = False
    unique: bool = False
    own: tuple[str, ...] = ()
    """Values of its own in the place of its type's."""

    @property
    def values(self) -> tuple[str, ...]:
        """What it may hold, as SQL; NULL where it may be."""
        if self.name == "owner":
            own: tuple[str, ...] = ("1", "2")
        else:
            given = self.own or VALUES[self.type]
            own = tuple(f"CAST({value} AS {self.type})" for value in given)
        return own if self.required else (*own, "NULL")

    def sql(self) -> str:
        words = [self.name, self.type]
        words += ["NOT NULL"] if self.required else []
        words += ["UNIQUE"] if self.unique else []
        words += ["REFERENCES owners"] if self.name == "owner" else []
        return " ".join(words)


@dataclass(frozen=True)
class Schema:
    script: str
    names: tuple[str, ...]
    """Of the members."""
    aligned: dict[str, tuple[str, ...]]
    kind: Kind
    timezone: str
    late: tuple[str, ...]
    """Writes after the backfill."""
    later: tuple[str, ...]
    """Writes after the verifying."""
    last: tuple[str, ...]
    """Writes under the old names."""
    others: tuple[str, ...] = field(default=())
    shapes: dict[str, Measured] = field(default_factory=dict)
    """Of measurements, how each member keeps them."""


@dataclass(frozen=True)
class Member:
    name: str
    columns: dict[str, Column]
    """By concept; that of the key is `key`."""
    keyed: bool

    def script(self) -> str:
        listed = [column.sql() for column in self.columns.values()]
        if self.keyed:
            listed.append(f"PRIMARY KEY ({self.columns['key'].name})")
        return f"CREATE TABLE {self.name} ({', '.join(listed)});\n"


@st.composite
def members(draw: st.DrawFn) -> list[Member]:
    """One table, and one or two made of it by renaming, changing, dropping and adding columns."""
    concepts = CONCEPTS[: draw(st.integers(1, 3))]
    first = {"key": Column("id", draw(st.sampled_from(KEYS)), required=True)}
    first |= {
        concept: Column(
            concept, draw(st.sampled_from(sorted(VALUES))), draw(st.booleans()), draw(rarely)
        )
        for concept in concepts
    }
    if draw(st.booleans()):
        first["owner"] = Column("owner", "integer", draw(rarely))
    made = [Member("items", first, keyed=draw(mostly))]
    for name in ("items_v2", "items_old")[: draw(st.sampled_from([1, 1, 2]))]:
        own = {}
        for concept, column in first.items():
            change = draw(st.sampled_from(["same", "same", "type", "name", "null", "gone"]))
            if change == "gone" and concept != "key":
                continue
            kinds = KEYS if concept == "key" else sorted(VALUES)
            other = change == "type" and concept != "owner"
            own[concept] = Column(
                name="ref"
                if change == "name" and concept == "key"
                else column.name
                if change != "name" or concept == "owner"
                else f"{concept}_new",
                type=draw(st.sampled_from(kinds)) if other else column.type,
                required=column.required != (change == "null") or concept == "key",
                unique=column.unique and draw(st.booleans()),
            )
        if draw(rarely):
            own["more"] = Column("more", draw(st.sampled_from(sorted(VALUES))))
        made.append(Member(name, own, keyed=draw(mostly)))
    return made


rarely = st.sampled_from([False, False, False, True])
mostly = st.sampled_from([True, True, True, False])


def row(member: Member, random: Random) -> str:
    """Return a statement that inserts a row."""
    columns = member.columns.values()
    names = ", ".join(column.name for column in columns)
    cells = ", ".join(random.choice(column.values) for column in columns)
    return f"INSERT INTO {member.name} ({names}) VALUES ({cells})"


def writes(made: list[Member], random: Random) -> Iterator[str]:
    """Yield statements that insert, delete or update rows."""
    for _ in range(3):
        member = random.choice(made)
        where, changed = random.choices(list(member.columns.values()), k=2)
        sought = random.choice(where.values)
        which = f"WHERE CAST({where.name} AS text) IS NOT DISTINCT FROM CAST({sought} AS text)"
        value = random.choice(changed.values)
        yield random.choice(
            (
                row(member, random),
                f"DELETE FROM {member.name} {which}",
                f"UPDATE {member.name} SET {changed.name} = {value} {which}",
                f"UPDATE {member.name} SET {changed.name} = {value}",
            )
        )


@st.composite
def measured(draw: st.DrawFn, name: str) -> tuple[Member, Measured]:
    """A table of measurements, of any shape."""
    columns = {}
    if draw(mostly):
        columns["key"] = Column("id", draw(st.sampled_from(KEYS)), required=True)
    keyed = "key" in columns
    if draw(mostly):
        columns["at"] = Column("at", draw(st.sampled_from(TIMES)), draw(rarely))
    if draw(st.booleans()):
        columns["page"] = Column("page", "text", draw(rarely), draw(rarely))
    shape = draw(st.sampled_from(MetricShape))
    naming = None
    if shape in {MetricShape.NAME_VALUE, MetricShape.TARGET}:
        naming = "metric"
        columns["metric"] = Column("metric", "text", draw(rarely))
    count = draw(st.integers(1, 3)) if shape in {MetricShape.WIDE, MetricShape.TARGET} else 1
    measures = tuple(f"m{number}" for number in range(count))
    for measure in measures:
        kind = "jsonb" if shape == MetricShape.JSON else draw(st.sampled_from(NUMBERS))
        own = DOCUMENTS if shape == MetricShape.JSON else ()
        columns[f"{name} {measure}"] = Column(measure, kind, draw(rarely), own=own)
    if shape == MetricShape.WIDE and draw(rarely):
        columns[f"{name} more"] = Column("more", "jsonb", own=DOCUMENTS)
    return Member(name, columns, keyed), Measured(shape, naming, measures)


@st.composite
def measurements(draw: st.DrawFn) -> Schema:
    """Scattered measurements, which one long table is to hold."""
    names = ("metrics", "ad_metrics", "kpis")[: draw(st.sampled_from([2, 2, 3]))]
    found = [draw(measured(name)) for name in names]
    shapes = {member.name: how for member, how in found}
    return draw(filled([member for member, _ in found], Kind.FRAGMENTED_METRICS, shapes))


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    kind = draw(st.sampled_from([Kind.VERSION, Kind.VERSION, Kind.VERSION, Kind.COPY]))
    return draw(filled(draw(members()), kind, {}))


@st.composite
def filled(draw: st.DrawFn, made: list[Member], kind: Kind, shapes: dict[str, Measured]) -> Schema:
    """Rows for the tables, others that point at them, and what is written at any time."""
    # No part of the shape: what is worth shrinking are the tables.
    random = draw(st.randoms(use_true_random=True))
    script = OWNERS + "".join(member.script() for member in made)
    for member in made:
        # Colliding keys are for tables that have none; the rest keep the first row.
        for _ in range(random.randint(0, 7)):
            script += f"{row(member, random)} ON CONFLICT DO NOTHING;\n"
    others = ["owners"]
    pointed_at = [member for member in made if member.keyed]
    if pointed_at and draw(st.booleans()):
        goal = draw(st.sampled_from(pointed_at))
        key = goal.columns["key"]
        action = draw(st.sampled_from(["", " ON DELETE CASCADE", " ON DELETE SET NULL"]))
        script += f"CREATE TABLE notes (item {key.type} REFERENCES {goal.name}{action});\n"
        script += f"INSERT INTO notes SELECT {key.name} FROM {goal.name} LIMIT 2;\n"
        script += "INSERT INTO notes VALUES (NULL);\n"
        others.append("notes")
    concepts = dict.fromkeys(concept for member in made for concept in member.columns)
    return Schema(
        script=script,
        names=tuple(member.name for member in made),
        aligned={
            concept: tuple(
                member.columns[concept].name if concept in member.columns else "-"
                for member in made
            )
            for concept in concepts
        },
        kind=kind,
        shapes=shapes,
        timezone=draw(st.sampled_from(["UTC", "Europe/Berlin"])),
        late=tuple(writes(made, random)),
        later=tuple(writes(made, random)),
        last=tuple(writes(made, random)),
        others=tuple(others),
    )


@contextmanager
def planned_in(server: TestServer, schema: Schema, **options: object) -> Iterator[Planned]:
    note(schema.script)
    with contextmanager(fresh_database)(server) as conninfo:
        execute(conninfo, schema.script)
        wanted = {"aligned": schema.aligned, "timezone": schema.timezone, **options}
        if schema.shapes:
            made = plan_of_measurements(conninfo, schema.shapes, **wanted)
        else:
            made = plan(conninfo, *schema.names, kind=schema.kind, **wanted)
        assert len(made.plan.clusters) + len(made.plan.refused) == 1
        assert all(refusal.reasons for refusal in made.plan.refused)
        yield made


def write(planned: Planned, statements: tuple[str, ...]) -> None:
    """Carry out what the tables take."""
    for statement in statements:
        with suppress(psycopg.Error):
            planned.execute(statement)


def attempt(planned: Planned, *phases: Phase) -> str:
    """Run files until one is refused, and return why."""
    for step in planned.cluster.steps:
        if not step.undo and step.phase in phases:
            error = planned.attempt(step.file)
            if error is not None:
                return error
    return ""


def undo(planned: Planned, *phases: Phase) -> None:
    for step in planned.cluster.steps:
        if step.undo and step.phase in phases:
            planned.run(step.file)


def assert_settled_first(refused: str, planned: Planned) -> None:
    """A switch may refuse two things, with nothing done, for people to settle."""
    if planned.cluster.strategy == Strategy.ARCHIVE:
        assert "was written to since" in refused
    else:
        assert "point at rows that were rejected" in refused


QUIETLY = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@settings(QUIETLY, max_examples=20)
@given(schema=schemas())
def test_no_row_is_lost_and_the_way_back_leaves_nothing(server: TestServer, schema: Schema) -> None:
    there_and_back(server, schema)


@settings(QUIETLY, max_examples=12)
@given(schema=measurements())
def test_no_measurement_is_lost_either(server: TestServer, schema: Schema) -> None:
    there_and_back(server, schema)


def there_and_back(server: TestServer, schema: Schema) -> None:
    every = (*schema.names, *schema.others)
    with planned_in(server, schema, batch_size=2) as planned:
        if planned.plan.refused:
            return
        planned.forward(Phase.EXPAND, Phase.BACKFILL)
        write(planned, schema.late)
        planned.forward(Phase.BACKFILL, Phase.VERIFY)
        contents = dict(zip(every, planned.contents(*every), strict=True))
        for name, (rows_in, inserted, merged, rejected) in planned.ledger().items():
            assert rows_in == inserted + merged + rejected == len(contents[name])
        write(planned, schema.later)
        before = planned.contents(*every)
        refused = attempt(planned, Phase.SWITCH)
        if refused:
            assert_settled_first(refused, planned)
            undo(planned, Phase.BACKFILL, Phase.EXPAND)
        else:
            assert planned.contents(*every) == before
            write(planned, schema.last)
            before = planned.contents(*every)
            planned.back()
        assert planned.contents(*every) == before
        assert planned.fingerprint() == planned.before
        if not refused:
            refused = attempt(planned, *FORWARD)
            if refused:
                assert_settled_first(refused, planned)
            assert planned.contents(*every) == before


@settings(QUIETLY, max_examples=4)
@given(schema=schemas())
def test_a_rehearsal_proves_the_plan_of_any_tables(server: TestServer, schema: Schema) -> None:
    with planned_in(server, schema, yes_drop=True) as planned:
        if planned.plan.refused:
            return
        (found,) = rehearsed(catalog(planned.conninfo), planned.plan, QUICK).clusters
    assert found.proven, found.stopped


def taken(conninfo: str, statement: str) -> bool:
    """Return whether the database takes a statement."""
    try:
        execute(conninfo, statement)
    except psycopg.Error:
        return False
    return True


@settings(QUIETLY, max_examples=10)
@given(schema=schemas())
def test_a_renamed_table_takes_what_it_took_by_either_name(
    server: TestServer, schema: Schema
) -> None:
    every = (*schema.names, *schema.others)
    fresh = contextmanager(fresh_database)
    with fresh(server) as renamed, fresh(server) as untouched:
        for each in (renamed, untouched):
            execute(each, schema.script)
        planned = plan_of_renames(renamed, {name: f"named_{name}" for name in schema.names})
        twin = Planned(conninfo=untouched, plan=planned.plan, before=planned.before)
        planned.forward()
        for statement in (*schema.late, *schema.later):
            assert taken(renamed, statement) == taken(untouched, statement), statement
        for name in schema.names:
            for statement in schema.last:
                if f" {name} " in statement:
                    other = statement.replace(f" {name} ", f" named_{name} ", 1)
                    assert taken(renamed, other) == taken(untouched, statement), statement
            assert planned.contents(f"named_{name}") == twin.contents(name)
        assert planned.contents(*every) == twin.contents(*every)
        planned.back()
        assert planned.contents(*every) == twin.contents(*every)
        assert planned.fingerprint() == planned.before
