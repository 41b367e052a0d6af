"""Plans run on a clone: made from a database of a test, on an embedded server of their own."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
from planned import catalog as read

from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.plan import ClusterPlan, Phase, Plan
from cmis_audit.rehearse.clone import clone_sql
from cmis_audit.rehearse.ports import Stage
from cmis_audit.rehearse.rehearsal import Options, Outcome, rehearse
from cmis_audit.rehearsing import SUPERUSER
from cmis_audit.scratch.embedded import embedded_server
from cmis_audit.scratch.intake import load_text
from cmis_audit.scratch.workplace import Workplace

QUICK = Options(rows=20, bench_rows=0)


@dataclass
class Cloned:
    place: Workplace
    catalog: Catalog
    """Of the clone."""
    said: tuple[Skipped, ...]


@contextmanager
def clone(catalog: Catalog, version: int = 16, *, discreet: bool = False) -> Iterator[Cloned]:
    text, stood_in = clone_sql(catalog)
    with embedded_server(version, superuser=SUPERUSER) as server:
        loaded = load_text(catalog.database, text, server)
        with Workplace(server, loaded, discreet=discreet) as place:
            said = (*stood_in, *loaded.skipped)
            yield Cloned(place=place, catalog=read(place.conninfo), said=said)


def rehearsed(catalog: Catalog, plan: Plan, options: Options = QUICK) -> Outcome:
    with clone(catalog, discreet=options.sampled > 0) as cloned:
        place = cloned.place
        stage = Stage(place=place, read=lambda: read(place.conninfo), notify=lambda _: None)
        return rehearse(stage, catalog, plan, options)


def changed(plan: Plan, change: Callable[[str], str], phase: Phase, *, undo: bool = False) -> Plan:
    """Return the plan with another text of the files of a phase."""
    cluster: ClusterPlan = plan.clusters[0]
    steps = tuple(
        msgspec.structs.replace(step, sql=change(step.sql))
        if step.phase == phase and step.undo == undo
        else step
        for step in cluster.steps
    )
    return msgspec.structs.replace(plan, clusters=(msgspec.structs.replace(cluster, steps=steps),))


def before_the_end(more: str) -> Callable[[str], str]:
    """Put statements before the COMMIT of a file."""
    return lambda sql: re.sub(r"^COMMIT;$", lambda _: f"{more}\nCOMMIT;", sql, flags=re.MULTILINE)
