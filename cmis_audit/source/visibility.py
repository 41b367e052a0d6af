"""What the role cannot see, from comparing pg_catalog, information_schema and privileges."""

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import quote_ident
from cmis_audit.model.visibility import HelpfulGrant, SchemaVisibility, Visibility
from cmis_audit.source.row_index import Rows
from cmis_audit.source.rows import Session, session_of


def visibility_from_rows(rows: Rows) -> Visibility:
    """Return the cross-check; without the rows of visible_columns, columns count as 0."""
    session = session_of(rows)
    schemas = _schemas(rows, superuser=session.superuser)
    return Visibility(
        database=session.database,
        server=f"PostgreSQL {session.server_version.split()[0]}",
        role=session.role,
        superuser=session.superuser,
        memberships=tuple(session.memberships),
        tracks_activity=session.tracks_activity,
        schemas=schemas,
        hidden=_hidden(session, schemas),
        grants=() if session.superuser else _grants(session.role, schemas),
    )


def _schemas(rows: Rows, *, superuser: bool) -> tuple[SchemaVisibility, ...]:
    columns = {row[0]: (row[1], row[2]) for row in rows.get("visible_columns", ())}
    found = []
    for name, usable, relations, listed, tables, selectable, row_secured in rows["visibility"]:
        there, seen = columns.get(name, (0, 0))
        found.append(
            SchemaVisibility(
                name=name,
                usable=usable,
                relations=relations,
                relations_listed=listed,
                columns=there,
                columns_listed=there if superuser else seen,
                tables=tables,
                tables_selectable=selectable,
                tables_row_secured=row_secured,
            )
        )
    return tuple(sorted(found, key=lambda schema: schema.name))


def _hidden(session: Session, schemas: tuple[SchemaVisibility, ...]) -> tuple[Skipped, ...]:
    role = f"role {quote_ident(session.role)}"
    found = []
    for schema in schemas:
        name = quote_ident(schema.name)
        unread = schema.tables - schema.tables_selectable
        if unread:
            found.append(
                Skipped(
                    what=f"column statistics of {_tables(unread)} in schema {name}",
                    why=f"{role} has no SELECT there",
                )
            )
        if schema.tables_row_secured:
            found.append(
                Skipped(
                    what=f"column statistics of {_tables(schema.tables_row_secured)} "
                    f"in schema {name}",
                    why=f"row security applies to {role} there",
                )
            )
    if not session.tracks_activity:
        found.append(
            Skipped(what="how much tables are used", why="track_counts is off on the server")
        )
    return tuple(sorted(found))


def _grants(role: str, schemas: tuple[SchemaVisibility, ...]) -> tuple[HelpfulGrant, ...]:
    """Return what to grant, least first: rows of one schema, not of the whole server.

    The counters of pg_stat_user_tables and the structure are open to all, so neither
    pg_read_all_stats nor more than CONNECT is asked for them.
    """
    to = quote_ident(role)
    found = []
    for schema in schemas:
        name = quote_ident(schema.name)
        if not schema.usable and schema.tables:
            found.append(
                HelpfulGrant(
                    statement=f"GRANT USAGE ON SCHEMA {name} TO {to};",
                    gains=f"names in schema {name} may be used, as reading its tables needs",
                )
            )
        unread = schema.tables - schema.tables_selectable
        if unread:
            found.append(
                HelpfulGrant(
                    statement=f"GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {to};",
                    gains=f"column statistics of {_tables(unread)} in schema {name}",
                )
            )
    if any(schema.tables_row_secured for schema in schemas):
        found.append(
            HelpfulGrant(
                statement=f"ALTER ROLE {to} BYPASSRLS;",
                gains="column statistics of tables with row security",
            )
        )
    return tuple(found)


def _tables(count: int) -> str:
    return "1 table" if count == 1 else f"{count} tables"
