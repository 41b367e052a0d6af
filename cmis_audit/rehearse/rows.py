"""Rows for the tables of a clone: made to hurt, the same for the same seed."""

from collections.abc import Mapping
from random import Random

from cmis_audit.model.catalog import Catalog, Skipped, Table
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.sqltext import dollar_quoted, literal, quoted
from cmis_audit.model.table_rows import TableRows
from cmis_audit.rehearse.candidates import Candidates, Parents, Row
from cmis_audit.rehearse.order import filling_order
from cmis_audit.rehearse.ports import Session, asked, done
from cmis_audit.rehearse.probe import hints, takes
from cmis_audit.rehearse.values import Values

ROUNDS = 20
FRUITLESS = 4
"""So many rounds in a row that bring no row are enough."""
PARENT_ROWS = 200
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def fill(
    session: Session,
    catalog: Catalog,
    wanted: Mapping[TableRef, int],
    seed: int,
    *,
    given: tuple[TableRows, ...] = (),
    plain: bool = False,
) -> tuple[Skipped, ...]:
    """Give the tables the wanted numbers of rows, and return which did not get them and why.

    Triggers of users do not see the rows: they come from before the time of the rehearsal. Those
    given come first, and the others only where there are fewer than wanted. With `plain` rows are
    such as most tables hold, and no key of two tables is the same.
    """
    own = {each.table: each for each in given}
    values = Values(catalog, plain=plain)
    skipped = []
    for table in filling_order(catalog.tables):
        count = wanted.get(table.ref, 0)
        if count:
            made = Candidates(
                table,
                tuple(column for column in table.columns if column.generated is None),
                pools=pools_of(session, table, values),
                values=values,
                parents=parents_of(session, table, max(count, PARENT_ROWS)),
                apart=plain or is_pointed_at(catalog, table),
                plain=plain,
            )
            whys = []
            if table.ref in own:
                taken, why = _take(session, table, made, own[table.ref])
                count -= taken
                whys.append(why)
            if count > 0:
                whys.append(_fill_table(session, table, made, count=count, seed=seed))
            skipped += [Skipped(what=str(table.ref), why=why) for why in whys if why]
    _advance_sequences(session, catalog)
    return tuple(sorted(skipped))


def _take(
    session: Session, table: Table, candidates: Candidates, given: TableRows
) -> tuple[int, str]:
    """Insert rows of the original; return how many, and why not all of them."""
    rows = {
        number: dict(zip(given.columns, row, strict=True)) for number, row in enumerate(given.rows)
    }
    refused, reasons = insert(session, table, rows)
    for number in sorted(rows.keys() - refused):
        candidates.know(rows[number])
    taken = len(rows) - len(refused)
    if not refused:
        return taken, ""
    return taken, f"took {taken} of {len(rows)} rows of its own: {_told(reasons)}"


def _told(reasons: Mapping[str, int]) -> str:
    return "; ".join(f"{reason} ({times})" for reason, times in list(reasons.items())[:3])


def _fill_table(
    session: Session, table: Table, candidates: Candidates, *, count: int, seed: int
) -> str:
    numbers = list(range(count))
    reasons: dict[str, int] = {}
    fruitless = 0
    for turn in range(ROUNDS):
        random = Random(f"{seed}/{table.ref}/{turn}")
        rows = {number: candidates.row(number, random) for number in numbers}
        made = {number: row for number, row in rows.items() if row is not None}
        refused, reasons = insert(session, table, made) if made else (set(), {})
        left = [number for number in numbers if number not in made or number in refused]
        if not left:
            return ""
        for number in refused:
            candidates.forget(made[number])
        fruitless = fruitless + 1 if len(left) == len(numbers) else 0
        if fruitless == FRUITLESS:
            break
        numbers = left
    got = count - len(numbers)
    return (
        f"got {got} of {count} rows: {_told(reasons) or candidates.why or 'its keys allow no more'}"
    )


def is_pointed_at(catalog: Catalog, table: Table) -> bool:
    """Return whether a foreign key of another table refers to this one."""
    return any(
        key.target == table.ref and other.ref != table.ref
        for other in catalog.tables
        for key in other.foreign_keys
    )


def parents_of(session: Session, table: Table, most: int = PARENT_ROWS) -> Parents:
    """Return, for each foreign key, rows that it may point at, in the order of its columns."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for key in table.foreign_keys:
        if key.target == table.ref:
            found[key.name] = []
            continue
        listed = quoted(key.target_columns)
        rows = session.rows(
            f"SELECT {listed} FROM {key.target} WHERE ({listed}) IS NOT NULL "
            f"ORDER BY md5(CAST(ROW({listed}) AS text)) LIMIT {most}"
        )
        complete = rows if isinstance(rows, list) else []
        found[key.name] = [tuple(each or "" for each in row) for row in complete]
    return found


def pools_of(session: Session, table: Table, values: Values) -> dict[str, tuple[str, ...]]:
    """Return the values that each column takes by itself; those that checks speak of first."""
    pools: dict[str, tuple[str, ...]] = {}
    asked_for: dict[str, tuple[str, ...]] = {}
    for column in table.columns:
        if column.generated is not None:
            continue
        pool = values.pool(column.type)
        told = hints(column, table, values.domain_checks(column.type))
        checked = any(check.columns == (column.name,) for check in table.checks)
        if checked or values.needs_probe(column.type):
            distinct = (*values.distinct(column.type, 0), *values.distinct(column.type, 7))
            asked_for[column.name] = tuple(dict.fromkeys((*told, *pool, *distinct)))
        else:
            pools[column.name] = pool
    return pools | takes(session, table, values, asked_for)


def insert(
    session: Session, table: Table, rows: Mapping[int, Row]
) -> tuple[set[int], dict[str, int]]:
    """Insert rows with the triggers of users asleep; return which were refused, and why.

    All at once where nothing stands against it, else one by one.
    """
    columns = [column for column in table.columns if column.generated is None]
    names = [f"c{number}" for number in range(len(columns))]
    done(session, "DROP TABLE IF EXISTS pg_temp.stage")
    listed = "".join(f", {name} text" for name in names)
    done(session, f"CREATE TEMP TABLE stage (number integer{listed})")
    lines = [
        "\t".join((str(number), *(_copied(row[column.name]) for column in columns)))
        for number, row in rows.items()
    ]
    failure = session.copy_in(
        "COPY pg_temp.stage FROM STDIN", (f"{line}\n".encode() for line in lines)
    )
    if failure is not None:
        return set(rows), {failure.message: len(rows)}
    chosen = ", ".join(
        f"CAST(s.{name} AS {column.type})" for name, column in zip(names, columns, strict=True)
    )
    statement = (
        f"INSERT INTO {table.ref} ({quoted(column.name for column in columns)}) "
        f"OVERRIDING SYSTEM VALUE SELECT {chosen} FROM pg_temp.stage s"
    )
    awake = [trigger.name for trigger in table.triggers if trigger.enabled]
    for name in awake:
        done(session, f"ALTER TABLE {table.ref} DISABLE TRIGGER {quote_ident(name)}")
    try:
        if session.run(f"{statement} ORDER BY s.number") is None:
            return set(), {}
        return _one_by_one(session, statement)
    finally:
        for name in awake:
            done(session, f"ALTER TABLE {table.ref} ENABLE TRIGGER {quote_ident(name)}")


def _one_by_one(session: Session, statement: str) -> tuple[set[int], dict[str, int]]:
    done(session, "DROP TABLE IF EXISTS pg_temp.refused")
    done(session, "CREATE TEMP TABLE refused (number integer, why text)")
    told = "'SQLSTATE ' || sqlstate || hurt" if session.discreet else "sqlerrm"
    body = f"""\
DECLARE
    place integer;
    hurt text;
BEGIN
    FOR place IN SELECT number FROM pg_temp.stage ORDER BY number LOOP
        BEGIN
            {statement} WHERE s.number = place;
        EXCEPTION WHEN others THEN
            GET STACKED DIAGNOSTICS hurt = CONSTRAINT_NAME;
            hurt := CASE WHEN hurt = '' THEN '' ELSE format(' (%s)', hurt) END;
            INSERT INTO pg_temp.refused VALUES (place, {told});
        END;
    END LOOP;
END"""
    done(session, f"DO {dollar_quoted(body)}")
    found = asked(session, "SELECT number, why FROM pg_temp.refused ORDER BY number")
    reasons: dict[str, int] = {}
    for _, why in found:
        reasons[why or ""] = reasons.get(why or "", 0) + 1
    return {int(number or 0) for number, _ in found}, reasons


def _copied(value: str | None) -> str:
    return "\\N" if value is None else value.translate(_ESCAPES)


def _advance_sequences(session: Session, catalog: Catalog) -> None:
    """Let each sequence go on behind the values that its column has."""
    for sequence in catalog.sequences:
        for table in catalog.tables:
            for column in table.columns:
                owns = sequence.owned_by == f"{table.ref}.{quote_ident(column.name)}"
                if owns and sequence.increment > 0:
                    name = quote_ident(column.name)
                    done(
                        session,
                        f"SELECT setval({literal(str(sequence.ref))}, max({name})) "
                        f"FROM {table.ref} HAVING max({name}) > 0",
                    )
