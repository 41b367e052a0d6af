"""Waivers and register are read strictly: a typing error never waives, nor charges, in silence."""

from pathlib import Path

import pytest

from cmis_audit.errors import SettingsError
from cmis_audit.model.decisions import UNDECIDED, Decisions, Registered
from cmis_audit.model.place import Place
from cmis_audit.model.waiver import Waiver
from cmis_audit.settings import load_settings


def test_the_lines_of_the_entries_are_known(tmp_path: Path) -> None:
    text = """# [[waivers]]
[[tool.cmis-audit.waivers]]
id = "c-1"
reason = "[[tool.cmis-audit.waivers]]"

[tool.cmis-audit]
tables = [
  {name = "a.b"}, {name = "a.c"},
  {name = "a.d", purpose = "x"},
]
"""
    (tmp_path / "pyproject.toml").write_text(text)
    settings = load_settings({}, {}, tmp_path)
    assert (settings.waiver_lines, settings.table_lines) == ((2,), (8, 8, 9))
    decided = Decisions(
        waivers=settings.waivers,
        register=settings.tables,
        file="pyproject.toml",
        waiver_lines=settings.waiver_lines,
        register_lines=settings.table_lines,
    )
    assert decided.place_of(settings.tables[2]) == Place(file="pyproject.toml", line=9)
    assert decided.place_of(settings.waivers[0]) == Place(file="pyproject.toml", line=2)
    assert UNDECIDED.place_of(settings.waivers[0]) is None


def test_waivers_and_register_are_read(tmp_path: Path) -> None:
    (tmp_path / "cmis-audit.toml").write_text(
        """
        [[waivers]]
        id = "c-1"
        reason = "known"
        until = 2026-12-31
        [[waivers]]
        tables = ["a.b", 'a."C d"']
        rule = "VER001"
        reason = "the name\\nstays"
        until = "2026-01-31"
        [[tables]]
        name = "a.b"
        owner = "web"
        purpose = "orders"
        canonical-for = ["a.c", "orders"]
        """
    )
    settings = load_settings({}, {}, tmp_path)
    assert settings.waivers == (
        Waiver(reason="known", id="c-1", until="2026-12-31"),
        Waiver(
            reason="the name stays",
            tables=("a.b", 'a."C d"'),
            rule="VER001",
            until="2026-01-31",
        ),
    )
    assert settings.tables == (
        Registered(name="a.b", owner="web", purpose="orders", canonical_for=("a.c", "orders")),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[waivers]]\nid = "c"', "[[waivers]] number 1: 'reason' is missing"),
        ('[[waivers]]\nid = "c"\nreason = " "', "'reason' must be words, not ' '"),
        ('[[waivers]]\nid = "c"\nreasn = "x"', "unknown key 'reasn'; did you mean 'reason'?"),
        ('[[waivers]]\nreason = "x"', "either 'id' or 'tables'"),
        ('[[waivers]]\nreason = "x"\nid = "c"\ntables = ["a.b"]', "either 'id' or 'tables'"),
        ('[[waivers]]\nreason = "x"\ntables = []', "'tables' names none"),
        ('[[waivers]]\nreason = "x"\nschemas = ["a", "a"]', "'schemas' must name a schema and"),
        ('[[waivers]]\nreason = "x"\nschemas = "a"', "'schemas' must be a list of words"),
        ('[[waivers]]\nreason = "x"\nid = "c"\nschemas = ["a", "b"]', "or 'schemas' says"),
        (
            '[[waivers]]\nreason = "x"\nrule = "DUP001"\nschemas = ["a", "b"]',
            "'rule' goes with 'tables'",
        ),
        ('[[waivers]]\nreason = "x"\ntables = ["b"]', "'b' is no table"),
        ('[[waivers]]\nreason = "x"\nid = "c"\nrule = "VER001"', "'rule' goes with 'tables'"),
        ('[[waivers]]\nreason = "x"\nid = "c"\nuntil = "soon"', "'until' must be a day"),
        ('[[waivers]]\nreason = "x"\nid = "c"\nuntil = 2026-01-01T00:00:00', "must be a day"),
        ('waivers = "all"', "waivers: must be tables of TOML, each under [[waivers]]"),
        ('[[tables]]\nowner = "x"', "[[tables]] number 1: 'name' is missing"),
        ('[[tables]]\nname = "a.b"\n[[tables]]\nname = "a.b"', "number 2: a.b is registered"),
        ('[[tables]]\nname = "a.b"\ncanonical_for = []', "did you mean 'canonical-for'?"),
        ('[[tables]]\nname = "a.b"\ncanonical-for = ["a.b"]', "a.b is canonical for itself"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "cmis-audit.toml").write_text(text)
    with pytest.raises(SettingsError) as raised:
        load_settings({}, {}, tmp_path)
    assert message in str(raised.value)
    assert str(tmp_path / "cmis-audit.toml") in str(raised.value)
    assert "\n" not in str(raised.value)
