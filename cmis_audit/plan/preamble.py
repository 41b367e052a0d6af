"""How every file begins and ends."""

from dataclasses import dataclass
from typing import Any

import msgspec

from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import HazardNote, Lock, Phase, PlanOptions, Step
from cmis_audit.model.sqltext import literal
from cmis_audit.plan.sqltext import plain

_AFTER = {
    Phase.BACKFILL: ("expand", "backfill", "verify"),
    Phase.VERIFY: ("backfill", "verify"),
    Phase.SWITCH: ("verify",),
    Phase.CONTRACT: ("switch",),
}
"""Which phases a phase may follow; those before the switch may be run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one folder, and what all of them say of themselves."""

    cluster: str
    book: str
    options: PlanOptions

    def step(
        self,
        file: str,
        phase: Phase,
        title: str,
        body: str,
        *,
        undoing: str = "",
        locks: tuple[Lock, ...] = (),
        hazards: tuple[HazardNote, ...] = (),
        transaction: bool = True,
        undo: bool = False,
        by_default: bool = True,
        timed: bool = True,
        after: tuple[str, ...] | None = None,
        reached: Phase | None = None,
        isolation: str = "",
    ) -> Step:
        """Return a file: what it is, the session's settings, the checks, the body.

        `after` are the phases that it may follow, where the phase itself does not say; `reached` is
        the phase that the plan stands after when it is done.
        """
        statement = self.options.statement_timeout_ms if timed else 0
        schema = quote_ident(self.book)
        allowed = _AFTER.get(phase, ()) if after is None else after
        checked = ""
        if allowed:
            checked = f"SELECT {schema}.after_phase({', '.join(map(literal, allowed))});\n"
            if not undo and phase != Phase.CONTRACT:
                checked += f"SELECT {schema}.same_structure();\n"
        ended = f"SELECT {schema}.end_phase({literal(reached.value)});\n" if reached else ""
        inner = f"{checked}\n{body.strip()}\n\n{ended}"
        if transaction:
            inner = f"BEGIN{isolation};\n{inner}COMMIT;\n"
        made = Step(
            file=file,
            phase=phase,
            undo=undo,
            by_default=by_default,
            title=title,
            transaction=transaction,
            lock_timeout_ms=self.options.lock_timeout_ms,
            statement_timeout_ms=statement,
            locks=tuple(sorted(set(locks))),
            hazards=tuple(sorted(set(hazards))),
            sql="",
        )
        return msgspec.structs.replace(
            made, sql=f"{_head(made, self.cluster, undoing)}\n{_settings(made)}\n{inner}"
        )

    def undo(self, file: str, phase: Phase, title: str, body: str, **more: Any) -> Step:
        return self.step(file, phase, title, body, undo=True, by_default=False, **more)


def _head(made: Step, cluster: str, undoing: str) -> str:
    lines = [
        f"-- {plain(made.title)}",
        f"-- Cluster {plain(cluster)}. Run with: psql -v ON_ERROR_STOP=1 -f",
    ]
    lines += [f"-- Locks {plain(lock.table)}: {lock.mode}" for lock in made.locks]
    lasting = "statements as long as they need"
    if made.statement_timeout_ms:
        lasting = f"a statement {made.statement_timeout_ms} ms"
    lines.append(f"-- Waits for a lock {made.lock_timeout_ms} ms at most, {lasting}.")
    lines += [
        f"-- Hazard {note.hazard.value}: {plain(note.subject)}: {plain(note.detail)}"
        for note in made.hazards
    ]
    if undoing:
        lines.append(f"-- Undone by: {plain(undoing)}")
    return "\n".join(lines) + "\n"


def _settings(made: Step) -> str:
    return (
        "SET client_min_messages = 'warning';\n"
        "SET search_path = pg_catalog;\n"
        f"SET lock_timeout = '{made.lock_timeout_ms}ms';\n"
        f"SET statement_timeout = '{made.statement_timeout_ms}ms';\n"
        "-- Rather an error than rows that row security hides.\n"
        "SET row_security = off;\n"
        "SET DateStyle = 'ISO, YMD';\n"
        "SET IntervalStyle = 'postgres';\n"
        "SET bytea_output = 'hex';\n"
        "SET extra_float_digits = 1;\n"
    )
