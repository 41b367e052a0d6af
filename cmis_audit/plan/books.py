"""The tables of a plan's books that belong to one member, and what notes its writes."""

from collections.abc import Iterator

from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import quoted
from cmis_audit.plan.design import Design, MemberDesign
from cmis_audit.plan.sqltext import dollar


def tables(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield the statements that make a member's own books."""
    book, number = design.schema, member.number
    keys = [(name, key_type(member, name)) for name in member.key]
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


def met_table(design: Design, member: MemberDesign) -> str | None:
    """Return the statement for the table of rows whose key stands in the target already."""
    if not design.sharers(member) or not member.key:
        return None
    keys = ",\n    ".join(f"{quote_ident(k)} {key_type(member, k)} NOT NULL" for k in member.key)
    return (
        f"CREATE TABLE {design.schema}.met_{member.number} (\n    {keys},\n"
        "    places_ bigint NOT NULL,\n    place_ tid NOT NULL,\n    differing_ text NOT NULL\n);"
    )


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


def reason_column(member: MemberDesign) -> str:
    """Return the name, quoted, of the column in which a reject's reason stands."""
    name = "reject_reason"
    while name in member.names:
        name += "_"
    return quote_ident(name)


def key_type(member: MemberDesign, name: str) -> str:
    return member.of(name).column.type
