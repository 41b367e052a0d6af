"""Is each tenant kept to its rows? One piece of SQL, for psql and for the frameworks' own tests."""

from collections.abc import Iterator

from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import WrittenFile
from cmis_audit.model.sqltext import dollar_quoted, literal
from cmis_audit.render.frameworks.models import Model
from cmis_audit.render.frameworks.templates import filled


def tried(models: tuple[Model, ...]) -> tuple[Model, ...]:
    """Return the models of tables whose rows the server itself keeps apart."""
    return tuple(model for model in models if model.scope and model.scope.secured)


def body(model: Model) -> str:
    """Return what follows DO: it raises an error unless two tenants are kept apart."""
    scope = model.scope
    if scope is None:
        raise ValueError(f"{model.name} has no tenants")
    types = {each.column.name: each.column.type for each in model.columns}
    tenant, tenant_type = quote_ident(scope.column), types[scope.column]
    columns = [quote_ident(name) for name in types]
    return dollar_quoted(
        filled(
            "tenant-isolation.sql.j2",
            target=model.target.ref,
            target_text=literal(str(model.target.ref)),
            tenant=tenant,
            tenant_type=tenant_type,
            columns=", ".join(columns),
            values=", ".join(
                f"other::{tenant_type}" if name == tenant else name for name in columns
            ),
            source=quote_ident(model.target.source_column),
            labels=", ".join(map(literal, scope.secured)),
            settings=[literal(name) for name in scope.settings],
        )
    )


def role(model: Model) -> str:
    """Return who is bound by row security, as far as the catalog says; nobody where it does not."""
    return next(iter(model.scope.roles), "") if model.scope else ""


def files(models: tuple[Model, ...]) -> Iterator[WrittenFile]:
    """Yield a script for psql for each table."""
    for model in tried(models):
        name = "tenant-isolation.sql"
        yield WrittenFile(
            path=f"{model.cluster.folder}/{name}",
            to="nowhere: psql runs it",
            what="test",
            text=filled(
                "tenant-isolation-file.sql.j2",
                target=str(model.target.ref),
                role="'" + role(model).replace("\\", "\\\\").replace("'", "''") + "'",
                body=body(model),
            ),
        )
