"""What models of a plan's target tables are made of, in whichever language they are written."""

from collections.abc import Iterator

import msgspec

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.plan import (
    ClusterPlan,
    Plan,
    Strategy,
    TargetColumn,
    TargetReference,
    TargetTable,
)
from cmis_audit.model.value import Value
from cmis_audit.render.frameworks.literals import camel, free, snake
from cmis_audit.render.frameworks.scopes import Scope, Scopes
from cmis_audit.render.frameworks.types import TypeName, TypeNames
from cmis_audit.render.frameworks.words import ATTRIBUTES, CLASSES


class ModelColumn(Value, frozen=True, kw_only=True):
    column: TargetColumn
    attribute: str
    """What Python calls it."""
    kind: TypeName
    key: bool


class Relation(Value, frozen=True, kw_only=True):
    """One end of a foreign key between two models, or of one to a table that has none here."""

    name: str
    other: str
    """The class at the other end."""
    columns: tuple[str, ...]
    other_columns: tuple[str, ...]
    many: bool
    """Whether this end has many of the other."""
    back: str
    """What the other end calls this one."""
    overlapping: bool
    """Whether its columns are another relation's too: it is for reading then."""


class Model(Value, frozen=True, kw_only=True):
    name: str
    """Of the class."""
    target: TargetTable
    cluster: ClusterPlan
    columns: tuple[ModelColumn, ...]
    scope: Scope | None
    references: tuple[TargetReference, ...]
    """Foreign keys, with what their parents are called once all plans have been run."""
    relations: tuple[Relation, ...] = ()

    def attribute(self, column: str) -> str:
        return next(each.attribute for each in self.columns if each.column.name == column)

    @property
    def origin(self) -> tuple[str, ...]:
        """Return the columns by which the plan tells where a row came from."""
        if self.cluster.strategy != Strategy.MERGE:
            return tuple(filter(None, (self.target.source_column,)))
        return tuple(each.column.name for each in self.columns if not each.column.sources)


def models(plan: Plan, catalog: Catalog) -> tuple[Model, ...]:
    """Return a model for each target, in the plan's order."""
    types = TypeNames(catalog)
    scopes = Scopes(catalog)
    taken = set(CLASSES)
    made = tuple(
        Model(
            name=free(camel(target.ref.name, "Table"), taken),
            target=target,
            cluster=cluster,
            columns=tuple(_columns(target, types)),
            scope=scopes.of(cluster, target),
            references=tuple(_moved(plan, each) for each in target.references),
        )
        for cluster in plan.clusters
        for target in cluster.targets
    )
    return _related(made)


def _columns(target: TargetTable, types: TypeNames) -> Iterator[ModelColumn]:
    taken = set(ATTRIBUTES)
    for column in target.columns:
        yield ModelColumn(
            column=column,
            attribute=free(snake(column.name, "column"), taken),
            kind=types.of(column.type),
            key=column.name in target.primary_key,
        )


def _moved(plan: Plan, key: TargetReference) -> TargetReference:
    """Return the foreign key with the target of its parent, where that is moved too."""
    for cluster in plan.clusters:
        for member in cluster.members:
            if cluster.strategy == Strategy.RENAME and member.table == key.parent:
                return msgspec.structs.replace(key, parent=member.moved_to)
        for target in cluster.targets:
            homes = {
                source.column: column.name
                for column in target.columns
                for source in column.sources
                if source.member == key.parent
            }
            if homes and set(key.parent_columns) <= homes.keys():
                moved = tuple(homes[name] for name in key.parent_columns)
                return msgspec.structs.replace(key, parent=target.ref, parent_columns=moved)
    return key


def _related(made: tuple[Model, ...]) -> tuple[Model, ...]:
    by_ref = {model.target.ref: model for model in made}
    taken = {
        model.name: {*ATTRIBUTES, *(each.attribute.lower() for each in model.columns)}
        for model in made
    }
    found: dict[str, list[Relation]] = {model.name: [] for model in made}
    for model in made:
        written: set[str] = set()
        for key in model.references:
            parent = by_ref.get(key.parent)
            if parent is None:
                continue
            overlapping = bool(written & set(key.columns))
            written |= set(key.columns)
            one = free(_one(key, parent), taken[model.name])
            many = free(snake(model.target.final_name, "rows"), taken[parent.name])
            ends = {"overlapping": overlapping}
            found[model.name].append(
                Relation(
                    name=one,
                    other=parent.name,
                    columns=key.columns,
                    other_columns=key.parent_columns,
                    many=False,
                    back=many,
                    **ends,
                )
            )
            found[parent.name].append(
                Relation(
                    name=many,
                    other=model.name,
                    columns=key.parent_columns,
                    other_columns=key.columns,
                    many=True,
                    back=one,
                    **ends,
                )
            )
    return tuple(
        msgspec.structs.replace(model, relations=tuple(found[model.name])) for model in made
    )


def _one(key: TargetReference, parent: Model) -> str:
    """Return what the row that is pointed at is called: `author` of `author_id`."""
    last = snake(key.columns[-1], "parent")
    if len(key.columns) == 1 and last.endswith("_id") and len(last) > 3:
        return last.removesuffix("_id")
    return snake(parent.target.final_name, "parent")


def settings_of(models: tuple[Model, ...]) -> tuple[str, ...]:
    """Return the settings that name the tenant, of all models."""
    named = (name for model in models if model.scope for name in model.scope.settings)
    return tuple(dict.fromkeys(named))
