"""What `bench.rehearsals` finds of a labelled schema, and the tables made of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.pages import markdown
from cmis_audit.model.plan import Plan
from cmis_audit.model.rehearsal import ClusterRehearsal, Rehearsal, Status

WORDS = tuple(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A plan that did not come through to the end."""

    schema: str
    cluster: str
    reached: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The clusters of one schema that say "consolidate", planned and rehearsed."""

    name: str
    clusters: int
    """Of them all; the next two may be fewer where a limit was set."""
    planned: int
    refused: tuple[str, ...]
    """The reasons of each cluster that got no plan."""
    reached: tuple[Status, ...]
    """How far each plan came."""
    rows: int
    """In all members, when they were verified."""
    merged: int
    set_aside: int
    left: int
    """Clusters that the audit of the clone still finds at the end."""
    short: tuple[Short, ...]

    @classmethod
    def of(cls, name: str, clusters: int, plan: Plan, found: Rehearsal) -> "Tried":
        lines = [line for each in found.clusters for line in each.ledger]
        by_id = {each.cluster: each for each in found.clusters}
        return cls(
            name=name,
            clusters=clusters,
            planned=len(plan.clusters),
            refused=tuple("; ".join(each.reasons) for each in plan.refused),
            reached=tuple(each.status for each in found.clusters),
            rows=sum(line.rows_in for line in lines),
            merged=sum(line.merged for line in lines),
            set_aside=sum(line.rejected for line in lines),
            left=len(found.finish.clusters_left) if found.finish else 0,
            short=tuple(
                _short(name, each.name, by_id.get(each.cluster))
                for each in plan.clusters
                if each.cluster not in by_id or not by_id[each.cluster].proven
            ),
        )

    def at_least(self, word: Status) -> int:
        return sum(WORDS.index(each) >= WORDS.index(word) for each in self.reached)


def _short(schema: str, cluster: str, found: ClusterRehearsal | None) -> Short:
    if found is None:
        return Short(schema=schema, cluster=cluster, reached="-", why="it was not rehearsed")
    refused = f" ({found.refused.file}: {found.refused.message})" if found.refused else ""
    return Short(
        schema=schema,
        cluster=cluster,
        reached=found.status.value,
        why=f"{found.stopped}{refused}".replace("|", "\\|").replace("\n", " "),
    )


def rehearsals(tried: Sequence[Tried]) -> str:
    """Return a line a schema and the sums."""
    titles = (
        *("schema", "clusters", "refused a plan", "planned"),
        *("accepted", "conserved", "isolated", "undone"),
        *("rows", "of them merged", "of them set aside", "still found"),
    )
    rows: list[list[object]] = []
    for each in tried:
        both = each.planned + len(each.refused)
        taken = each.clusters if both == each.clusters else f"{both} of {each.clusters}"
        rows.append([each.name, taken, *_counted([each])])
    clusters = sum(each.planned + len(each.refused) for each in tried)
    rows.append(["**all**", clusters, *_counted(tried)])
    return markdown(titles, rows)


def _counted(tried: Sequence[Tried]) -> list[object]:
    words = (Status.ACCEPTED, Status.CONSERVED, Status.ISOLATED, Status.UNDONE)
    return [
        sum(len(each.refused) for each in tried),
        sum(each.planned for each in tried),
        *(sum(each.at_least(word) for each in tried) for word in words),
        *(sum(getattr(e, what) for e in tried) for what in ("rows", "merged", "set_aside", "left")),
    ]


def refusals(tried: Sequence[Tried]) -> str:
    """Return how many clusters got no plan for each reason."""
    reasons = Counter(reason for each in tried for reason in each.refused)
    rows = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    return markdown(("why there is no plan", "clusters"), rows) if rows else "None was refused."


def shortfalls(tried: Sequence[Tried]) -> str:
    """Return every plan that did not come through, and why."""
    rows = [(s.schema, s.cluster, s.reached, s.why) for each in tried for s in each.short]
    if not rows:
        return "Every plan came through to the end."
    return markdown(("schema", "cluster", "came to", "why not further"), rows)


def blocks(tried: Sequence[Tried]) -> dict[str, str]:
    """Return the tables by the names of their markers on the page."""
    return {
        "rehearsals": rehearsals(tried),
        "refusals": refusals(tried),
        "shortfalls": shortfalls(tried),
    }
