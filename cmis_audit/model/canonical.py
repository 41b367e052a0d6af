"""The one form of a catalog that does not move while the structure stays, and its fingerprint."""

import hashlib

import msgspec

from cmis_audit.model.catalog import Catalog, Index, Table


def fingerprint(catalog: Catalog) -> str:
    """Return the SHA-256, in hex, of the catalog's structure.

    Left out is what changes while the structure stays, or depends on who reads when: statistics,
    last values of sequences, the moment, the role and what it could not see, the server's version.
    """
    return hashlib.sha256(canonical_json(structure(catalog))).hexdigest()


def structure(catalog: Catalog) -> Catalog:
    """Return the catalog with nothing but its structure."""
    replace = msgspec.structs.replace
    return replace(
        catalog,
        server_version="",
        server_version_number=0,
        read_at="",
        role="",
        skipped=(),
        schemas=tuple(replace(schema, usable=True) for schema in catalog.schemas),
        tables=tuple(
            replace(table, statistics=None, indexes=_written(table)) for table in catalog.tables
        ),
        sequences=tuple(replace(sequence, last_value=None) for sequence in catalog.sequences),
    )


def _written(table: Table) -> tuple[Index, ...]:
    """Return the indexes of a table with their statements, which most leave to their fields."""
    replace = msgspec.structs.replace
    return tuple(replace(index, definition=index.on(table.ref)) for index in table.indexes)


def canonical_json(value: object) -> bytes:
    """Return a value as JSON that is the same on every machine: fields in order of declaration."""
    return msgspec.json.encode(value)
