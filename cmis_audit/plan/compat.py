"""Views that bear the old names and give and take the old rows."""

from collections.abc import Iterator

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan.design import Design, MemberDesign
from cmis_audit.plan.expressions import rewrite
from cmis_audit.plan.keys import generator
from cmis_audit.plan.rows import holders, insert_into, reverse_select
from cmis_audit.plan.sqltext import COLUMNS_FIRST, dollar, indented
from cmis_audit.plan.stand_in import comments
from cmis_audit.plan.taken import beside_rejects, taken_keys

SECURITY_INVOKER = 150000


def view(design: Design, member: MemberDesign, catalog: Catalog) -> Iterator[str]:
    """Yield the statements that make the view, once the table has been renamed away."""
    ref = member.table.ref
    options = " WITH (security_invoker = true)" if design.row_security else ""
    yield f"CREATE VIEW {ref}{options} AS\n{reverse_select(design, member)};"
    for column in member.table.columns:
        default = column.default
        if column.identity:
            default = generator(member.table, column.name, catalog)
        if default is not None:
            name = quote_ident(column.name)
            yield f"ALTER VIEW {ref} ALTER COLUMN {name} SET DEFAULT {default};"
    yield from comments(member.table)
    number = member.number
    yield (
        f"CREATE TRIGGER cmis_audit_write_{number}\n"
        f"INSTEAD OF INSERT OR UPDATE OR DELETE ON {ref}\n"
        f"FOR EACH ROW EXECUTE FUNCTION {design.schema}.write_{number}();"
    )
    if member.table.owner:
        yield f"ALTER VIEW {ref} OWNER TO {quote_ident(member.table.owner)};"
    yield (
        f"SELECT {design.schema}.copy_rights({literal(str(member.moved_to))}::regclass, "
        f"{literal(str(ref))}::regclass);"
    )


def write_function(design: Design, member: MemberDesign) -> str:
    """Return the function behind the view's INSTEAD OF trigger."""
    book, number = design.schema, member.number
    # Under row security the writer's own policies have to judge; else the view's grants do.
    security = "" if design.row_security else " SECURITY DEFINER"
    body = "\n".join(
        (
            COLUMNS_FIRST,
            "BEGIN",
            "    IF TG_OP = 'INSERT' THEN",
            indented(_insert(design, member), 8),
            "    ELSIF TG_OP = 'UPDATE' THEN",
            indented(_update(design, member), 8),
            "    END IF;",
            indented(_delete(design, member)),
            "END",
        )
    )
    return (
        f"CREATE FUNCTION {book}.write_{number}() RETURNS trigger\n"
        f"LANGUAGE plpgsql{security} SET search_path = pg_catalog, pg_temp\nAS {dollar(body)};"
    )


def _guards(design: Design, member: MemberDesign) -> str:
    """Return what refuses a new row that the target could not give back."""
    found = []
    for mapped in member.mapped:
        if not mapped.exact:
            again = mapped.back.replace("{}", f"({mapped.forward})")
            own = f"s.{quote_ident(mapped.column.name)}"
            message = literal(
                f"{mapped.column.name}: the value does not survive in {design.target}"
            )
            found.append(
                f"IF (SELECT CAST({again} AS text) IS DISTINCT FROM CAST({own} AS text)\n"
                "    FROM (SELECT NEW.*) s) THEN\n"
                f"    RAISE check_violation USING MESSAGE = {message};\nEND IF;\n"
            )
    if member.cells and member.cells.check:
        message = literal(f"a value has no place among the numbers of {design.target}")
        found.append(
            f"IF (SELECT NOT ({member.cells.check}) FROM (SELECT NEW.*) s) THEN\n"
            f"    RAISE check_violation USING MESSAGE = {message};\nEND IF;\n"
        )
    for column in member.table.columns:
        if column.generated is not None:
            columns = {name: "s." + quote_ident(name) for name in member.names}
            expression = rewrite(column.generated, member.table.ref.name, columns)
            name = quote_ident(column.name)
            found.insert(0, f"NEW.{name} := (SELECT {expression} FROM (SELECT NEW.*) s);\n")
    return "".join(found)


def _insert(design: Design, member: MemberDesign) -> str:
    if member.cells is None:
        written = insert_into(design, member, "FROM (SELECT NEW.*) s")
    else:
        written = taken_keys(design, member) + _cells_of_new(design, member)
    return f"{_guards(design, member)}{beside_rejects(design, member)}{written}\nRETURN NEW;"


def _cells_of_new(design: Design, member: MemberDesign) -> str:
    return insert_into(
        design, member, "FROM (SELECT NEW.*, gen_random_uuid() AS observed_ OFFSET 0) s"
    )


def _where(design: Design, member: MemberDesign, rejects: bool = False) -> str:  # noqa: FBT001, FBT002
    """Return the condition that finds the old row."""
    if member.cells is not None and not rejects:
        return _observation(design, member)
    if member.key:
        if rejects:
            return " AND ".join(
                f"t.{quote_ident(name)} = OLD.{quote_ident(name)}" for name in member.key
            )
        return " AND ".join(
            f"t.{quote_ident(mapped.target)} = {mapped.forward}" for mapped in member.keyed
        )
    if rejects:
        same = _same_as_old(member.names)
    else:
        same = " AND ".join(
            f"CAST({mapped.back_of('t.')} AS text) "
            f"IS NOT DISTINCT FROM CAST(OLD.{quote_ident(mapped.column.name)} AS text)"
            for mapped in member.mapped
        )
    table = f"{design.schema}.rejects_{member.number}" if rejects else design.target
    own = "" if rejects else f" AND {design.rows_of(member)}"
    return f"t.ctid = (SELECT t.ctid FROM {table} t WHERE {same}{own} LIMIT 1)"


def _same_as_old(names: tuple[str, ...]) -> str:
    return " AND ".join(
        f"CAST(t.{quote_ident(name)} AS text) "
        f"IS NOT DISTINCT FROM CAST(OLD.{quote_ident(name)} AS text)"
        for name in names
    )


def _observation(design: Design, member: MemberDesign) -> str:
    """Return the condition that finds the cells of the old row."""
    observation = quote_ident(design.long.observation if design.long else "")
    if member.key:
        return " AND ".join(
            f"t.{quote_ident(mapped.target)} = {mapped.forward}" for mapped in member.keyed
        )
    query = reverse_select(design, member, observed=True)
    return (
        f"t.{observation} = (SELECT t.observed_ FROM (\n{indented(query)}\n) t\n"
        f"    WHERE {_same_as_old(member.names)} LIMIT 1)"
    )


def _update(design: Design, member: MemberDesign) -> str:
    if member.cells is not None:
        return _update_cells(design, member)
    settings = ",\n    ".join(
        f"{quote_ident(name)} = n.{quote_ident(name)}" for name, _ in member.forwards()
    )
    values = ",\n    ".join(
        f"{forward} AS {quote_ident(name)}" for name, forward in member.forwards()
    )
    where = _where(design, member)
    text = (
        f"{_guards(design, member)}{beside_rejects(design, member, moving=True)}"
        f"UPDATE {design.target} t SET\n    {settings}\n"
        f"FROM (SELECT\n    {values}\n    FROM (SELECT NEW.*) s) n, (SELECT OLD.*) s\n"
        f"WHERE {where}\n  AND {design.rows_of(member)};\n"
        "IF FOUND THEN RETURN NEW; END IF;\n"
    )
    return text + _update_reject(design, member) + "RETURN NULL;"


def _update_cells(design: Design, member: MemberDesign) -> str:
    """Return what takes the old row's cells out and brings the new row's in."""
    return (
        f"{_guards(design, member)}{beside_rejects(design, member, moving=True)}"
        f"DELETE FROM {design.target} t USING (SELECT OLD.*) s\n"
        f"WHERE {_where(design, member)}\n  AND {design.rows_of(member)};\n"
        f"IF FOUND THEN\n{indented(taken_keys(design, member))}"
        f"{indented(_cells_of_new(design, member))}\n    RETURN NEW;\nEND IF;\n"
        f"{_update_reject(design, member)}RETURN NULL;"
    )


def _update_reject(design: Design, member: MemberDesign) -> str:
    if not member.rejects:
        return ""
    own, new = quoted(member.names), quoted(member.names, "NEW.")
    return (
        f"{taken_keys(design, member)}"
        f"UPDATE {design.schema}.rejects_{member.number} t SET ({own}) = ROW({new})\n"
        f"WHERE {_where(design, member, rejects=True)};\n"
        "IF FOUND THEN RETURN NEW; END IF;\n"
    )


def _delete(design: Design, member: MemberDesign) -> str:
    where, source = _where(design, member), design.source_sql
    merged = bool(design.sharers(member))
    also = quote_ident(design.also or "")
    alone = f" AND t.{also} IS NULL" if design.also else ""
    text = (
        f"DELETE FROM {design.target} t USING (SELECT OLD.*) s\n"
        f"WHERE {where}\n  AND t.{source} = {member.label_sql}{alone};\n"
        "IF FOUND THEN RETURN OLD; END IF;\n"
    )
    if merged:
        label = member.label_sql
        left = f"array_remove(t.{also} || t.{source}, {label})"
        settings = [
            f"{source} = CASE WHEN t.{source} = {label} THEN t.{also}[1] ELSE t.{source} END",
            f"{also} = nullif(CASE WHEN t.{source} = {label} THEN t.{also}[2:]\n"
            f"        ELSE array_remove(t.{also}, {label}) END, '{{}}')",
            *_emptied(design, member, left),
        ]
        joined = ",\n    ".join(settings)
        text += (
            "-- The row stays for the others that it stands for.\n"
            f"UPDATE {design.target} t SET\n    {joined}\nFROM (SELECT OLD.*) s\n"
            f"WHERE {where}\n  AND {design.rows_of(member)};\n"
            "IF FOUND THEN RETURN OLD; END IF;\n"
        )
    if member.rejects:
        text += (
            f"DELETE FROM {design.schema}.rejects_{member.number} t\n"
            f"WHERE {_where(design, member, rejects=True)};\n"
            "IF FOUND THEN RETURN OLD; END IF;\n"
        )
    return text + "RETURN NULL;"


def _emptied(design: Design, member: MemberDesign, left: str) -> Iterator[str]:
    for target, _ in member.forwards():
        others = [each for each in holders(design, target) if each != member]
        if target in design.primary_key or len(others) == len(design.members) - 1:
            continue
        name = quote_ident(target)
        if not others:
            yield f"{name} = NULL"
        else:
            labels = "ARRAY[" + ", ".join(each.label_sql for each in others) + "]"
            yield f"{name} = CASE WHEN {left} && {labels} THEN t.{name} END"
