"""What to do about groups that get no plan: names that mislead, and views that hide tables."""

from collections.abc import Iterable, Iterator

from cmis_audit.model.catalog import Catalog, Skipped, View, ViewKind
from cmis_audit.model.cluster import Cluster, Kind, Verdict
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.plan.naming import Names

_SHOWN = "_view"


def advice(catalog: Catalog, clusters: Iterable[Cluster]) -> Iterator[Skipped]:
    """Yield what to do about groups that are kept apart, where there is anything to say."""
    named = _Named(catalog)
    for cluster in clusters:
        if cluster.verdict != Verdict.KEEP_APART:
            continue
        for member in cluster.members:
            if member.suggested_name:
                yield Skipped(
                    what=str(member.table),
                    why=f"its name misleads, {quote_ident(member.suggested_name)} would not; "
                    f"cmis-audit plan SOURCE --cluster {cluster.id} writes the files that rename "
                    "it and leave a view under the old name, --renames those of all such tables",
                )
        if cluster.kind == Kind.VIEW:
            yield from named.views(cluster)


class _Named:
    """The tables of a catalog by their bare names."""

    def __init__(self, catalog: Catalog) -> None:
        self._names = Names(catalog)
        self._views = {view.ref: view for view in catalog.views}
        self._tables: dict[str, list[TableRef]] = {}
        for table in catalog.tables:
            self._tables.setdefault(table.ref.name, []).append(table.ref)

    def views(self, cluster: Cluster) -> Iterator[Skipped]:
        """Yield what to do about each view that has a table's name, else that nothing is to be."""
        found = False
        for member in cluster.members:
            view = self._views.get(member.table)
            hidden = self._tables.get(member.table.name, []) if view else []
            if view and hidden:
                found = True
                yield Skipped(what=str(view.ref), why=self._hides(view, hidden))
        if not found:
            yield Skipped(
                what=cluster.name,
                why=f"{cluster.reason} No view has the name of a table: nothing is to be done.",
            )

    def _hides(self, view: View, hidden: list[TableRef]) -> str:
        kind = "MATERIALIZED VIEW" if view.kind == ViewKind.MATERIALIZED else "VIEW"
        free = self._names.free(view.ref.schema, view.ref.name, _SHOWN)
        home = quote_ident(view.ref.schema)
        return (
            f"a view, which stores nothing, under the name of {', '.join(map(str, hidden))}: "
            f"without a schema the name means the view wherever {home} comes first on the "
            "search_path. Write the schema before the name where it is used; or, once nobody uses "
            f"the view's name, ALTER {kind} {view.ref} RENAME TO {quote_ident(free)};"
        )
