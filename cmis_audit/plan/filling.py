"""The routines that bring a member's rows into the target, take them out and bring them again.

Rows are named by the member's key in a work table: the backfill puts the next batch there, the
catch-up what was written meanwhile. A member without a key is brought in whole.
"""

from collections.abc import Iterator

from cmis_audit.model.names import quote_ident
from cmis_audit.plan.design import Design, MemberDesign, TargetUnique
from cmis_audit.plan.lattice import literal
from cmis_audit.plan.sqltext import dollar, indented, quoted

_WITHOUT_EQUALITY = frozenset({"json", "xml", "point", "polygon"})


def tables(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield the statements that make a member's own books."""
    book, number = design.schema, member.number
    keys = [(name, _key_type(member, name)) for name in member.key]
    columns = "".join(f",\n    {quote_ident(name)} {kind}" for name, kind in keys)
    yield (
        f"CREATE TABLE {book}.changes_{number} (\n"
        "    position_ bigint GENERATED ALWAYS AS IDENTITY,\n"
        f"    everything_ boolean NOT NULL DEFAULT false{columns}\n);"
    )
    if member.key:
        listed = ",\n    ".join(f"{quote_ident(name)} {kind} NOT NULL" for name, kind in keys)
        primary = quoted(member.key)
        yield (
            f"CREATE INDEX ON {book}.changes_{number} ({primary});\n"
            f"CREATE TABLE {book}.work_{number} (\n    {listed},\n    PRIMARY KEY ({primary})\n);"
        )
        progress = ",\n    ".join(f"{quote_ident(name)} {kind}" for name, kind in keys)
        yield (
            f"CREATE TABLE {book}.progress_{number} (\n"
            "    started_ boolean NOT NULL DEFAULT false,\n"
            f"    finished_ boolean NOT NULL DEFAULT false,\n    {progress}\n);\n"
            f"INSERT INTO {book}.progress_{number} DEFAULT VALUES;"
        )
    else:
        yield (
            f"CREATE TABLE {book}.progress_{number} (finished_ boolean NOT NULL DEFAULT false);\n"
            f"INSERT INTO {book}.progress_{number} DEFAULT VALUES;"
        )
    if member.rejects:
        own = quoted(member.names)
        yield (
            f"CREATE TABLE {book}.rejects_{number} AS\n"
            f"SELECT {own}, CAST(NULL AS text) AS {reason_column(member)}\n"
            f"FROM {member.table.ref} WITH NO DATA;"
        )
        if member.key:
            yield f"CREATE UNIQUE INDEX ON {book}.rejects_{number} ({quoted(member.key)});"


def reason_column(member: MemberDesign) -> str:
    """Return the name, quoted, of the column in which a reject's reason stands."""
    name = "reject_reason"
    while name in member.names:
        name += "_"
    return quote_ident(name)


def _key_type(member: MemberDesign, name: str) -> str:
    return member.of(name).column.type


def reverse_select(design: Design, member: MemberDesign, *, observed: bool = False) -> str:
    """Return the query that gives the member's rows back out of the target.

    With `observed`, of a long table, each row's observation comes first.
    """
    values = {mapped.column.name: mapped.back_of("t.") for mapped in member.mapped}
    values |= dict(member.cells.back if member.cells else ())
    lines = [f"{values[name]} AS {quote_ident(name)}" for name in member.names]
    query = f"FROM {design.target} t"
    grouped = ""
    if design.long and member.cells:
        observation = f"t.{quote_ident(design.long.observation)}"
        groups = [observation]
        for mapped in member.mapped:
            # What has no equality cannot be grouped by; it is the same in all rows.
            target = f"t.{quote_ident(mapped.target)}"
            if mapped.column.type in _WITHOUT_EQUALITY:
                again = mapped.back.replace("{}", f"(array_agg({target}))[1]")
                lines[member.names.index(mapped.column.name)] = (
                    f"{again} AS {quote_ident(mapped.column.name)}"
                )
            else:
                groups.append(target)
        definition = quote_ident(design.long.definition)
        query += f"\nJOIN {design.long.definitions} d ON d.{definition} = t.{definition}"
        grouped = f"\nGROUP BY {', '.join(dict.fromkeys(groups))}"
        if observed:
            lines.insert(0, f"{observation} AS observed_")
    listed = ",\n    ".join(lines)
    text = f"SELECT\n    {listed}\n{query}\nWHERE {design.rows_of(member)}{grouped}"
    if member.rejects and not observed:
        own = quoted(member.names, "r.")
        text += f"\nUNION ALL\nSELECT {own}\nFROM {design.schema}.rejects_{member.number} r"
    return text


def log_trigger(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield what notes which rows are written while the target is being filled."""
    book, number = design.schema, member.number
    keys = quoted(member.key)
    rows = ""
    if member.key:
        rows = f"""\
    IF TG_LEVEL = 'ROW' THEN
        IF TG_OP <> 'INSERT' THEN
            INSERT INTO {book}.changes_{number} ({keys}) VALUES ({quoted(member.key, "OLD.")});
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO {book}.changes_{number} ({keys}) VALUES ({quoted(member.key, "NEW.")});
        END IF;
        RETURN NULL;
    END IF;
"""
    body = f"""\
BEGIN
{rows}    INSERT INTO {book}.changes_{number} (everything_) VALUES (true);
    RETURN NULL;
END"""
    yield (
        f"CREATE FUNCTION {book}.log_{number}() RETURNS trigger\n"
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp\n"
        f"AS {dollar(body)};"
    )
    table, function = member.table.ref, f"{book}.log_{number}()"
    events = "INSERT OR UPDATE OR DELETE"
    if member.key:
        yield (
            f"CREATE TRIGGER cmis_audit_log_{number} AFTER {events} ON {table}\n"
            f"FOR EACH ROW EXECUTE FUNCTION {function};"
        )
    else:
        yield (
            f"CREATE TRIGGER cmis_audit_log_{number} AFTER {events} ON {table}\n"
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function};"
        )
    yield (
        f"CREATE TRIGGER cmis_audit_log_{number}_all AFTER TRUNCATE ON {table}\n"
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function};"
    )
    for trigger in (f"cmis_audit_log_{number}", f"cmis_audit_log_{number}_all"):
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger};"


def load(design: Design, member: MemberDesign) -> str:
    """Return the function that brings the rows named in the work table into the target."""
    book, number = design.schema, member.number
    parts = []
    if member.rejects:
        parts += [*_reject_inexact(design, member), *_meet(design, member)]
    parts.append(_insert(design, member))
    return _function(f"{book}.load_{number}()", parts)


def unload(design: Design, member: MemberDesign) -> str:
    """Return the function that takes the rows named in the work table out of the target."""
    book, number = design.schema, member.number
    target, label = design.target, member.label_sql
    where = _matches(design, member)
    using = f" USING {book}.work_{number} s" if member.key else ""
    source = f"FROM {design.target} t" + (f", {book}.work_{number} s" if member.key else "")
    parts = []
    for other in _partners(design, member):
        also = quote_ident(design.also or "")
        names = quoted(other.key) if other.key else "everything_"
        values = ", ".join(each.back_of("t.") for each in other.keyed) if other.key else "true"
        parts.append(
            f"INSERT INTO {book}.changes_{other.number} ({names})\n"
            f"SELECT {values}\n{source}\n"
            f"WHERE t.{design.source_sql} = {label}{where}\n"
            f"  AND t.{also} @> ARRAY[{other.label_sql}];"
        )
    parts.append(f"DELETE FROM {target} t{using}\nWHERE t.{design.source_sql} = {label}{where};")
    if design.sharers(member):
        also = quote_ident(design.also or "")
        settings = [f"{also} = nullif(array_remove(t.{also}, {label}), '{{}}')"]
        settings += _given_back(design, member)
        joined = ",\n    ".join(settings)
        from_work = f"\nFROM {book}.work_{number} s" if member.key else ""
        parts.append(
            f"UPDATE {target} t SET\n    {joined}{from_work}\n"
            f"WHERE t.{also} @> ARRAY[{label}]{where};"
        )
    if member.rejects:
        condition = (
            "\nWHERE "
            + " AND ".join(f"r.{quote_ident(k)} = s.{quote_ident(k)}" for k in member.key)
            if member.key
            else ""
        )
        parts.append(f"DELETE FROM {book}.rejects_{number} r{using}{condition};")
    return _function(f"{book}.unload_{number}()", parts)


def _function(name: str, parts: list[str]) -> str:
    body = "BEGIN\n" + indented("\n\n".join(parts)) + "\nEND"
    return (
        f"CREATE FUNCTION {name} RETURNS void\n"
        f"LANGUAGE plpgsql SET search_path = pg_catalog\nAS {dollar(body)};"
    )


def _matches(design: Design, member: MemberDesign) -> str:
    """Return the rest of a condition: the target row is that of the work table's key, as `s`."""
    return "".join(
        f"\n  AND t.{quote_ident(mapped.target)} = {mapped.forward}" for mapped in member.keyed
    )


def _rows(design: Design, member: MemberDesign) -> str:
    """Return the FROM clause of the member's rows that the work table names, as `s`."""
    if not member.key:
        return f"FROM {member.table.ref} s"
    using = quoted(member.key)
    return f"FROM {member.table.ref} s\nJOIN {design.schema}.work_{member.number} w USING ({using})"


def _partners(design: Design, member: MemberDesign) -> list[MemberDesign]:
    """Return the other members whose rows may have been merged into the member's."""
    numbers = {number for unique in design.sharers(member) for number in unique.declared}
    return [each for each in design.members if each.number in numbers - {member.number}]


def holders(design: Design, target: str) -> list[MemberDesign]:
    """Return the members that fill a column of the target."""
    return [
        member
        for member in design.members
        if any(mapped.target == target for mapped in member.mapped)
    ]


def stands_for(design: Design, members: list[MemberDesign], also: str) -> str:
    """Return the condition that a row stands for one of the members; `also` is the array."""
    labels = "ARRAY[" + ", ".join(member.label_sql for member in members) + "]"
    return f"(t.{design.source_sql} = ANY ({labels}) OR coalesce({also} && {labels}, false))"


def _given_back(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield the settings that empty the columns which nobody else has filled."""
    also = f"array_remove(t.{quote_ident(design.also or '')}, {member.label_sql})"
    for target, _ in member.forwards():
        others = [each for each in holders(design, target) if each != member]
        if target in design.primary_key:
            continue
        name = quote_ident(target)
        if not others:
            yield f"{name} = NULL"
        elif len(others) < len(design.members) - 1:
            kept = stands_for(design, others, also)
            yield f"{name} = CASE WHEN {kept} THEN t.{name} END"


def _reject_inexact(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield what sets aside rows with a value that the target's type would change."""
    checks = []
    for mapped in member.mapped:
        if not mapped.exact:
            again = mapped.back.replace("{}", f"({mapped.forward})")
            own = f"s.{quote_ident(mapped.column.name)}"
            reason = literal(
                f"{mapped.column.name}: the value would not survive the change of type"
            )
            checks.append((f"CAST({again} AS text) IS DISTINCT FROM CAST({own} AS text)", reason))
    if member.cells and member.cells.check:
        reason = "'a value has no place among numbers'"
        checks.append((f"NOT ({member.cells.check})", reason))
    if not checks:
        return
    own = quoted(member.names)
    values = quoted(member.names, "s.")
    cases = "\n         ".join(f"WHEN {check} THEN {reason}" for check, reason in checks)
    any_of = "\n   OR ".join(check for check, _ in checks)
    rejects = f"{design.schema}.rejects_{member.number}"
    yield (
        f"INSERT INTO {rejects} ({own}, {reason_column(member)})\n"
        f"SELECT {values},\n    CASE {cases} END\n{_rows(design, member)}\nWHERE {any_of};"
    )
    if member.key:
        yield _forget(design, member, rejects)


def _forget(design: Design, member: MemberDesign, table: str) -> str:
    """Return what takes rows that are dealt with off the work table."""
    same = " AND ".join(f"r.{quote_ident(k)} = w.{quote_ident(k)}" for k in member.key)
    return f"DELETE FROM {design.schema}.work_{member.number} w USING {table} r\nWHERE {same};"


def _meet(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield what becomes of rows whose key stands in the target already."""
    sharers = design.sharers(member)
    if not sharers or not member.key:
        return
    book, number = design.schema, member.number
    keys = quoted(member.key)
    found = "\nUNION\n".join(_found(design, member, unique) for unique in sharers)
    met = f"{book}.met_{number}"
    yield (
        f"DELETE FROM {met};\n"
        f"INSERT INTO {met} ({keys}, places_, place_, differing_)\n"
        f"SELECT {keys}, count(*), (array_agg(place_))[1], max(differing_)\n"
        f"FROM (\n{indented(found)}\n) f\nGROUP BY {keys};"
    )
    if design.merges:
        yield _merge(design, member, met)
    yield _reject_met(design, member, met)
    yield _forget(design, member, met)


def _merge(design: Design, member: MemberDesign, met: str) -> str:
    """Return what lets a row that is there already stand for the member's equal row too."""
    also, label = quote_ident(design.also or ""), member.label_sql
    settings = [f"{also} = coalesce(t.{also}, '{{}}') || ARRAY[{label}]"]
    for target, forward in member.forwards():
        others = [each for each in holders(design, target) if each != member]
        if len(others) < len(design.members) - 1 and target not in design.primary_key:
            name = quote_ident(target)
            kept = stands_for(design, others, f"t.{also}")
            value = f"CASE WHEN {kept} THEN t.{name} ELSE {forward} END" if others else forward
            settings.append(f"{name} = {value}")
    joined = ",\n    ".join(settings)
    same = " AND ".join(f"m.{quote_ident(k)} = s.{quote_ident(k)}" for k in member.key)
    return (
        f"UPDATE {design.target} t SET\n    {joined}\n"
        f"FROM {member.table.ref} s, {met} m\n"
        f"WHERE {same} AND t.ctid = m.place_ AND m.places_ = 1 AND m.differing_ = '';"
    )


def _reject_met(design: Design, member: MemberDesign, met: str) -> str:
    keys = quoted(member.key)
    own = quoted(member.names)
    values = quoted(member.names, "s.")
    refused = "m.places_ > 1 OR m.differing_ <> ''" if design.merges else "true"
    differing = "'its key is that of a row that differs in ' || m.differing_"
    return (
        f"INSERT INTO {design.schema}.rejects_{member.number} ({own}, {reason_column(member)})\n"
        f"SELECT {values},\n"
        "    CASE WHEN m.places_ > 1 THEN 'its keys are those of several rows'\n"
        f"         WHEN m.differing_ <> '' THEN {differing}\n"
        "         ELSE 'its key is that of a row that others may see' END\n"
        f"FROM {member.table.ref} s\nJOIN {met} m USING ({keys})\n"
        f"WHERE {refused};"
    )


def met_table(design: Design, member: MemberDesign) -> str | None:
    """Return the statement for the table of rows whose key stands in the target already."""
    if not design.sharers(member) or not member.key:
        return None
    keys = ",\n    ".join(f"{quote_ident(k)} {_key_type(member, k)} NOT NULL" for k in member.key)
    return (
        f"CREATE TABLE {design.schema}.met_{member.number} (\n    {keys},\n"
        "    places_ bigint NOT NULL,\n    place_ tid NOT NULL,\n    differing_ text NOT NULL\n);"
    )


def _found(design: Design, member: MemberDesign, unique: TargetUnique) -> str:
    labels = [each for each in design.members if each.number in unique.declared]
    forward = dict(member.forwards())
    conditions = [f"t.{quote_ident(name)} = {forward[name]}" for name in unique.columns]
    if not unique.everywhere:
        conditions.append(stands_for(design, labels, f"t.{quote_ident(design.also or '')}"))
    on = "\n AND ".join(conditions)
    return (
        f"SELECT {quoted(member.key, 's.')}, t.ctid AS place_,\n"
        f"    concat_ws(', ', {_differing(design, member)}) AS differing_\n"
        f"{_rows(design, member)}\nJOIN {design.target} t ON {on}"
    )


def _differing(design: Design, member: MemberDesign) -> str:
    """Return one expression a column, its name where both rows have it and they disagree."""
    also = f"t.{quote_ident(design.also or '')}"
    found = []
    for target, forward in member.forwards():
        others = [each for each in holders(design, target) if each != member]
        if not others:
            continue
        name = quote_ident(target)
        unequal = f"CAST(t.{name} AS text) IS DISTINCT FROM CAST({forward} AS text)"
        if len(others) < len(design.members) - 1:
            unequal = f"{stands_for(design, others, also)} AND {unequal}"
        found.append(f"CASE WHEN {unequal} THEN {literal(target)} END")
    return ",\n        ".join(found) or "NULL"


def _insert(design: Design, member: MemberDesign) -> str:
    rows = _rows(design, member)
    if member.cells is None:
        return insert_into(design, member, rows)
    own = f"(SELECT s.*, gen_random_uuid() AS observed_\n{indented(rows)}) s"
    return insert_into(design, member, f"FROM {own}")


def insert_into(design: Design, member: MemberDesign, rows: str) -> str:
    """Return what brings rows, a FROM clause with the member's columns as `s`, into the target."""
    filled = [*member.forwards(), (design.source, member.label_sql)]
    before = ""
    if design.long and member.cells:
        long, definition = design.long, quote_ident(design.long.definition)
        rows += f"\nCROSS JOIN LATERAL (\n{indented(member.cells.query)}\n) c"
        before = (
            f"INSERT INTO {long.definitions} (name)\nSELECT DISTINCT c.metric_\n{rows}\n"
            "WHERE c.metric_ IS NOT NULL\nON CONFLICT DO NOTHING;\n"
        )
        rows += f"\nLEFT JOIN {long.definitions} d ON d.name = c.metric_"
        filled += [
            (long.measured, member.measured),
            (long.observation, "s.observed_"),
            (long.definition, f"coalesce(d.{definition}, 0)"),
            (long.number, "c.number_"),
            (long.words, "c.words_"),
            (long.document, "c.document_"),
        ]
    names = quoted(name for name, _ in filled)
    values = ",\n    ".join(forward for _, forward in filled)
    return f"{before}INSERT INTO {design.target} ({names})\nSELECT\n    {values}\n{rows};"


def backfill(design: Design, member: MemberDesign) -> str:
    """Return the procedure that fills the target from one member, a batch a transaction."""
    book, number = design.schema, member.number
    lock = f"LOCK TABLE {design.target} IN SHARE ROW EXCLUSIVE MODE;"
    if not member.key:
        body = f"""\
BEGIN
    {lock}
    PERFORM 1 FROM {book}.progress_{number} WHERE finished_;
    IF NOT FOUND THEN
        DELETE FROM {book}.changes_{number};
        PERFORM {book}.load_{number}();
        UPDATE {book}.progress_{number} SET finished_ = true;
    END IF;
    COMMIT;
END"""
    else:
        keys, s_keys = quoted(member.key), quoted(member.key, "s.")
        values = ", ".join(f"(last.{quote_ident(k)})" for k in member.key)
        descending = ", ".join(f"w.{quote_ident(k)} DESC" for k in member.key)
        settings = ", ".join(f"{quote_ident(k)} = latest.{quote_ident(k)}" for k in member.key)
        body = f"""\
DECLARE
    last {book}.progress_{number};
BEGIN
    LOOP
        {lock}
        SELECT * INTO STRICT last FROM {book}.progress_{number};
        EXIT WHEN last.finished_;
        DELETE FROM {book}.work_{number};
        IF last.started_ THEN
            INSERT INTO {book}.work_{number} ({keys})
            SELECT {s_keys} FROM {member.table.ref} s
            WHERE ({s_keys}) > ({values})
            ORDER BY {s_keys} LIMIT batch;
        ELSE
            INSERT INTO {book}.work_{number} ({keys})
            SELECT {s_keys} FROM {member.table.ref} s
            ORDER BY {s_keys} LIMIT batch;
        END IF;
        IF FOUND THEN
            UPDATE {book}.progress_{number} SET started_ = true, {settings}
            FROM (SELECT * FROM {book}.work_{number} w ORDER BY {descending} LIMIT 1) latest;
            PERFORM {book}.load_{number}();
        ELSE
            UPDATE {book}.progress_{number} SET finished_ = true;
        END IF;
        COMMIT;
    END LOOP;
    COMMIT;
END"""
    return (
        f"CREATE PROCEDURE {book}.backfill_{number}(batch integer)\n"
        f"LANGUAGE plpgsql\nAS {dollar(body)};"
    )


def catch_up(design: Design) -> str:
    """Return the function that brings in what was written since; it returns how many rows."""
    book = design.schema
    unloads, loads, left = [], [], []
    for member in design.members:
        number = member.number
        left.append(f"EXISTS (SELECT FROM {book}.changes_{number})")
        if not member.key:
            unloads.append(f"""\
touched_{number} := EXISTS (SELECT FROM {book}.changes_{number});
DELETE FROM {book}.changes_{number};
IF touched_{number} THEN
    PERFORM {book}.unload_{number}();
    caught := caught + 1;
END IF;""")
            loads.append(f"""\
IF touched_{number} THEN
    PERFORM {book}.load_{number}();
END IF;""")
            continue
        keys = quoted(member.key)
        back = ", ".join(mapped.back_of("t.") for mapped in member.keyed)
        rejected = (
            f"\n    UNION SELECT {keys} FROM {book}.rejects_{number}" if member.rejects else ""
        )
        unloads.append(f"""\
DELETE FROM {book}.work_{number};
IF EXISTS (SELECT FROM {book}.changes_{number} WHERE everything_) THEN
    DELETE FROM {book}.changes_{number};
    INSERT INTO {book}.work_{number} ({keys})
    SELECT {keys} FROM {member.table.ref}
    UNION SELECT {back} FROM {design.target} t WHERE {design.rows_of(member)}{rejected};
ELSE
    WITH written AS (DELETE FROM {book}.changes_{number} RETURNING {keys})
    INSERT INTO {book}.work_{number} ({keys})
    SELECT DISTINCT {keys} FROM written;
END IF;
GET DIAGNOSTICS found = ROW_COUNT;
caught := caught + found;
PERFORM {book}.unload_{number}();""")
        loads.append(f"PERFORM {book}.load_{number}();")
    flags = "".join(
        f"    touched_{member.number} boolean;\n" for member in design.members if not member.key
    )
    body = (
        f"DECLARE\n    caught bigint := 0;\n    found bigint;\n{flags}BEGIN\n    LOOP\n"
        + indented("\n".join(unloads + loads), 8)
        + f"\n        EXIT WHEN NOT ({' OR '.join(left)});\n    END LOOP;\n    RETURN caught;\nEND"
    )
    return (
        f"CREATE FUNCTION {book}.catch_up() RETURNS bigint\n"
        f"LANGUAGE plpgsql SET search_path = pg_catalog\nAS {dollar(body)};"
    )
