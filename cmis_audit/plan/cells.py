"""Measurements of any shape as cells: a metric's name and one value; and back into rows."""

from cmis_audit.model.catalog import Column, Table
from cmis_audit.model.cluster import Member
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal
from cmis_audit.model.traits import MetricShape
from cmis_audit.plan.design import Cells, Long

_LONGEST_NUMBER = "^-?[0-9]{1,30}([.][0-9]{1,30})?$"
_FLOATS = frozenset({"real", "double precision"})
_PASSING = frozenset({"created", "updated", "deleted", "modified", "inserted", "expires"})
_TIMES = ("timestamp", "date")


def cells_of(table: Table, member: Member, long: Long) -> Cells | None:
    """Return how the member's rows become cells, or None where its shape is not known."""
    columns = {column.name: column for column in table.columns}
    measures = [columns[name] for name in member.measures if name in columns]
    if not measures:
        return None
    if member.shape in {MetricShape.NAME_VALUE, MetricShape.TARGET} and member.naming:
        return _named(table, columns[member.naming], measures[0], long)
    if member.shape == MetricShape.JSON:
        return _document(measures[0], long) if measures[0].type == "jsonb" else None
    if member.shape == MetricShape.WIDE:
        documents = [each for each in table.columns if each.type == "jsonb"]
        return _wide([*measures, *documents], long)
    if member.shape == MetricShape.SINGLE:
        return _wide(measures, long)
    return None


def measured_at(table: Table, timezone: str) -> tuple[str, str | None]:
    """Return when a row was measured, as SQL over `s`, and the column that says so."""
    times = [column for column in table.columns if column.type.startswith(_TIMES)]
    chosen = next((c for c in times if not _PASSING & set(c.name.lower().split("_"))), None)
    chosen = chosen or next((c for c in times if "created" in c.name.lower()), None)
    if chosen is None:
        return "CAST('-infinity' AS timestamp with time zone)", None
    value = f"s.{quote_ident(chosen.name)}"
    if chosen.type == "date":
        value = f"CAST({value} AS timestamp without time zone)"
    if not chosen.type.endswith("with time zone") or "without" in chosen.type:
        value = f"({value} AT TIME ZONE {literal(timezone)})"
    return f"coalesce({value}, '-infinity')", chosen.name


def _row(name: str, number: str = "", words: str = "", document: str = "") -> str:
    return ", ".join(
        (
            name,
            number or "CAST(NULL AS numeric)",
            words or "CAST(NULL AS text)",
            document or "CAST(NULL AS jsonb)",
        )
    )


_LABELS = "v (metric_, number_, words_, document_)"


def _number(column: Column, alias: str = "s.") -> str:
    name = f"{alias}{quote_ident(column.name)}"
    # The shortest text of a double gives the double back; its cast to numeric has 15 digits.
    if column.type in _FLOATS:
        return f"CAST(CAST({name} AS text) AS numeric)"
    return f"CAST({name} AS numeric)"


def _picked(value: str, metric: str, kind: str) -> str:
    return f"CAST((array_agg({value}) FILTER (WHERE d.name = {literal(metric)}))[1] AS {kind})"


def _wide(columns: list[Column], long: Long) -> Cells:
    values, back = [], []
    for column in columns:
        name = f"s.{quote_ident(column.name)}"
        if column.type == "jsonb":
            values.append(f"({_row(literal(column.name), document=name)})")
            picked = _picked(f"t.{quote_ident(long.document)}", column.name, "jsonb")
        else:
            values.append(f"({_row(literal(column.name), number=_number(column))})")
            picked = _picked(f"t.{quote_ident(long.number)}", column.name, column.type)
        back.append((column.name, picked))
    listed = ",\n    ".join(values)
    any_value = ", ".join(f"s.{quote_ident(column.name)}" for column in columns)
    query = (
        f"SELECT v.* FROM (VALUES\n    {listed}) {_LABELS}\n"
        "WHERE num_nonnulls(v.number_, v.words_, v.document_) > 0\n"
        f"UNION ALL SELECT {_row('CAST(NULL AS text)')} WHERE num_nonnulls({any_value}) = 0"
    )
    floats = [column for column in columns if column.type in _FLOATS]
    return Cells(query=query, back=tuple(back), exact=not floats, check=_float_check(floats))


def _float_check(columns: list[Column]) -> str:
    """Return the condition that no value is lost in a numeric: an infinity before 14 is."""
    return " AND ".join(
        # As text: the number is equal to 0.
        f"(s.{quote_ident(c.name)} IS NULL OR CAST(s.{quote_ident(c.name)} AS text) NOT IN "
        f"('Infinity', '-Infinity', '-0'))"
        for c in columns
    )


def _named(table: Table, naming: Column, value: Column, long: Long) -> Cells:
    """Return the cells of a table that has one a row."""
    name = f"CAST(s.{quote_ident(naming.name)} AS text)"
    query = f"SELECT {_row(name, number=_number(value))}"
    picked = f"CAST((array_agg(t.{quote_ident(long.number)}))[1] AS {value.type})"
    back = [(value.name, picked)]
    keys = (*((table.primary_key,) if table.primary_key else ()), *table.uniques)
    if all(naming.name not in key.columns for key in keys):
        back.insert(0, (naming.name, f"CAST((array_agg(d.name))[1] AS {naming.type})"))
    floats = [value] if value.type in _FLOATS else []
    return Cells(
        query=f"SELECT v.* FROM ({query}) {_LABELS}",
        back=tuple(back),
        exact=not floats,
        check=_float_check(floats),
    )


def _document(column: Column, long: Long) -> Cells:
    """Return the cells of a document: numbers become numbers, strings text, the rest stays."""
    name = f"s.{quote_ident(column.name)}"
    string = "e.value #>> '{}'"
    query = (
        "SELECT e.key AS metric_,\n"
        "    CASE WHEN jsonb_typeof(e.value) = 'number' THEN CAST(e.value AS numeric)\n"
        "         WHEN jsonb_typeof(e.value) = 'string' "
        f"AND {string} ~ {literal(_LONGEST_NUMBER)}\n"
        f"         THEN CAST({string} AS numeric) END AS number_,\n"
        f"    CASE WHEN jsonb_typeof(e.value) = 'string' THEN {string} END AS words_,\n"
        "    CASE WHEN jsonb_typeof(e.value) NOT IN ('number', 'string') THEN e.value END\n"
        "        AS document_\n"
        f"FROM jsonb_each(CASE WHEN jsonb_typeof({name}) = 'object' THEN {name} END) e\n"
        f"UNION ALL SELECT {_row('CAST(NULL AS text)', document=name)}\n"
        f"WHERE jsonb_typeof({name}) IS DISTINCT FROM 'object' OR {name} = '{{}}'"
    )
    document, words, number = (
        f"t.{quote_ident(each)}" for each in (long.document, long.words, long.number)
    )
    value = f"coalesce({document}, to_jsonb({words}), to_jsonb({number}))"
    back = (
        "CASE WHEN bool_and(d.name IS NULL) "
        f"THEN (array_agg({document}))[1] ELSE jsonb_object_agg(coalesce(d.name, ''), {value}) END"
    )
    return Cells(query=query, back=((column.name, back),), exact=True, check="")
