"""A repeated schema in one sentence, for every format that has room for no more."""

from cmis_audit.model.schema_copy import SchemaCopies, SchemaCopy, SchemaKind, TablePair
from cmis_audit.render.units import counted


def compared(copy: SchemaCopy) -> list[TablePair]:
    """Return the pairs that are one table: of tenants all, else those that are in a cluster."""
    return [pair for pair in copy.pairs if pair.cluster or copy.kind is SchemaKind.TENANT]


def repeats(copies: SchemaCopies, copy: SchemaCopy) -> str:
    """Return `app_v2 repeats 51 of the 71 tables of app`."""
    of_all = f"{copy.repeated:,} of the {counted(copies.tables, 'table')}"
    return f"{copy.schema} repeats {of_all} of {copies.source}"


def drift(copies: SchemaCopies, copy: SchemaCopy) -> str:
    """Return in which the two differ, `none` where they do not."""
    pairs = compared(copy)
    said = [
        f"{counted(count, noun)} {what}"
        for count, noun, what in (
            (len(copy.only_in_source), "table", f"only in {copies.source}"),
            (len(copy.only_in_copy), "table", f"only in {copy.schema}"),
            (
                sum(pair.columns_differ for pair in pairs),
                "table",
                "with columns in one of them only",
            ),
            (
                sum(bool(pair.changed) for pair in pairs),
                "table",
                "with columns renamed or of another type",
            ),
            (sum(pair.keys_differ for pair in pairs), "table", "with other keys"),
            (len(copy.pairs) - len(pairs), "table", "with nothing but the name in common"),
        )
        if count
    ]
    return ", ".join(said) or "none"
