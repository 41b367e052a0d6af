"""The table register, held against the catalog."""

from collections import defaultdict
from collections.abc import Iterator

from cmis_audit.history.notices import CONTESTED, MISSING_TABLE, MISSING_TWIN, notice
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.decisions import Registered, is_table
from cmis_audit.model.finding import Finding


def register_notices(
    register: tuple[Registered, ...], catalog: Catalog
) -> Iterator[tuple[Registered, Finding]]:
    """Yield what of the register does not fit the catalog, or itself, with the entry to mend."""
    tables = {str(table.ref): table.ref for table in catalog.tables}
    views = {str(view.ref) for view in catalog.views}
    claims: dict[str, list[Registered]] = defaultdict(list)
    for one in sorted(register):
        told = f"owner {one.owner or 'unknown'}, purpose {one.purpose or 'unknown'}"
        if one.name not in tables:
            why = "is a view" if one.name in views else "is not among the tables that were read"
            message = f"{one.name} is registered, but {why}"
            yield one, notice(MISSING_TABLE, (one.name,), message, told)
        for claim in one.canonical_for:
            claims[claim].append(one)
            if is_table(claim) and claim not in tables:
                message = f"{one.name} is canonical for {claim}, which was not read"
                subjects = [tables[one.name]] if one.name in tables else []
                yield one, notice(MISSING_TWIN, (one.name, claim), message, told, subjects)
    by_name = {one.name: one for one in register}
    for claim, claimants in sorted(claims.items()):
        names = [one.name for one in claimants]
        subjects = [tables[name] for name in names if name in tables]
        if len(names) > 1:
            message = f"{' and '.join(names)} are both canonical for {claim}"
            found = notice(CONTESTED, (claim, *names), message, "the register", subjects)
            yield claimants[-1], found
        other = by_name.get(claim)
        for name in names:
            if other is not None and name in other.canonical_for and name < claim:
                message = f"{name} and {claim} are canonical for each other"
                found = notice(CONTESTED, (name, claim), message, "the register", subjects)
                yield other, found
