"""Schemas that go with their tables: dropped when the plans are through, and all plans at once.

The plans are run one after the other before this. Here it is shown that their phases may also be
run side by side, as the drivers do, and that a schema that was dropped can be made again.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import Phase, Plan, SchemaPlan, Step
from cmis_audit.model.rehearsal import Refused, SchemaRehearsal, StepRun, Undone
from cmis_audit.rehearse.difference import differences
from cmis_audit.rehearse.ports import Stage
from cmis_audit.rehearse.run import RAISED, still_there, timed
from cmis_audit.rehearse.states import States, differing, states


class SchemaRun:
    """The run of one schema's files, and what has been found so far."""

    def __init__(self, stage: Stage, plan: Plan, schema: SchemaPlan) -> None:
        self._stage = stage
        self._schema = schema
        self._clusters = tuple(each for each in plan.clusters if each.cluster in schema.clusters)
        self._steps = {
            f"{cluster.folder}/{step.file}": (cluster.folder, step)
            for cluster in self._clusters
            for step in cluster.steps
        }
        self._dropped = False
        self._refused: Refused | None = None
        self._runs: list[StepRun] = []
        self._rows: tuple[str, ...] = ()
        self._undone: list[Undone] = []
        self._notes: list[str] = []

    @property
    def clusters(self) -> frozenset[str]:
        return frozenset(self._schema.clusters)

    def drop(self) -> None:
        """Drop the schema, make it again and drop it again; the plans have gone all the way."""
        self._stage.notify(f"rehearsing the end of the schema {self._schema.schema}")
        before = self._stage.read()
        if not self._own(self._schema.drop, may_refuse=True) or not self._own(self._schema.restore):
            return
        # Sequences that nothing used go with the schema, and stay away.
        gone = f"sequence {quote_ident(self._schema.schema)}."
        lines = [
            line
            for line in differences(before, self._stage.read())
            if not (line.startswith(gone) and line.endswith(": missing"))
        ]
        lines += self._left((self._schema.book,))
        self._undone.append(Undone(after=Phase.CONTRACT, catalog=tuple(lines), rows=()))
        self._dropped = self._own(self._schema.drop)

    def together(self, watched: tuple[Table, ...]) -> None:
        """Run all plans phase by phase up to the switch, and back. `watched` must not change."""
        self._stage.notify(f"rehearsing all tables of the schema {self._schema.schema} at once")
        start, before = self._stage.read(), self._look(watched)
        if not self._drive(undo=False):
            return
        self._rows = differing(before, self._look(watched))
        if not self._drive(undo=True):
            return
        lines = [*differences(start, self._stage.read())]
        lines += self._left(each.book for each in self._clusters)
        rows = differing(before, self._look(watched))
        self._undone.append(Undone(after=Phase.SWITCH, catalog=tuple(lines), rows=rows))

    def note(self, what: str) -> None:
        self._notes.append(what)

    def found(self) -> SchemaRehearsal:
        return SchemaRehearsal(
            schema=self._schema.schema,
            folder=self._schema.folder,
            dropped=self._dropped,
            refused=self._refused,
            steps=tuple(self._runs),
            rows=self._rows,
            undone=tuple(self._undone),
            notes=tuple(self._notes),
        )

    def _drive(self, *, undo: bool) -> bool:
        """Run what the drivers run, in their order; tell whether all was taken."""
        return all(
            self._run(*self._steps[name])
            for driver in self._schema.drivers
            if driver.undo == undo and driver.phase != Phase.CONTRACT
            for name in driver.runs
        )

    def _own(self, step: Step, *, may_refuse: bool = False) -> bool:
        return self._run(self._schema.folder, step, may_refuse=may_refuse)

    def _run(self, folder: str, step: Step, *, may_refuse: bool = False) -> bool:
        """Run a file; tell whether it was taken. Where it may, it refuses by itself."""
        path = f"{folder}/{step.file}"
        again = any(each.file == path for each in self._runs)
        run, refused = timed(self._stage.place, folder, step, again=again)
        self._runs.append(replace(run, file=path))
        if refused is None:
            return True
        if may_refuse and refused.sqlstate == RAISED:
            self.note(f"{refused.file} refuses: {refused.message}")
        else:
            self._refused = refused
        return False

    def _look(self, tables: tuple[Table, ...]) -> States:
        with self._stage.place.session() as session:
            return states(session, tables)

    def _left(self, books: Iterable[str]) -> list[str]:
        with self._stage.place.session() as session:
            return still_there(session, books)
