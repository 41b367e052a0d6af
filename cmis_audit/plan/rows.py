"""A member's rows on their way into the target and back."""

from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import quoted
from cmis_audit.plan.design import Design, MemberDesign
from cmis_audit.plan.sqltext import indented

_WITHOUT_EQUALITY = frozenset({"json", "xml", "point", "polygon"})


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


def rows_named(design: Design, member: MemberDesign) -> str:
    """Return the FROM clause of the member's rows that the work table names, as `s`."""
    if not member.key:
        return f"FROM {member.table.ref} s"
    using = quoted(member.key)
    return f"FROM {member.table.ref} s\nJOIN {design.schema}.work_{member.number} w USING ({using})"


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
    # What the member does not have stays empty, whatever default others have for it.
    given = {name for name, _ in filled} | set(design.primary_key)
    filled += [
        (column.name, "NULL")
        for column in design.columns
        if column.default is not None and column.name not in given
    ]
    names = quoted(name for name, _ in filled)
    values = ",\n    ".join(forward for _, forward in filled)
    return f"{before}INSERT INTO {design.target} ({names})\nSELECT\n    {values}\n{rows};"
