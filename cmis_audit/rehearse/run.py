"""One plan on the clone: forward, back from each phase, and forward again.

The order is that of the doubts. First whether each phase can be taken back by itself, then the
whole way to the switch with rows written in between, what the old names show and take then, the
whole way back, and the way forward once more. Contract comes later, when all plans stand.
"""

import time
from collections.abc import Iterable
from dataclasses import replace

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan, Phase, Step, Strategy
from cmis_audit.model.rehearsal import (
    Isolation,
    LedgerLine,
    Refused,
    StepRun,
    Undone,
    Writes,
)
from cmis_audit.model.sqltext import literal
from cmis_audit.rehearse.aside import Aside, exists, set_aside
from cmis_audit.rehearse.difference import differences
from cmis_audit.rehearse.isolation import sights, target_counts, verdict, watchers
from cmis_audit.rehearse.ledger import Book, book, lines, rejects
from cmis_audit.rehearse.ports import Place, QueryError, Session, Stage, asked
from cmis_audit.rehearse.renamed import by_old_name, renamed_lines, under_new_names
from cmis_audit.rehearse.states import States, differing, states, tables_of
from cmis_audit.rehearse.writes import Outcome, Write, carry_out, tried, writes_for

FORWARD = (Phase.EXPAND, Phase.BACKFILL, Phase.VERIFY, Phase.SWITCH)
SHOWN = 5
RAISED = "P0001"
"""The state of an error that a plan's own check raises."""
_WAY_BACK = (Phase.SWITCH, Phase.BACKFILL, Phase.EXPAND)


class StoppedError(Exception):
    """A file was refused."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def timed(place: Place, folder: str, step: Step, *, again: bool) -> tuple[StepRun, Refused | None]:
    """Run a file; return how long that took, and what was refused."""
    began = time.perf_counter()
    refused = place.run_file(f"{folder}/{step.file}", step.sql)
    elapsed = (time.perf_counter() - began) * 1000
    run = StepRun(
        file=step.file,
        phase=step.phase,
        undo=step.undo,
        again=again,
        milliseconds=round(elapsed, 1),
    )
    return run, refused


def still_there(session: Session, books: Iterable[str]) -> list[str]:
    """Return what is left of plans that were undone: the schemas of their books."""
    names = ", ".join(literal(book) for book in books)
    found = asked(
        session,
        f"SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname IN ({names}) ORDER BY 1",
    )
    return [f"schema {name}: still there" for (name,) in found]


class ClusterRun:
    """The run of one plan, and what has been found so far."""

    def __init__(self, stage: Stage, catalog: Catalog, plan: ClusterPlan, seed: int) -> None:
        """`catalog` is what the clone was made from: it has the members' columns and policies."""
        self._stage = stage
        self._catalog = catalog
        self._plan = plan
        self._seed = seed
        self._members = tables_of(catalog, (member.table for member in plan.members))
        self._renamed = under_new_names(plan, self._members)
        self._start: Catalog = catalog
        self._others: tuple[Table, ...] = ()
        self._files: set[str] = set()
        self.steps: list[StepRun] = []
        self.ledger: tuple[LedgerLine, ...] = ()
        self.isolation: Isolation | None = None
        self.writes: Writes | None = None
        self.undone: list[Undone] = []
        self.problems: list[str] = []
        """Losses, in words."""

    def go(self, watched: frozenset[TableRef]) -> None:
        """Run everything up to the switch, twice. `watched` are the tables that must not change.

        Those that are views by now are not looked through: the tables behind them are watched, and
        the views' own text is compared with the catalog.

        Raises StoppedError.
        """
        self._start = self._stage.read()
        self._others = tuple(table for table in self._start.tables if table.ref in watched)
        for last in (Phase.EXPAND, Phase.BACKFILL):
            if not self._steps(last, undo=True):
                continue
            self._notify(f"{last.value} and back")
            self._forward(last)
            self._back_from(last)
        self._notify("to the switch, with rows written in between")
        self._to_the_switch()
        self._notify("back from the switch")
        self._back_from(Phase.SWITCH)
        self._notify("forward again")
        before = self._look(self._members)
        self._forward(Phase.SWITCH)
        self._complain("forward again", differing(before, self._look(self._members)))

    def replay(self) -> None:
        """Go to the switch once more, as a plan that has been there can. Raises QueryError."""
        try:
            self._forward(Phase.SWITCH)
        except StoppedError as stopped:
            file, message = stopped.refused.file, stopped.refused.message
            raise QueryError(f"{file} is refused now and was not before: {message}") from stopped

    def rejected(self) -> tuple[Aside, ...]:
        """Return the keys of the rows that the plan has set aside so far."""
        with self._stage.place.session() as session:
            return set_aside(session, self._plan, self._members)

    def rejected_notes(self) -> tuple[str, ...]:
        """Return the first of those rows and their reasons, in words."""
        notes: list[str] = []
        with self._stage.place.session() as session:
            for member, table in zip(self._plan.members, self._members, strict=True):
                if member.rejects is None or not exists(session, member.rejects):
                    continue
                notes += [
                    f"set aside of {member.table}: {reject.key}: {reject.reason}"
                    for reject in rejects(session, member, table)[:SHOWN]
                ]
        return tuple(notes)

    def contract(self) -> tuple[str, ...]:
        """Drop the old tables; return what the plan itself refused: it must while names are used.

        Raises StoppedError for what the server refused.
        """
        self._notify("contract")
        before = self._look(self._members)
        notes: list[str] = []
        steps = self._steps(Phase.CONTRACT, undo=False)
        for number, step in enumerate(steps):
            try:
                self._run(step)
            except StoppedError as stopped:
                if stopped.refused.sqlstate != RAISED:
                    raise
                notes.append(f"{step.file} refuses: {stopped.refused.message}")
                break
            if number == 0 and self._plan.strategy != Strategy.ARCHIVE:
                self._complain("contract", differing(before, self._left()))
        return tuple(notes)

    def _to_the_switch(self) -> None:
        self._phase(Phase.EXPAND)
        self._write(turn=1)
        self._phase(Phase.BACKFILL)
        self._write(turn=2)
        # What was written meanwhile comes with a second run of the file.
        self._phase(Phase.BACKFILL)
        self._phase(Phase.VERIFY)
        with self._stage.place.session() as session:
            verified = self._book(session)
        late = self._write(turn=3)
        with self._stage.place.session() as session:
            who = watchers(session, self._catalog, self._members)
            writes = self._writes(session, turn=4)
            trial = tried(session, writes, self._members)
            before = states(session, self._members)
        seen_before = sights(self._stage.place, who)
        self._phase(Phase.SWITCH)
        with self._stage.place.session() as session:
            self.ledger = self._lines(session, verified, before)
        seen_after = sights(self._stage.place, who)
        self.isolation = verdict(
            *(self._plan, who, seen_before, seen_after),
            in_target=target_counts(self._stage.place, who, self._plan),
            beside=sights(self._stage.place, replace(who, tables=self._renamed)),
        )
        self._write_to_names(writes, trial, late)

    def _book(self, session: Session) -> Book:
        """Return the plan's ledger; a rename has none, for it fills nothing."""
        if self._renamed:
            return {}
        return book(session, self._plan, states(session, self._members))

    def _lines(self, session: Session, verified: Book, before: States) -> tuple[LedgerLine, ...]:
        after = states(session, self._members)
        if self._renamed:
            there = by_old_name(self._plan, states(session, self._renamed))
            return renamed_lines(before, after, there)
        return lines(*(session, self._plan, self._members, verified), before=before, after=after)

    def _write_to_names(self, writes: tuple[Write, ...], trial: Outcome, late: int) -> None:
        """Write under the old names what the tables took before, and compare."""
        with self._stage.place.session() as session:
            errors = carry_out(session, writes)
            after = states(session, self._members)
        refused = [
            f"{write.verb} on {write.table}: {now.message}"
            for write, then, now in zip(writes, trial.errors, errors, strict=True)
            if then is None and now is not None
        ]
        # A trigger may write a time or a number of its own: only rows can be counted then.
        exact = {table.ref for table in self._members if not table.triggers}
        other = tuple(
            line
            for line in ([] if refused else differing(trial.after, after))
            if any(line.startswith(f"{ref}:") for ref in exact) or "rows where" in line
        )
        self.writes = Writes(
            before_switch=late,
            after_switch=sum(error is None for error in errors),
            refused=tuple(dict.fromkeys(refused)),
            other=other,
        )
        self._complain("written under the old names", other)

    def _writes(self, session: Session, *, turn: int) -> tuple[Write, ...]:
        return writes_for(session, self._catalog, self._members, seed=self._seed, turn=turn)

    def _write(self, *, turn: int) -> int:
        """Write to the members, and return how many writes they took."""
        with self._stage.place.session() as session:
            errors = carry_out(session, self._writes(session, turn=turn))
        return sum(error is None for error in errors)

    def _look(self, tables: tuple[Table, ...]) -> States:
        with self._stage.place.session() as session:
            return states(session, tables)

    def _left(self) -> States:
        """Return what the members hold after their contract: a rename's under their new names."""
        if self._renamed:
            return by_old_name(self._plan, self._look(self._renamed))
        return self._look(self._members)

    def _forward(self, last: Phase) -> None:
        for phase in FORWARD[: FORWARD.index(last) + 1]:
            self._phase(phase)

    def _back_from(self, last: Phase) -> None:
        """Undo everything from a phase on, and note what is not as it was."""
        before = self._look(self._others)
        for phase in _WAY_BACK[_WAY_BACK.index(last) :]:
            for step in self._steps(phase, undo=True):
                self._run(step)
        catalog = list(differences(self._start, self._stage.read()))
        with self._stage.place.session() as session:
            catalog += still_there(session, (self._plan.book,))
        rows = differing(before, self._look(self._others))
        self.undone.append(Undone(after=last, catalog=tuple(catalog), rows=rows))

    def _phase(self, phase: Phase) -> None:
        for step in self._steps(phase, undo=False):
            self._run(step)

    def _steps(self, phase: Phase, *, undo: bool) -> list[Step]:
        return [s for s in self._plan.steps if s.phase == phase and s.undo == undo]

    def _run(self, step: Step) -> None:
        again = step.file in self._files
        run, refused = timed(self._stage.place, self._plan.folder, step, again=again)
        self.steps.append(run)
        self._files.add(step.file)
        if refused is not None:
            raise StoppedError(refused)

    def _complain(self, when: str, lines_found: Iterable[str]) -> None:
        self.problems += [f"{when}: {line}" for line in lines_found]

    def _notify(self, what: str) -> None:
        self._stage.notify(f"rehearsing {self._plan.name}: {what}")
