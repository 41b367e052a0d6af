"""What the members demand of their rows, demanded of the target's."""

from collections.abc import Iterator
from dataclasses import replace

from cmis_audit.model.catalog import Catalog, Check, ForeignKey, Index
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import Hazard, HazardNote, LeftBehind
from cmis_audit.plan.design import (
    CannotPlanError,
    Design,
    MemberDesign,
    TargetForeignKey,
    TargetIndex,
)
from cmis_audit.plan.expressions import WholeRowError, names_in, rewrite
from cmis_audit.plan.naming import Names, clipped, first_free

_WHY_NO_INDEX = "it speaks of single rows or values, or needs a cast that no index can hold"
_GENTLE = frozenset({"no action", "restrict"})


def with_constraints(design: Design, catalog: Catalog, names: Names) -> Design:
    """Return the design with checks, foreign keys and indexes. Raises CannotPlanError."""
    try:
        checks, left = _checks(design)
        keys, notes, decisions = _foreign_keys(design)
        indexes, unindexed = _indexes(design, names)
    except WholeRowError as error:
        raise CannotPlanError(str(error)) from error
    _referenced(design, catalog)
    return replace(
        design,
        checks=checks,
        exclusions=tuple(_exclusions(design, names)),
        foreign_keys=keys,
        indexes=indexes,
        hazards=(*design.hazards, *notes),
        left_behind=(*design.left_behind, *left, *unindexed),
        decisions=(*design.decisions, *decisions),
    )


def own_text(member: MemberDesign, text: str) -> str:
    """Return a member's expression over the target's columns."""
    columns = {name: back.replace("{q}", "") for name, back in member.back_columns().items()}
    return rewrite(text, member.table.ref.name, columns)


def _checks(design: Design) -> tuple[tuple[tuple[str, str], ...], tuple[LeftBehind, ...]]:
    found: dict[str, str] = {}
    left = []
    for member in design.members:
        own = f"{design.source_sql} <> {member.label_sql}"
        required = [
            f"{mapped.back_of()} IS NOT NULL"
            for mapped in member.mapped
            if not mapped.column.nullable and _may_be_null(design, mapped.target)
        ]
        if required:
            name = first_free(member.table.ref.name, "_required", found)
            found[name] = f"{own} OR ({' AND '.join(required)})"
        for check in member.table.checks:
            if not check.validated:
                left.append(_unvalidated(member, check))
                continue
            if cells_in(member, check.definition):
                left.append(
                    LeftBehind(
                        what=f"CHECK {check.name} of {member.label}",
                        why="it speaks of values that stand in rows of their own now",
                    )
                )
                continue
            name = first_free(check.name, "", found)
            found[name] = f"{own} OR {own_text(member, _condition(check.definition))}"
    labels = ", ".join(member.label_sql for member in design.members)
    found[first_free(f"{design.source}_known", "", found)] = f"{design.source_sql} IN ({labels})"
    return tuple(found.items()), tuple(left)


def cells_in(member: MemberDesign, text: str) -> bool:
    """Tell whether an expression speaks of columns that become cells."""
    return member.cells is not None and bool(names_in(text, member.cells.columns))


def _may_be_null(design: Design, target: str) -> bool:
    return next(column.nullable for column in design.columns if column.name == target)


def _condition(definition: str) -> str:
    text = definition.removeprefix("CHECK ").removesuffix(" NOT VALID").removesuffix(" NO INHERIT")
    return text.strip()


def _exclusions(design: Design, names: Names) -> Iterator[tuple[str, str]]:
    """Yield the members' exclusion constraints, each for the rows of its member."""
    for member in design.members:
        for exclusion in member.table.exclusions:
            body, _, condition = exclusion.definition.partition(" WHERE ")
            used = names_in(exclusion.definition, frozenset(member.names))
            changed = [n for n in used if cells_in(member, n) or member.of(n).back != "{}"]
            if changed or "DEFERRABLE" in exclusion.definition:
                raise CannotPlanError(
                    f"the exclusion constraint {exclusion.name} of {member.label} cannot be kept: "
                    "it is deferrable or its columns have another type in the target"
                )
            plain = {mapped.column.name: quote_ident(mapped.target) for mapped in member.mapped}
            own = f"{design.source_sql} = {member.label_sql}"
            if condition:
                own += f" AND {own_text(member, condition)}"
            text = rewrite(body, member.table.ref.name, plain)
            name = names.free(
                design.target.schema, clipped(f"{design.target.name}_{exclusion.name}")
            )
            yield name, f"{text} WHERE ({own})"


def _unvalidated(member: MemberDesign, check: Check) -> LeftBehind:
    return LeftBehind(
        what=f"CHECK {check.name} of {member.label}",
        why="it is NOT VALID: rows that are there may break it",
    )


def _foreign_keys(
    design: Design,
) -> tuple[tuple[TargetForeignKey, ...], list[HazardNote], list[str]]:
    groups: dict[tuple[tuple[str, ...], TableRef, tuple[str, ...]], list[_Declared]] = {}
    for member in design.members:
        for key in member.table.foreign_keys:
            columns = tuple(member.of(name).target for name in key.columns)
            parent, parent_columns, inner = _goal(design, member, key)
            place = (columns, parent, inner or parent_columns)
            groups.setdefault(place, []).append((member, key, inner))
    found: list[TargetForeignKey] = []
    notes: list[HazardNote] = []
    decisions: list[str] = []
    for (columns, parent, _), declared in groups.items():
        member, key, inner = declared[0]
        holders = {
            each.number
            for each in design.members
            if set(columns) <= {mapped.target for mapped in each.mapped}
        }
        everywhere = holders == {each.number for each, _, _ in declared}
        agreed = (
            len({(k.on_update, k.on_delete, k.match, k.deferrable) for _, k, _ in declared}) == 1
        )
        action = None
        if not agreed or (not everywhere and key.on_delete not in _GENTLE):
            action = ""
            decisions.append(
                f"{key.name}: the members disagree on what a deletion in {parent} does; the target "
                "refuses it"
            )
        if not everywhere:
            notes.append(
                HazardNote(
                    hazard=Hazard.STRICTER_CONSTRAINT,
                    subject=str(design.target),
                    detail=f"{key.name} holds for new rows of every source, though only "
                    f"{', '.join(each.label for each, _, _ in declared)} had it",
                )
            )
        found.append(
            TargetForeignKey(
                name=first_free(key.name, "", {each.name for each in found}),
                columns=columns,
                member=member,
                constraint=key.name,
                parent=parent,
                parent_columns=key.target_columns,
                inner=inner,
                validate=everywhere and all(k.validated for _, k, _ in declared),
                action=action,
            )
        )
    return tuple(found), notes, decisions


_Declared = tuple[MemberDesign, ForeignKey, tuple[str, ...]]


def _goal(
    design: Design, member: MemberDesign, key: ForeignKey
) -> tuple[TableRef, tuple[str, ...], tuple[str, ...]]:
    """Return what a member's foreign key points at, and the target's columns if that is inside."""
    parent = next((each for each in design.members if each.table.ref == key.target), None)
    if parent is None:
        return key.target, key.target_columns, ()
    inner = tuple(parent.of(name).target for name in key.target_columns)
    whole = {frozenset(unique.columns) for unique in design.uniques if unique.everywhere}
    if frozenset(inner) not in whole:
        raise CannotPlanError(
            f"{key.name} of {member.label} points at columns of {key.target} that are no key of "
            "the target, because they cannot be unique for all rows"
        )
    return design.target, key.target_columns, inner


def _referenced(design: Design, catalog: Catalog) -> None:
    """Raise CannotPlanError if a foreign key from outside would lose its goal."""
    whole = {frozenset(unique.columns) for unique in design.uniques if unique.everywhere}
    members = {member.table.ref: member for member in design.members}
    for table in catalog.tables:
        for key in table.foreign_keys:
            member = members.get(key.target)
            if member is None or table.ref in members:
                continue
            goal = frozenset(member.of(name).target for name in key.target_columns)
            if goal not in whole:
                raise CannotPlanError(
                    f"{key.name} of {table.ref} points at columns of {key.target} that cannot be "
                    "unique for all rows"
                )


def _indexes(
    design: Design, names: Names
) -> tuple[tuple[TargetIndex, ...], tuple[LeftBehind, ...]]:
    found: dict[str, TargetIndex] = {}
    left: list[LeftBehind] = []
    for member in design.members:
        for index in member.table.indexes:
            definition = _definition(design, member, index)
            if definition is None or not index.valid:
                if index.unique and index.valid and design.long is None:
                    raise CannotPlanError(
                        f"the unique index {index.name} of {member.label} cannot be kept: "
                        f"{_WHY_NO_INDEX}"
                    )
                left.append(
                    LeftBehind(
                        what=f"index {index.name} of {member.label}",
                        why="it is not valid" if not index.valid else _WHY_NO_INDEX,
                    )
                )
            elif definition not in found:
                name = names.free(
                    design.target.schema, clipped(f"{design.target.name}_{index.name}")
                )
                found[definition] = TargetIndex(
                    name=name, definition=definition, unique=index.unique
                )
    return tuple(found.values()), tuple(left)


def _definition(design: Design, member: MemberDesign, index: Index) -> str | None:
    """Return the index from USING on, over the target's columns."""
    text = index.on(member.table.ref).split(" USING ", 1)[1]
    if cells_in(member, text):
        return None
    if index.unique and design.long:
        return None
    columns, rest = _key_list(text)
    plain = {mapped.column.name: quote_ident(mapped.target) for mapped in member.mapped}
    keys = ", ".join(
        rewrite(each, member.table.ref.name, plain)
        if not each.startswith("(") and "(" not in each
        else own_text(member, each)
        for each in columns
    )
    tail, _, predicate = rest.partition(" WHERE ")
    tail = rewrite(tail, member.table.ref.name, plain)
    used = names_in(
        " ".join([*(each for each in columns if "(" in each), predicate]),
        frozenset(mapped.column.name for mapped in member.mapped),
    )
    for name in used:
        mapped = member.of(name)
        if mapped.back != "{}" and "." in mapped.column.type:
            return None
    conditions = [own_text(member, predicate)] if predicate else []
    if index.unique:
        conditions.insert(0, f"{design.source_sql} = {member.label_sql}")
    method = text.split(" ", 1)[0]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"USING {method} ({keys}){tail}{where}"


def _key_list(text: str) -> tuple[list[str], str]:
    """Return the parts of `method (a, b DESC) ...` between the first parentheses, and the rest."""
    start = text.index("(")
    parts, depth, begin, quoted, string = [], 0, start + 1, False, False
    for position in range(start, len(text)):
        char = text[position]
        if char == '"' and not string:
            quoted = not quoted
        elif char == "'" and not quoted:
            string = not string
        elif quoted or string:
            continue
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                parts.append(text[begin:position].strip())
                return parts, text[position + 1 :]
        elif char == "," and depth == 1:
            parts.append(text[begin:position].strip())
            begin = position + 1
    return parts, ""


def index_statements(design: Design, *, unique: bool) -> Iterator[str]:
    """Yield the statements for unique indexes, or for the others without a lock."""
    for index in design.indexes:
        if index.unique != unique:
            continue
        name = quote_ident(index.name)
        if design.long:
            schema = quote_ident(design.target.schema)
            yield f"DROP INDEX IF EXISTS {schema}.{name};"
            yield f"CREATE INDEX IF NOT EXISTS {name} ON {design.target} {index.definition};"
        elif unique:
            yield f"CREATE UNIQUE INDEX {name} ON {design.target} {index.definition};"
        else:
            schema = quote_ident(design.target.schema)
            yield f"DROP INDEX CONCURRENTLY IF EXISTS {schema}.{name};"
            yield (
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {design.target} "
                f"{index.definition};"
            )
