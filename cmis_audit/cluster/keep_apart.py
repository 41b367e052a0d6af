"""Look-alikes that are not duplicates, recognised and named."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from cmis_audit.cluster.groups import Links, strongest_first
from cmis_audit.cluster.schema_tenants import tenant_copies
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Kind
from cmis_audit.model.match import ALIKE, CONTAINED, TELLING_BITS, Match, Matches, Relation
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import Marker, Traits
from cmis_audit.model.value import Value

_SHADOW = 0.8  # of all columns of a view and its table, in both
_FEWEST_MEMBERS = 2
_MOST_LISTED = 10
_FEWEST_COLUMNS = 3
_LOOKUP_COLUMNS = 6
_STRANGERS = frozenset({Relation.NONE, Relation.KIN, Relation.SIBLING})


class LookAlike(Value, frozen=True, kw_only=True):
    kind: Kind
    members: tuple[TableRef, ...]
    reason: str
    links: tuple[Match, ...] = ()
    """The pairs that made the group."""


def look_alikes(
    catalog: Catalog,
    matches: list[Match],
    traits: dict[TableRef, Traits],
    lookup_columns: frozenset[str],
) -> list[LookAlike]:
    """Return groups of tables that resemble each other for a reason other than duplication.

    `matches` are the pairs below the line for review. A pair is of one kind only; pairs of one kind
    and pattern are joined into one group, so that a family of hundreds is one entry.
    """
    own_keys = {
        table.ref: table.primary_key.columns[0]
        for table in catalog.tables
        if table.primary_key and len(table.primary_key.columns) == 1
    }
    sizes = {table.ref: len(table.columns) for table in catalog.tables}
    groups: dict[tuple[Kind, str], list[Match]] = defaultdict(list)
    for match in matches:
        kind = _kind(match, own_keys, sizes, lookup_columns)
        if kind:
            groups[kind, _pattern(kind, match, traits)].append(match)
    found = [
        LookAlike(
            kind=kind,
            members=members,
            reason=_reason(kind, members, traits, links),
            links=tuple(links),
        )
        for (kind, _), group in groups.items()
        for members, links in _components(kind, group)
    ]
    return sorted(found, key=lambda group: (group.kind, group.members))


def tenant_look_alikes(catalog: Catalog, matches: Matches) -> list[LookAlike]:
    """Return one group for each template that schemas repeat: the template's tables."""
    found = []
    known = {one.ref for one in matches.traits}
    templates = {group.template: group.tables for group in matches.tenants}
    for entry in tenant_copies(catalog, matches):
        members = tuple(ref for ref in templates[entry.source] if ref in known)
        if not members:
            continue
        drifted = [
            str(ref)
            for copy in entry.copies
            for ref in (*(pair.copy for pair in copy.pairs), *copy.only_in_copy)
        ]
        lacking = [copy.schema for copy in entry.copies if copy.only_in_source]
        told = [f"Not as in the template: {_few(drifted)}."] if drifted else []
        told += [f"Without some of its tables: {_few(lacking)}."] if lacking else []
        found.append(
            LookAlike(
                kind=Kind.TENANTS,
                members=members,
                reason=f"{len(entry.copies) + 1} schemas repeat the tables of one template, "
                f"{entry.source}: {_few([copy.schema for copy in entry.copies])}. "
                + (" ".join(told) or "None has drifted."),
            )
        )
    return found


def _few(names: list[str]) -> str:
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def view_look_alikes(catalog: Catalog) -> list[LookAlike]:
    """Return each table with the views over it that show nearly its columns."""
    tables = {table.ref: {column.name for column in table.columns} for table in catalog.tables}
    views: dict[TableRef, list[TableRef]] = defaultdict(list)
    for view in catalog.views:
        names = {column.name for column in view.columns}
        for ref in view.reads:
            shared = len(names & tables.get(ref, set()))
            if shared >= _FEWEST_COLUMNS and shared >= _SHADOW * len(names | tables[ref]):
                views[ref].append(view.ref)
    return [
        LookAlike(
            kind=Kind.VIEW,
            members=(ref, *sorted(over)),
            reason=f"{'A view' if len(over) == 1 else f'{len(over)} views'} over {ref} "
            "with nearly its columns: the rows are stored once.",
        )
        for ref, over in sorted(views.items())
    ]


def _kind(
    match: Match,
    own_keys: dict[TableRef, str],
    sizes: dict[TableRef, int],
    lookup_columns: frozenset[str],
) -> Kind | None:
    """Return what sort of look-alikes the two are; None when they do not look alike."""
    against = {piece.signal for piece in match.counter_evidence}
    key = own_keys.get(match.left, "id")
    same_key = key != "id" and key == own_keys.get(match.right)
    if match.relation == Relation.SAME and match.containment >= CONTAINED:
        return Kind.LAYERS if "layers" in against else Kind.TENANTS
    if match.relation == Relation.SAME or (
        match.relation == Relation.QUALIFIED and same_key and "foreign-key-between" not in against
    ):
        return Kind.SAME_WORD
    columns = sum(piece.bits for piece in match.evidence if piece.signal == "columns")
    shared = len(match.columns) >= _FEWEST_COLUMNS and columns >= TELLING_BITS
    series = _says(match, "numbered series")
    if Marker.VERSION in match.markers and not shared:
        return None if series else Kind.SAME_WORD
    if "value-type-split" in against:
        return Kind.TYPED_STORE
    if "grain" in against and match.jaccard >= ALIKE:
        return Kind.GRAIN
    most = max(sizes[match.left], sizes[match.right])
    alike = match.jaccard >= ALIKE or match.containment >= CONTAINED
    if (
        most <= _LOOKUP_COLUMNS
        and match.jaccard >= CONTAINED
        and match.relation in _STRANGERS
        and lookup_columns.issuperset([name.lower() for name in match.same_name_columns])
    ):
        return Kind.LOOKUP
    if not (shared and alike):
        return None
    match match.relation:
        case Relation.SIBLING:
            return Kind.FAMILY
        case Relation.MARKED if series:
            return Kind.SERIES
        case Relation.PART | Relation.MARKED:
            return Kind.HISTORY if _says(match, "(history)") else Kind.SATELLITE
        case Relation.QUALIFIED:
            return Kind.SATELLITE
        case Relation.NONE | Relation.KIN if match.jaccard >= ALIKE:
            return Kind.LIKENESS
        case _:
            return None


def _says(match: Match, words: str) -> bool:
    return any(words in piece.detail for piece in match.counter_evidence)


def _pattern(kind: Kind, match: Match, traits: dict[TableRef, Traits]) -> str:
    """Return what the members of one group have in common, as text."""
    left, right = traits[match.left].stem, traits[match.right].stem
    match kind:
        case Kind.FAMILY:
            return left[-1] if left[-1] == right[-1] else f"{left[0]}*"
        case Kind.SAME_WORD:
            return left[-1]
        case Kind.LOOKUP | Kind.LIKENESS:
            return ", ".join(sorted(match.same_name_columns))
        case Kind.HISTORY | Kind.SATELLITE:
            return "_".join(left if (len(left), left) < (len(right), right) else right)
        case _:
            return ""


def _components(kind: Kind, matches: list[Match]) -> list[tuple[tuple[TableRef, ...], list[Match]]]:
    import networkx

    graph = networkx.Graph()
    graph.add_edges_from((match.left, match.right) for match in matches)
    if kind == Kind.TENANTS:  # schemas repeat each other, so all tables of one go together
        for match in matches:
            graph.add_edge(match.left, match.left.schema)
            graph.add_edge(match.right, match.right.schema)
    components = list(networkx.connected_components(graph))
    number_of = {ref: number for number, each in enumerate(components) for ref in each}
    inside: list[list[Match]] = [[] for _ in components]
    for match in matches:
        inside[number_of[match.left]].append(match)
    members = (
        tuple(sorted(ref for ref in component if isinstance(ref, TableRef)))
        for component in components
    )
    return list(zip(members, inside, strict=True))


def _reason(
    kind: Kind,
    members: tuple[TableRef, ...],
    traits: dict[TableRef, Traits],
    links: list[Match],
) -> str:
    nouns = {traits[ref].stem[-1] for ref in members}
    noun = f"one kind ({next(iter(nouns))})" if len(nouns) == 1 else "one pattern"
    match kind:
        case Kind.SAME_WORD:
            return (
                f"One word ({', '.join(sorted(nouns))}) for different things: hardly a column of "
                "the one has a place in the other."
            )
        case Kind.FAMILY:
            return f"{len(members)} tables of {noun}, each for something else" + _parents(
                members, traits
            )
        case Kind.LOOKUP:
            columns = ", ".join(links[0].same_name_columns)
            return f"{len(members)} small tables of one form ({columns}), each a list of its own."
        case Kind.LAYERS:
            return "Stages of one load: the same rows on their way from raw to refined."
        case Kind.TENANTS:
            schemas = " and ".join(sorted({ref.schema for ref in members}))
            return (
                f"The schemas {schemas} repeat each other, and neither is named as a copy: perhaps "
                "one design for two tenants."
            )
        case Kind.LIKENESS:
            return (
                f"{len(members)} tables with nearly the same columns and names that have nothing "
                "to do with each other."
            )
        case Kind.GRAIN:
            return "The same facts at different grain: the coarser is made from the finer."
        case Kind.SERIES:
            return "Parts of one series, told apart by a number or date in the name."
        case Kind.TYPED_STORE:
            return "One store, split by design into a table for each type of value."
        case Kind.HISTORY:
            return "An entity and the record of its changes: the same columns, other rows."
        case _:
            return _told(links)


def _parents(members: tuple[TableRef, ...], traits: dict[TableRef, Traits]) -> str:
    children = Counter(parent for ref in members for parent in traits[ref].parents)
    own = [
        str(parent) for ref in members for parent in traits[ref].parents if children[parent] == 1
    ]
    if not own:
        return "."
    shown = ", ".join(own[:5])
    return f": one for each of {shown}{' and others' if len(own) > 5 else ''}."


def _told(links: list[Match]) -> str:
    """Return the strongest counter-evidence of the group as a sentence."""
    pieces = sorted(
        (piece for match in links for piece in match.counter_evidence if piece.signal == "name"),
        key=lambda piece: (piece.bits, piece.detail),
    )
    detail = pieces[0].detail if pieces else "each has columns of its own"
    return f"Tables that belong together without being one: {detail}."


def without_told(
    group: LookAlike, beside: Mapping[TableRef, set[TableRef]], traits: dict[TableRef, Traits]
) -> LookAlike | None:
    """Return the group without tables that stand with another of it in a cluster already.

    `beside` holds the tables of such clusters by each of them. None when fewer than two are left,
    or none that looked alike.
    """
    kept: set[TableRef] = set()
    for ref in group.members:
        if kept.isdisjoint(beside.get(ref, ())):
            kept.add(ref)
    if len(kept) == len(group.members):
        return group
    links = [match for match in group.links if match.left in kept and match.right in kept]
    linked = {ref for match in links for ref in (match.left, match.right)}
    members = tuple(ref for ref in group.members if ref in linked)
    if len(members) < _FEWEST_MEMBERS:
        return None
    return LookAlike(
        kind=group.kind,
        members=members,
        reason=_reason(group.kind, members, traits, links),
        links=tuple(links),
    )


def spanning_pairs(group: LookAlike, links: Links, most: int, below: float) -> tuple[Match, ...]:
    """Return the matches that keep the members apart, of few members all of them.

    Of more than `most` members those that connect them, the strongest first: n - 1 instead of n².
    """
    if group.kind in {Kind.TENANTS, Kind.VIEW}:
        return group.links
    if len(group.members) <= most:
        return tuple(match for match in links.among(group.members) if match.bits < below)
    import networkx

    graph = networkx.Graph()
    for match in sorted(group.links, key=strongest_first):
        graph.add_edge(match.left, match.right, weight=match.bits, match=match)
    edges = networkx.maximum_spanning_edges(graph, data=True)
    return tuple(sorted((data["match"] for _, _, data in edges), key=strongest_first))
