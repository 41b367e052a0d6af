"""What every part of CLUSTER looks things up in."""

from collections import defaultdict

from cmis_audit.cluster.canonical import Standing
from cmis_audit.cluster.groups import Links, thresholds_of
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Member, Role
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.code_index import CodeIndex
from cmis_audit.model.decisions import Registered
from cmis_audit.model.match import Match, Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack


class Ground:
    """A catalog with its matches, by table and by pair; computed once for all clusters."""

    def __init__(
        self,
        catalog: Catalog,
        matches: Matches,
        pack: RulePack,
        register: tuple[Registered, ...] = (),
        code: CodeSurvey | None = None,
    ) -> None:
        self.catalog = catalog
        self.matches = matches
        self.lexicon = pack.lexicon
        self.register = register
        self.thresholds = thresholds_of(pack)
        self.traits = {one.ref: one for one in matches.traits}
        self.links = Links(matches)
        self.standing = Standing(catalog, matches, register, CodeIndex(code) if code else None)
        self.tables: dict[TableRef, Table] = {table.ref: table for table in catalog.tables}
        self._columns = {table.ref: len(table.columns) for table in catalog.tables}
        self._columns |= {view.ref: len(view.columns) for view in catalog.views}
        self.near: dict[TableRef, list[Match]] = defaultdict(list)
        """For each table its matches that are at least for review."""
        for match in matches.matches:
            if match.bits >= self.thresholds.review_from:
                self.near[match.left].append(match)
                self.near[match.right].append(match)
        self.keyed_by: dict[TableRef, list[TableRef]] = defaultdict(list)
        """For each table those whose primary key begins with a reference to it."""
        for table in catalog.tables:
            for key in table.foreign_keys:
                columns = table.primary_key.columns[: len(key.columns)] if table.primary_key else ()
                if key.columns == columns and key.target != table.ref:
                    self.keyed_by[key.target].append(table.ref)

    def member(
        self, ref: TableRef, role: Role, note: str = "", suggested: str | None = None
    ) -> Member:
        table, traits = self.tables.get(ref), self.traits.get(ref)
        return Member(
            table=ref,
            role=role,
            columns=self._columns[ref],
            rows_estimate=table.statistics.rows_estimate if table and table.statistics else None,
            shape=traits.shape if traits else None,
            naming=traits.naming if traits else None,
            measures=traits.measures if traits else (),
            note=note,
            suggested_name=suggested,
        )

    def members(
        self, refs: tuple[TableRef, ...], canonical: TableRef, related: dict[TableRef, str]
    ) -> tuple[Member, ...]:
        """Return the canonical table, then those to merge, then the related, by name."""
        return (
            self.member(canonical, Role.CANONICAL),
            *(self.member(ref, Role.MERGE) for ref in sorted(refs) if ref != canonical),
            *(self.member(ref, Role.RELATED, note) for ref, note in sorted(related.items())),
        )
