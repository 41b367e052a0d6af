"""Where entries stand in TOML: each beside text that only looks like one."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cmis_audit.tomlplaces import entry_lines

PATH = ("waivers",)


def marked(text: str, path: tuple[str, ...] = PATH) -> list[int]:
    """Return the lines of a text that say `HERE`, after a check that its entries are so many."""
    value: object = tomllib.loads(text)
    for key in path:
        assert isinstance(value, dict)
        value = value.get(key, [])
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "HERE" in line]
    assert isinstance(value, list)
    assert len(value) == len(lines)
    return lines


@pytest.mark.parametrize(
    "text",
    [
        '[[waivers]] # HERE\nreason = "a"\n\n  [[ waivers ]] # HERE\n',
        '# [[waivers]]\nfail-under = 70\n[["waivers"]]# HERE\nid = "x"\n[[t]]\n[[waivers]]#HERE',
        "pack = '[[waivers]]'\n[['waivers']] #HERE",
        'reason = """\n[[waivers]]\n\\"""\n[[waivers]]\n"" """\n[[waivers]] # HERE\n',
        "reason = '''\n[[waivers]]\n\"\"\" '\n'''''\n[[waivers]] # HERE\nx = ''''''\n",
        'a = """"quoted""""" # "\n[[waivers]] # HERE',
        "waivers = [{id = 'a'}, # HERE\n]",
        "waivers = [ # [[waivers]]\n  {id = 'a', tables = ['x', 'y']}, # HERE\n"
        "  # {id = 'c'}\n\n  {id = 'b', n = {m = [{}]}} # HERE\n  ,\n]\nfail-under = 70.5\n",
        "x = [[1, 2], [{a = 1}],\n[[ ]]]\n[[waivers]] # HERE\nuntil = 2026-01-05T00:00:00.5Z\n",
        "x = {waivers = [{a = 1}]}\n[y]\nwaivers = [{a = 1}]\n",
        "[[waivers]] # HERE\n[waivers.sub]\n[[waivers.waivers]]\n[[waivers]] # HERE",
        "[tables]\nwaivers = [{a = 1}]",
        "",
        "waivers = []",
        "a = 1\r\n[[waivers]] # HERE\r\nb = 2\r\n",
    ],
)
def test_the_lines_are_those_of_the_entries(text: str) -> None:
    assert list(entry_lines(text, PATH)) == marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "[tool.cmis-audit]\nwaivers = [\n {a = 1}, # HERE\n {a = 2}] # HERE\n[o]\nwaivers = [{}]",
        "[[tool . 'cmis-audit' . \"waivers\"]] # HERE\n[[tool.waivers]]\n"
        "[[tool.cmis-audit.waivers]] #HERE",
        "[tool]\ncmis-audit = {pack = ['a'], waivers = [{a = {b = []}}]} # HERE",
        "tool.cmis-audit.waivers = [{a = 1}] # HERE",
        "[tool.\"cmis\\u002Daudit\"]\nwaivers = [{a = '[[tool.cmis-audit.waivers]]'}] # HERE",
    ],
)
def test_in_pyproject_they_stand_below_a_table(text: str) -> None:
    path = ("tool", "cmis-audit", "waivers")
    assert list(entry_lines(text, path)) == marked(text, path)


VALUES = some.sampled_from(
    ("1", "-2.5e3", "true", "2026-01-05", "'[[waivers]]'", '"[[waivers]] # \\" {"', "[[], [{}]]",
     '"""\n[[waivers]]\n\\""""""', "'''\n{[[waivers]]'''", "{a = {b = '}'}, c = []}",
     "[\n1, # ]\n2]"),
)  # fmt: skip


@given(some.lists(some.tuples(some.sampled_from(("entry", "other", "comment")), VALUES)))
def test_every_entry_has_its_line(pieces: list[tuple[str, str]]) -> None:
    lines, text = [], "start = 0\n"
    for number, (kind, value) in enumerate(pieces):
        if kind == "entry":
            lines.append(text.count("\n") + 1)
            text += f"[[waivers]]\nvalue = {value}\n"
        elif kind == "other":
            text += f"[other{number}]\nwaivers = {value} # [[waivers]]\n"
        else:
            text += "# [[waivers]]\n"
    assert len(tomllib.loads(text).get("waivers", [])) == len(lines)
    assert list(entry_lines(text, PATH)) == lines
