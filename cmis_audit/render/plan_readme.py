"""The plan for people: `README.md` beside the files."""

from collections.abc import Iterator

from cmis_audit.model.code import CodeReference, CodeSurvey
from cmis_audit.model.code_index import CodeIndex, files
from cmis_audit.model.plan import ClusterPlan, Framework, Plan, Step, Strategy, WrittenFile
from cmis_audit.render.code_places import changes_table
from cmis_audit.render.escape import Safe, code, escaped, joined, table, text
from cmis_audit.render.frameworks.guide import guide
from cmis_audit.render.plan_schemas import schema_sections
from cmis_audit.render.units import counted


def plan_readme(
    plan: Plan,
    code: CodeSurvey | None = None,
    framework: Framework = Framework.SQL,
    written: tuple[WrittenFile, ...] = (),
) -> str:
    """Return the order, what each file does to the server, and what is left to be done by hand.

    Where code was searched, that is what has to change there too.
    """
    used = CodeIndex(code) if code else None
    parts = [*_head(plan), *_order(plan), *guide(framework, written), *_checklist(plan, used)]
    for cluster in plan.clusters:
        parts += _cluster(cluster)
        parts += _code(cluster, used) if used else ()
    parts += schema_sections(plan)
    parts += _refused(plan)
    parts += _lint()
    return "\n\n".join(escaped(part) for part in parts) + "\n"


def _head(plan: Plan) -> Iterator[Safe]:
    yield Safe("# Consolidation plan")
    yield Safe(
        f"For the database {code(plan.database)}, made from its catalog with the fingerprint "
        f"{code(plan.fingerprint[:16])}. Nothing has been executed. A file refuses to run when the "
        "tables have changed since, or when the one before it has not been run."
    )
    zone = code(plan.options.timezone)
    yield Safe(
        f"- A timestamp without a time zone is taken to be in {zone} (`--timezone`).\n"
        f"- One transaction copies {plan.options.batch_size} rows (`--batch-size`).\n"
        "- Take a backup first (`pg_dump`), and try the plan on a copy: `cmis-audit rehearse`."
    )


def _order(plan: Plan) -> Iterator[Safe]:
    lines = [
        f"psql -v ON_ERROR_STOP=1 -f {cluster.folder}/{step.file}"
        for cluster in plan.clusters
        for step in cluster.steps
        if step.by_default and not step.undo
    ]
    if not lines:
        yield Safe("There is nothing to run.")
        return
    yield Safe("## Order")
    yield Safe("```console\n" + "\n".join(lines) + "\n```")
    if not plan.options.yes_drop:
        yield Safe(
            "The files `05-contract*.sql` drop the old tables, and then the old names. They are "
            "not in the order: run them when nobody needs the way back any more. With "
            "`--yes-drop` the dropping of tables is."
        )
    yield Safe(
        "To go back, run the files `06-rollback-*.sql` of a cluster: switch, backfill, expand, "
        "from the phase it stands after; with several clusters, the last one first."
    )


_CHECKLIST = (
    "A backup that has been restored once, somewhere else.",
    "The plan rehearsed on a copy, and the queries that matter measured there.",
    "Whoever runs the files owns the tables or is a superuser, and row security does not hold "
    "them back.",
    "Functions listed below as failing on a view are changed first.",
    "A quiet hour for `04-switch.sql`: it waits for every running transaction on the old tables, "
    "and everybody waits behind it until it has its locks or gives up.",
    "After the switch, rows in `rejects_…` and lines in `notes` are looked through.",
    "`05-contract.sql` only when going back is out of the question; `05-contract_names.sql` when "
    "nobody uses the old names any more.",
)


def _checklist(plan: Plan, used: CodeIndex | None) -> Iterator[Safe]:
    if plan.clusters:
        number = len(files(use for one in plan.clusters for use in _uses(one, used)))
        lines = [*_CHECKLIST]
        if number:
            changed = f"Changed, before `05-contract_names.sql`: {counted(number, 'file')} of code"
            lines.insert(-1, f"{changed}, listed below.")
        yield Safe("## Checklist")
        yield Safe("\n".join(f"- [ ] {line}" for line in lines))


def _uses(cluster: ClusterPlan, used: CodeIndex | None) -> list[CodeReference]:
    return [use for one in cluster.members for use in used.uses(one.table)] if used else []


def _code(cluster: ClusterPlan, used: CodeIndex) -> Iterator[Safe]:
    yield Safe("### Code that uses the old tables")
    if _uses(cluster, used):
        yield changes_table(used, [one.table for one in cluster.members])
    else:
        yield Safe("None was seen.")


def _cluster(cluster: ClusterPlan) -> Iterator[Safe]:
    yield Safe(f"## {cluster.folder}: {text(cluster.name)}")
    books = _BOOKS if cluster.strategy != Strategy.RENAME else ", which goes with the last file."
    yield Safe(
        f"Cluster {code(cluster.cluster)} ({cluster.kind.value}): {_becomes(cluster)} The plan "
        f"keeps its books in the schema {code(cluster.book)}{books}"
    )
    if cluster.decisions:
        yield _bullets("Decided:", cluster.decisions)
    yield table(
        ("file", "locks", "waits at most", "hazards"),
        [_step(cluster, step) for step in cluster.steps],
        "llll",
    )
    if cluster.dependents:
        yield Safe("### What hangs on the old tables")
        yield table(
            ("kind", "name", "what becomes of it"),
            [(each.kind, code(each.name), each.what) for each in cluster.dependents],
            "lll",
        )
    if cluster.left_behind:
        yield Safe("### Left behind")
        yield table(
            ("what", "because"), [(each.what, each.why) for each in cluster.left_behind], "ll"
        )
    yield from _hazards(cluster)


_BOOKS = (
    ": `ledger` says what became of every row, `rejects_…` holds the rows that have no place, "
    "`notes` what else happened."
)


def _becomes(cluster: ClusterPlan) -> Safe:
    members = joined(", ", [code(str(member.table)) for member in cluster.members])
    match cluster.strategy:
        case Strategy.RENAME:
            pairs = [
                Safe(f"{code(str(each.table))} becomes {code(str(each.moved_to))}")
                for each in cluster.members
            ]
            return Safe(
                f"{joined(', ', pairs)}, for the names mislead; the tables stay apart. A view "
                "under the old name is read and written like the table."
            )
        case Strategy.ARCHIVE:
            return Safe(f"{members}: put away, but for the rows that only they have.")
        case Strategy.MERGE | Strategy.UNPIVOT:
            targets = joined(", ", [code(str(target.ref)) for target in cluster.targets])
            return Safe(f"{members} become {targets}.")


def _step(cluster: ClusterPlan, step: Step) -> tuple[object, ...]:
    locks = dict.fromkeys(f"{lock.mode}" for lock in step.locks)
    hazards = dict.fromkeys(note.hazard.value for note in step.hazards)
    waits = f"{step.lock_timeout_ms} ms for a lock"
    return (
        code(step.file),
        ", ".join(locks) or "none",
        waits,
        ", ".join(hazards) or "none",
    )


def _hazards(cluster: ClusterPlan) -> Iterator[Safe]:
    notes = sorted({note for step in cluster.steps for note in step.hazards})
    if notes:
        yield Safe("### Hazards")
        yield table(
            ("hazard", "of", "what"),
            [(note.hazard.value, code(note.subject), note.detail) for note in notes],
            "lll",
        )


def _refused(plan: Plan) -> Iterator[Safe]:
    if plan.refused:
        yield Safe("## No plan for")
        yield table(
            ("cluster", "kind", "because"),
            [(each.name, each.kind.value, "; ".join(each.reasons)) for each in plan.refused],
            "lll",
        )
    if plan.not_planned:
        yield Safe("## Left as they are")
        yield table(
            ("what", "what to do"), [(each.what, each.why) for each in plan.not_planned], "ll"
        )


LINT: tuple[tuple[tuple[str, ...], str], ...] = (
    (("renaming-table", "renaming-object"), "views take the old names in the same transaction"),
    (("ban-drop-table", "ban-drop-view"), "only the contract and rollback files drop anything"),
    (("ban-drop-schema",), "only a plan's own schema is dropped, and one that is empty"),
    (
        ("ban-drop-constraint",),
        "foreign keys that pointed at an old table point at the target then",
    ),
    (("prefer-bigint-over-int", "prefer-text-field", "prefer-timestamp-tz"), "the types are yours"),
    (
        ("require-concurrent-index-creation", "require-concurrent-index-deletion"),
        "not possible on a partitioned table, which nobody uses yet",
    ),
)
"""Rules of squawk's that a plan breaks, and why; a test holds it to all others."""


def _lint() -> Iterator[Safe]:
    yield Safe("## Linting")
    yield Safe("The linter squawk warns by these rules; each is broken for a reason.")
    yield table(
        ("rule", "why it stays"), [(text(", ".join(rules)), text(why)) for rules, why in LINT], "ll"
    )


def _bullets(title: str, lines: tuple[str, ...]) -> Safe:
    return Safe("\n".join([title, "", *(f"- {text(line)}" for line in lines)]))
