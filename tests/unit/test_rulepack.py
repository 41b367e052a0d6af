"""A pack is read whole, or refused with file, line and reason."""

import os
import shutil
from pathlib import Path

import pytest

from cmis_audit import resources
from cmis_audit.checks import PARAMETERS
from cmis_audit.errors import RuleError
from cmis_audit.model.rule import Lexicon, Unit
from cmis_audit.resources import rule_packs
from cmis_audit.rulepack import load_pack, load_packs, pack_names

PAGE = """+++
code = "ABC001"
title = "A title"
severity = "low"
check = "duplicate_cluster"
unit = "table"
points = 2
cap = 10
+++
## Why
Because.
## Fires
```sql
SELECT 1;
```
## Silent
```sql
SELECT 2;
```
Words.
```sql
SELECT 3;
```
## Remedy
Mend it.
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A team's directory with one page."""
    (tmp_path / "ABC001-a-title.md").write_text(PAGE)
    return tmp_path


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A whole pack: a copy of the one that ships."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for each in (rule_packs() / "cmis").iterdir():
        (folder / each.name).write_text(each.read_text(encoding="utf-8"))
    return folder


def page(own: Path, old: str, new: str) -> None:
    text = PAGE.replace(old, new, 1)
    assert text != PAGE
    (own / "ABC001-a-title.md").write_text(text)


def reason(extra: Path) -> str:
    with pytest.raises(RuleError) as caught:
        load_pack("cmis", extra, checks=PARAMETERS)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{extra}/", "")


def test_the_shipped_pack_charges_what_the_contract_says() -> None:
    pack = load_pack("cmis", checks=PARAMETERS)
    charges = {rule.code: (rule.unit, rule.points, rule.cap) for rule in pack.rules}
    assert charges == {
        "DUP001": (Unit.CLUSTER, 4, 40),
        "VER001": (Unit.TABLE, 3.75, 30),
        "MET001": (Unit.TABLE, 1, 20),
        "OVL001": (Unit.TABLE, 1, 10),
    }
    bounds = [(grade.grade, grade.at_least) for grade in pack.grades]
    assert bounds == [("A", 85), ("B", 70), ("C", 50), ("D", 30), ("F", 0)]
    assert next(g.label for g in pack.grades if g.grade == "C") == "Needs Improvement"
    assert "cmis" in pack_names()


@pytest.mark.parametrize("rule", load_pack("cmis").rules, ids=lambda rule: rule.code)
def test_every_page_has_examples_and_near_misses(rule) -> None:
    assert rule.fires
    assert len(rule.silent) >= 3


def test_a_page_joins_the_pack(own: Path) -> None:
    pack = load_pack("cmis", own, checks=PARAMETERS)
    assert [rule.code for rule in pack.rules] == ["ABC001", "DUP001", "MET001", "OVL001", "VER001"]
    rule = pack.rules[0]
    assert rule.fires == ("SELECT 1;\n",)
    assert rule.silent == ("SELECT 2;\n", "SELECT 3;\n")
    assert rule.page.startswith("## Why\n")
    assert pack.fingerprint != load_pack("cmis").fingerprint


def test_a_page_with_a_code_of_the_pack_takes_its_place(own: Path) -> None:
    (own / "ABC001-a-title.md").unlink()
    (own / "DUP001-milder.md").write_text(PAGE.replace("ABC001", "DUP001"))
    pack = load_pack("cmis", own)
    assert [rule.code for rule in pack.rules] == ["DUP001", "MET001", "OVL001", "VER001"]
    assert pack.rules[0].title == "A title"


def test_what_is_no_file_of_rules_is_given_up_early(own: Path) -> None:
    odd = own / "lexicon.toml"
    odd.write_text("x = " + "[" * 100_000)
    (own / "pack.toml").write_text("x = " + "[" * 100_000)
    assert "pack.toml:1: not TOML: it is nested too deeply" in reason(own)
    odd.write_text("#" * 1_000_001)
    assert "lexicon.toml: has more than 1,000,000 bytes" in reason(own)
    odd.unlink()
    os.mkfifo(odd)
    assert "lexicon.toml: cannot be read: it is not a regular file" in reason(own)


def test_a_whole_pack_stands_in_for_the_chosen_one(whole: Path) -> None:
    (whole / "MET001-fragmented-metrics.md").unlink()
    pack = load_pack("cmis", whole)
    assert [rule.code for rule in pack.rules] == ["DUP001", "OVL001", "VER001"]


def test_the_fingerprint_is_of_the_contents_alone(whole: Path, tmp_path: Path) -> None:
    shipped = load_pack("cmis").fingerprint
    assert load_pack("cmis", whole).fingerprint == shipped
    moved = shutil.move(whole, tmp_path / "elsewhere")
    assert load_pack("cmis", Path(moved)).fingerprint == shipped
    for file in Path(moved).iterdir():
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_pack("cmis", Path(moved)).fingerprint == shipped
    (Path(moved) / "README.md").write_text("not read")
    assert load_pack("cmis", Path(moved)).fingerprint == shipped


def test_extends_takes_the_knowledge_and_not_the_rules(own: Path) -> None:
    grades = '[[grades]]\ngrade = "P"\nlabel = "Pass"\nat_least = 0\n'
    (own / "pack.toml").write_text(f'name = "mine"\ntitle = "Mine"\nextends = "cmis"\n{grades}')
    pack = load_pack("cmis", own)
    shipped = load_pack("cmis")
    assert pack.name == "mine"
    assert [rule.code for rule in pack.rules] == ["ABC001"]
    assert (pack.lexicon, pack.weights) == (shipped.lexicon, shipped.weights)
    (own / "weights.toml").write_text("")
    assert reason(own).startswith("weights.toml:1: stands beside")


def test_an_unknown_pack_is_named_with_its_neighbour() -> None:
    with pytest.raises(RuleError, match="no rule pack 'cmi'; did you mean 'cmis'"):
        load_pack("cmi")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title =", "titel =", ":3: unknown key 'titel'; did you mean 'title'?"),
        ('title = "A title"\n', "", ":2: 'title' is missing"),
        ("points = 2", 'points = "2"', ":7: 'points': expected `float`, got `str`"),
        ("points = 2", "points = true", ":7: 'points': expected `float`, got `bool`"),
        ("points = 2", "points = -1", ":7: 'points' must be 0 or more, not -1.0"),
        ("cap = 10", "cap = nan", ":8: 'cap' must be 0 or more, not nan"),
        ("cap = 10", "cap = inf", ":8: 'cap' must be 0 or more, not inf"),
        ('"low"', '"lowest"', ":4: 'severity': invalid enum value 'lowest'"),
        ("cap = 10", "cap = = 10", ":8: not TOML: Invalid value"),
        ("duplicate_cluster", "duplicate_clusters", ":5: unknown check 'duplicate_clusters'; did"),
        ("cap = 10", "cap = 10\n[params]\nx = 1", ":10: check 'duplicate_cluster' takes no par"),
        ("cap = 10", "cap = 10\n[params]\nx = {}", ":9: 'params': expected"),
        ('code = "ABC001"', 'code = "ABC002"', ":2: the file of rule ABC002 must be named ABC002-"),
        ('code = "ABC001"', 'code = "abc"', ":2: code 'abc' is not like ABC001"),
        ("+++", "---", ":1: a rule page begins with"),
        ("+++\n##", "##", ":1: the front matter has no closing line"),
        ("## Why", "## Whi", ":10: section '## Why' is missing; did you mean 'Whi'?"),
        ("Because.\n", "\n", ":10: section '## Why' is empty"),
        ("## Remedy", "## Why", ":24: a second section 'Why'"),
        ("```sql\nSELECT 1", "```\nSELECT 1", ":10: section '## Fires' holds no ```sql block"),
        ("SELECT 3;\n```", "SELECT 3;\n", ":21: the code block is never closed"),
    ],
)
def test_a_bad_page_is_refused_with_its_line(own: Path, old: str, new: str, message: str) -> None:
    page(own, old, new)
    assert reason(own).startswith("ABC001-a-title.md" + message)


def test_two_pages_of_one_code_are_refused(own: Path) -> None:
    (own / "ABC001-other.md").write_text(PAGE)
    assert reason(own) == "ABC001-other.md:2: code ABC001 is taken by ABC001-a-title.md"


def test_headings_in_code_are_no_sections(own: Path) -> None:
    page(own, "SELECT 1;", "## Why\nSELECT 1;")
    assert load_pack("cmis", own).rules[0].fires == ("## Why\nSELECT 1;\n",)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("pack.toml", "title", "titel", ":2: unknown key 'titel'; did you mean 'title'?"),
        ("pack.toml", "label", "lable", ":8: unknown key 'lable'; did you mean 'label'?"),
        ("pack.toml", "at_least = 85", "at_least = 60", ":6: grades stand best first"),
        ("pack.toml", "at_least = 0", "at_least = 10", ":6: the last grade must take"),
        ("pack.toml", "at_least = 85", 'at_least = "x"', "'at_least': expected `float`"),
        ("lexicon.toml", "measure_words", "measure_word", "unknown key 'measure_word'; did you"),
    ],
)
def test_a_bad_pack_is_refused(whole: Path, file: str, old: str, new: str, message: str) -> None:
    text = (whole / file).read_text()
    assert old in text
    (whole / file).write_text(text.replace(old, new, 1))
    said = reason(whole)
    assert said.startswith(file + ":")
    assert message in said


@pytest.mark.parametrize(
    ("number", "message"),
    [('"x"', "'zz' must be a number"), ("inf", "'zz' must be finite"), ("true", "must be a num")],
)
def test_a_weight_is_a_finite_number(whole: Path, number: str, message: str) -> None:
    (whole / "weights.toml").write_text(f"a = 1\nzz = {number}\n")
    said = reason(whole)
    assert said.startswith("weights.toml:2: ")
    assert message in said


def test_weights_may_be_changed_but_not_invented_or_left_out(whole: Path) -> None:
    shipped = (resources.rule_packs() / "cmis" / "weights.toml").read_text("utf-8")
    (whole / "weights.toml").write_text(shipped.replace("base_rate = -10.0", "base_rate = -9"))
    weights = {weight.name: weight.value for weight in load_pack("cmis", whole).weights}
    assert (weights["base_rate"], weights["name.version"]) == (-9.0, 13.0)
    (whole / "weights.toml").write_text(f"base_rat = 1\n{shipped}")
    assert reason(whole) == "weights.toml:1: unknown weight 'base_rat'; did you mean 'base_rate'?"
    (whole / "weights.toml").write_text(shipped.replace("base_rate = -10.0", ""))
    assert reason(whole) == "weights.toml:1: weight 'base_rate' is missing"


def test_the_lexicon_needs_every_list(whole: Path) -> None:
    (whole / "lexicon.toml").write_text("")
    assert reason(whole) == f"lexicon.toml:1: '{Lexicon.__struct_fields__[0]}' is missing"


def test_a_directory_must_hold_something(tmp_path: Path) -> None:
    assert "holds neither a pack.toml nor a rule page" in reason(tmp_path)
    assert "no such directory of rules" in reason(tmp_path / "none")
    (tmp_path / "weights.toml").write_text("")
    assert reason(tmp_path) == "weights.toml: needs a pack.toml beside it"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "weights.toml",
            "saturation = 18.0",
            "saturation = 0",
            "'column.saturation' must be above",
        ),
        ("weights.toml", "unknown_share = 0.002", "unknown_share = 2", "at most 1, not 2"),
        ("weights.toml", "at_4 = 0.86", "at_4 = 0.1", "'confidence.at_4' must be above 0.35"),
        ("lexicon.toml", "\nid = 0.7", "\nid = -1", "'id' must be a share above 0, at most 1"),
        ("lexicon.toml", "'supersedes'", "'super(sedes'", "is no regular expression"),
    ],
)
def test_knowledge_out_of_bounds_is_refused(
    whole: Path, file: str, old: str, new: str, message: str
) -> None:
    shipped = (resources.rule_packs() / "cmis" / file).read_text("utf-8")
    assert old in shipped
    (whole / file).write_text(shipped.replace(old, new))
    assert message in reason(whole)


EXTENDING = """
name = "ours"
title = "Ours"
extends = "cmis"

[scale]
per_tables = 100
least_tables = 10
ceiling = 84

[charges.DUP001]
points = 5
cap = 60
"""


@pytest.fixture
def extending(tmp_path: Path) -> Path:
    (tmp_path / "pack.toml").write_text(EXTENDING)
    return tmp_path


def test_a_pack_takes_what_another_knows_and_the_rules_that_it_charges(extending: Path) -> None:
    ours, cmis = load_pack("cmis", extending, checks=PARAMETERS), load_pack("cmis")
    (rule,) = ours.rules
    assert (rule.code, rule.points, rule.cap) == ("DUP001", 5, 60)
    assert rule.page == cmis.rules[0].page
    assert (ours.lexicon, ours.weights, ours.grades) == (cmis.lexicon, cmis.weights, cmis.grades)
    assert ours.scale is not None
    assert ours.scale.ceiling == 84


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"cmis"', '"cmiss"', "pack.toml:4: no rule pack 'cmiss'; did you mean 'cmis'?"),
        ('"cmis"', '"density"', "the pack 'density' extends another itself; name that one"),
        ('extends = "cmis"', "", "pack.toml:11: 'charges' needs an 'extends'"),
        ("charges.DUP001", "charges.DUP002", "has no rule 'DUP002'; did you mean 'DUP001'?"),
        ("points = 5", "point = 5", "unknown key 'point'; did you mean 'points'?"),
        ("points = 5", "points = -5", "'points' of DUP001 must be 0 or more"),
        ("points = 5", "points = 0", "with a scale, DUP001 needs points above 0"),
        ("cap = 60", "cap = 100", "with a scale, DUP001 needs points above 0 and a cap from 0"),
        ("ceiling = 84", "ceiling = 0", "pack.toml:9: 'ceiling' must be above 0, at most 100"),
        ("least_tables = 10", "least_tables = 0", "pack.toml:8: 'least_tables' must be 1 or more"),
        ("per_tables = 100", "", "'per_tables' is missing"),
        ('title = "Ours"', "", "'title' is missing"),
    ],
)
def test_an_extending_pack_is_strict(extending: Path, old: str, new: str, message: str) -> None:
    assert old in EXTENDING
    (extending / "pack.toml").write_text(EXTENDING.replace(old, new))
    assert message in reason(extending)


def test_what_it_extends_is_no_place_for_own_words(extending: Path) -> None:
    (extending / "weights.toml").write_text("")
    assert reason(extending) == "weights.toml:1: stands beside 'extends = \"cmis\"'; drop one"


def test_a_page_of_a_team_goes_to_the_pack_that_has_its_code(own: Path) -> None:
    text = PAGE.replace('"ABC001"', '"GOV001"').replace("cap = 10", "cap = 11")
    (own / "GOV001-ours.md").write_text(text)
    main, beside = load_packs(("cmis", "governance"), own, checks=PARAMETERS)
    assert {"ABC001", "DUP001"} <= {rule.code for rule in main.rules}
    assert "GOV001" not in {rule.code for rule in main.rules}
    assert {rule.code: rule.cap for rule in beside.rules}["GOV001"] == 11


@pytest.mark.parametrize("name", pack_names())
def test_a_shipped_pack_never_takes_more_than_all(name: str) -> None:
    pack = load_pack(name, checks=PARAMETERS)
    assert pack.scale or sum(rule.cap for rule in pack.rules) <= 100
