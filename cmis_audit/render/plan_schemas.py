"""What the README of a plan says of schemas that go with their tables."""

from collections.abc import Iterator

from cmis_audit.model.plan import Phase, Plan, SchemaPlan
from cmis_audit.render.escape import Safe, code, joined


def schema_sections(plan: Plan) -> Iterator[Safe]:
    folders = {each.cluster: each.folder for each in plan.clusters}
    for schema in plan.schemas:
        yield from _section(schema, [folders[each] for each in schema.clusters])


def _section(schema: SchemaPlan, folders: list[str]) -> Iterator[Safe]:
    yield Safe(f"## {schema.folder}: the schema {code(schema.schema)}")
    listed = joined(", ", [code(each) for each in folders])
    yield Safe(
        f"It repeats {code(schema.source)}. Its tables have plans of their own: {listed}. The "
        "files here run those phase by phase, so that all tables are filled before the first one "
        "switches; run them in the place of the ones above, never both."
    )
    forward = [each for each in schema.drivers if not each.undo]
    yield _run(schema, [each.file for each in forward if each.phase != Phase.CONTRACT])
    back = joined(", ", [code(each.file) for each in schema.drivers if each.undo])
    yield Safe(f"The way back, as far as they were run: {back}.")
    last = [each.file for each in forward if each.phase == Phase.CONTRACT]
    yield Safe(
        "The schema itself goes last, when the tables are dropped and the old names given up, "
        f"those in {code(schema.source)} too. The last file is refused while anything stands "
        f"in the schema, and {code(schema.restore.file)} makes it again, empty, with its owner, "
        "comment and rights:"
    )
    yield _run(schema, [*last, schema.drop.file])
    if schema.left:
        left = "\n".join(f"- {code(each)}" for each in schema.left)
        yield Safe(
            "What repeats nothing stays, and the schema with it until that is moved "
            f"(`ALTER ... SET SCHEMA`) or dropped:\n\n{left}"
        )


def _run(schema: SchemaPlan, files: list[str]) -> Safe:
    lines = [f"psql -v ON_ERROR_STOP=1 -f {schema.folder}/{file}" for file in files]
    return Safe("```console\n" + "\n".join(lines) + "\n```")
