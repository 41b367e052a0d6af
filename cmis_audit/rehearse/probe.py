"""Which values the checks of a table and the domains of its columns take: the server is asked."""

import re
from collections.abc import Iterator

from cmis_audit.model.catalog import Check, Column, Table
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import dollar_quoted, literal
from cmis_audit.rehearse.ports import Session, asked, done
from cmis_audit.rehearse.values import Values

_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w.'])")
_ENDING = re.compile(r"(?: NO INHERIT| NOT VALID| NOT ENFORCED)+\Z")
LONGEST = 400


def condition(check: Check) -> str:
    """Return the expression of a check, in parentheses."""
    return _ENDING.sub("", check.definition.removeprefix("CHECK "))


def hints(column: Column, table: Table, domain_checks: tuple[str, ...]) -> tuple[str, ...]:
    """Return values that the checks on a column speak of, and those just beside them."""
    texts = [condition(each) for each in table.checks if column.name in each.columns]
    texts += domain_checks
    found: dict[str, None] = {}
    for text in texts:
        for match in _LITERAL.finditer(text):
            found.setdefault(match[1].replace("''", "'"))
        for match in _NUMBER.finditer(text):
            number = match[0]
            found.setdefault(number)
            if number.isdigit() and int(number) <= LONGEST:
                near = int(number)
                if near == 0:
                    continue
                found |= dict.fromkeys((str(near + 1), str(near - 1), "A" * near, "a" * near))
                found |= dict.fromkeys(("1" * near, "0" * near))
    return tuple(found)


def takes(
    session: Session, table: Table, values: Values, offered: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return of the offered values of each column those that it takes, in their order.

    Checks over several columns are not asked: they depend on the row.
    """
    columns = [column for column in table.columns if column.name in offered]
    if not columns:
        return {}
    arms = "\n".join(_arm(number, column, table) for number, column in enumerate(columns))
    body = f"""\
BEGIN
    CASE number
{arms}
    END CASE;
EXCEPTION WHEN others THEN
    RETURN false;
END"""
    done(
        session,
        "CREATE OR REPLACE FUNCTION pg_temp.probe(number integer, given text) RETURNS boolean "
        f"LANGUAGE plpgsql AS {dollar_quoted(body)}",
    )
    rows = [
        f"({number}, {place}, {literal(value)})"
        for number, column in enumerate(columns)
        for place, value in enumerate(offered[column.name])
    ]
    if not rows:
        return {column.name: () for column in columns}
    taken = {
        (int(number or 0), int(place or 0))
        for number, place in asked(
            session,
            "SELECT v.number, v.place FROM (VALUES " + ", ".join(rows) + ") "
            "v (number, place, given) WHERE pg_temp.probe(v.number, v.given)",
        )
    }
    return {
        column.name: tuple(
            value for place, value in enumerate(offered[column.name]) if (number, place) in taken
        )
        for number, column in enumerate(columns)
    }


def _arm(number: int, column: Column, table: Table) -> str:
    name = quote_ident(column.name)
    checks = " AND ".join(_own(table, column)) or "true"
    return (
        # Performed by itself: a cast that nothing asks for is not made.
        f"    WHEN {number} THEN PERFORM CAST(given AS {column.type}); "
        f"RETURN (SELECT ({checks}) IS NOT FALSE "
        f"FROM (SELECT CAST(given AS {column.type}) AS {name}) {quote_ident(table.ref.name)});"
    )


def _own(table: Table, column: Column) -> Iterator[str]:
    for check in table.checks:
        if check.columns == (column.name,):
            yield condition(check)
