"""The routines that bring a member's rows into the target, take them out and bring them again.

Rows are named by the member's key in a work table: the backfill puts the next batch there, the
catch-up what was written meanwhile. A member without a key is brought in whole.
"""

from collections.abc import Iterator

from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import quoted
from cmis_audit.plan.design import Design, MemberDesign
from cmis_audit.plan.meeting import inexact, meet, reject_inexact
from cmis_audit.plan.rows import holders, insert_into, rows_named, stands_for
from cmis_audit.plan.sqltext import COLUMNS_FIRST, dollar, indented


def load(design: Design, member: MemberDesign) -> str:
    """Return the function that brings the rows named in the work table into the target."""
    book, number = design.schema, member.number
    parts = []
    if member.rejects:
        parts += [*reject_inexact(design, member), *meet(design, member)]
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


def _insert(design: Design, member: MemberDesign) -> str:
    rows = rows_named(design, member)
    checks = inexact(member)
    if checks and not member.key:
        # No work table says which rows are left.
        rows += f"\nWHERE NOT ({' OR '.join(check for check, _ in checks)})"
    if member.cells is None:
        return insert_into(design, member, rows)
    own = f"(SELECT s.*, gen_random_uuid() AS observed_\n{indented(rows)}) s"
    return insert_into(design, member, f"FROM {own}")


def _function(name: str, parts: list[str]) -> str:
    body = f"{COLUMNS_FIRST}\nBEGIN\n" + indented("\n\n".join(parts)) + "\nEND"
    return (
        f"CREATE FUNCTION {name} RETURNS void\n"
        f"LANGUAGE plpgsql SET search_path = pg_catalog\nAS {dollar(body)};"
    )


def _matches(design: Design, member: MemberDesign) -> str:
    """Return the rest of a condition: the target row is that of the work table's key, as `s`."""
    return "".join(
        f"\n  AND t.{quote_ident(mapped.target)} = {mapped.forward}" for mapped in member.keyed
    )


def _partners(design: Design, member: MemberDesign) -> list[MemberDesign]:
    """Return the other members whose rows may have been merged into the member's."""
    numbers = {number for unique in design.sharers(member) for number in unique.declared}
    return [each for each in design.members if each.number in numbers - {member.number}]


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


def backfill(design: Design, member: MemberDesign) -> str:
    """Return the procedure that fills the target from one member, a batch a transaction."""
    book, number = design.schema, member.number
    lock = f"LOCK TABLE {design.target} IN SHARE ROW EXCLUSIVE MODE;"
    if not member.key:
        body = f"""\
{COLUMNS_FIRST}
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
        values = ", ".join(f"(last_.{quote_ident(k)})" for k in member.key)
        descending = ", ".join(f"w.{quote_ident(k)} DESC" for k in member.key)
        settings = ", ".join(f"{quote_ident(k)} = latest.{quote_ident(k)}" for k in member.key)
        body = f"""\
{COLUMNS_FIRST}
DECLARE
    last_ {book}.progress_{number};
BEGIN
    LOOP
        {lock}
        SELECT * INTO STRICT last_ FROM {book}.progress_{number};
        EXIT WHEN last_.finished_;
        TRUNCATE {book}.work_{number};
        IF last_.started_ THEN
            INSERT INTO {book}.work_{number} ({keys})
            SELECT {s_keys} FROM {member.table.ref} s
            WHERE ({s_keys}) > ({values})
            ORDER BY {s_keys} LIMIT batch_;
        ELSE
            INSERT INTO {book}.work_{number} ({keys})
            SELECT {s_keys} FROM {member.table.ref} s
            ORDER BY {s_keys} LIMIT batch_;
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
        f"CREATE PROCEDURE {book}.backfill_{number}(batch_ integer)\n"
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
touched_{number}_ := EXISTS (SELECT FROM {book}.changes_{number});
DELETE FROM {book}.changes_{number};
IF touched_{number}_ THEN
    PERFORM {book}.unload_{number}();
    caught_ := caught_ + 1;
END IF;""")
            loads.append(f"""\
IF touched_{number}_ THEN
    PERFORM {book}.load_{number}();
END IF;""")
            continue
        keys = quoted(member.key)
        back = ", ".join(mapped.back_of("t.") for mapped in member.keyed)
        rejected = (
            f"\n    UNION SELECT {keys} FROM {book}.rejects_{number}" if member.rejects else ""
        )
        unloads.append(f"""\
TRUNCATE {book}.work_{number};
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
GET DIAGNOSTICS found_ = ROW_COUNT;
caught_ := caught_ + found_;
PERFORM {book}.unload_{number}();""")
        loads.append(f"PERFORM {book}.load_{number}();")
    flags = "".join(
        f"    touched_{member.number}_ boolean;\n" for member in design.members if not member.key
    )
    body = (
        f"{COLUMNS_FIRST}\nDECLARE\n    caught_ bigint := 0;\n    found_ bigint;\n"
        f"{flags}BEGIN\n    LOOP\n"
        + indented("\n".join(unloads + loads), 8)
        + f"\n        EXIT WHEN NOT ({' OR '.join(left)});\n    END LOOP;\n    RETURN caught_;\nEND"
    )
    return (
        f"CREATE FUNCTION {book}.catch_up() RETURNS bigint\n"
        f"LANGUAGE plpgsql SET search_path = pg_catalog\nAS {dollar(body)};"
    )
