"""What the report says of code: harmless whatever stands there, and no more than is known."""

import json

import pytest
from builders import catalog, cluster, function, ref, report, table, view
from jsonschema import Draft202012Validator

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.code import CodeReference, CodeSurvey, CodeUse
from cmis_audit.render.audit_json import render_json
from cmis_audit.render.code_places import changes_table, unused
from cmis_audit.render.index import Index
from cmis_audit.render.markdown import render_markdown
from cmis_audit.resources import report_schemas

POSTS = table("cmis.posts", "id uuid pk", "body text")
POSTS_V2 = table("cmis.posts_v2", "id uuid pk", "body text")
TAGS = table("cmis.tags", "id uuid pk")
READ = table("cmis.read", "id uuid pk")
CALLED = table("cmis.called", "id uuid pk")
DEAD = table("cmis.dead", "id uuid pk")
HOSTILE = "</details> | `x` <script>alert(1)</script>\u202e [y](javascript:z)"


def reference(called: str, use: CodeUse, **fields: object) -> CodeReference:
    values: dict[str, object] = {"file": "a.py", "line": 1}
    return CodeReference(table=ref(called), use=use, **{**values, **fields})


def survey(*references: CodeReference, roots: tuple[str, ...] = ("api",)) -> CodeSurvey:
    return CodeSurvey(roots=roots, files=3, references=tuple(sorted(references)))


def test_only_what_nothing_uses_is_called_unused() -> None:
    found = survey(
        reference("cmis.posts", CodeUse.QUERY),
        reference("cmis.posts_v2", CodeUse.CREATES, migration=True),
        reference("cmis.dead", CodeUse.QUERY, migration=True),
        reference("cmis.tags", CodeUse.MODEL, candidates=2),
    )
    whole = catalog(
        *(POSTS, POSTS_V2, TAGS, READ, CALLED, DEAD),
        views=(view("cmis.seen", "cmis.read"),),
        functions=(function("cmis.f", "BEGIN UPDATE cmis.called SET id = id; END"),),
    )
    made = report(whole, code=found)
    assert list(map(str, unused(made, Index(whole, found)))) == ["cmis.dead", "cmis.posts_v2"]
    nothing = survey()
    assert unused(report(whole, code=nothing), Index(whole, nothing)) == ()


@pytest.mark.parametrize("verdict", [Verdict.CONSOLIDATE, Verdict.REVIEW])
def test_what_stands_in_code_is_harmless(verdict: Verdict) -> None:
    found = survey(
        reference("cmis.posts", CodeUse.CREATES, comment=HOSTILE, file=f"{HOSTILE}.sql"),
        reference("cmis.posts", CodeUse.MODEL, name=HOSTILE, file=f"{HOSTILE}.py"),
        reference("cmis.posts_v2", CodeUse.QUERY, framework=HOSTILE, file="b/c\nd.py"),
        roots=(HOSTILE,),
    )
    group = cluster("posts", POSTS, POSTS_V2, verdict=verdict)
    made = report(catalog(POSTS, POSTS_V2, TAGS), group, code=found)
    text = render_markdown(made)
    assert "<script" not in text
    assert "](javascript" not in text
    assert "\u202e" not in text
    assert text.count("<details>") == text.count("</details>")
    assert "<script" not in changes_table(Index(made.catalog, found).code, [POSTS.ref])
    schema = json.loads((report_schemas() / "audit.schema.json").read_text("utf-8"))
    audit = json.loads(render_json(made))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(audit)]
    assert audit["code"]["references"]["cmis.posts"][0]["comment"] == HOSTILE


def test_a_report_without_code_says_so() -> None:
    made = report(catalog(POSTS, POSTS_V2), cluster("posts", POSTS, POSTS_V2))
    text = render_markdown(made)
    assert "Code outside the database was not looked at." in text
    assert "came from" not in text
    assert "code" not in json.loads(render_json(made))
