"""Flags win over the environment, which wins over the file, which wins over the defaults."""

from pathlib import Path

import pytest

from cmis_audit.errors import SettingsError
from cmis_audit.model.rule import Severity
from cmis_audit.settings import SEVERITIES, Settings, load_settings


def test_without_anything_the_defaults_stand(tmp_path: Path) -> None:
    assert load_settings({}, {}, tmp_path) == Settings()


def test_the_order_of_precedence(tmp_path: Path) -> None:
    (tmp_path / "cmis-audit.toml").write_text('fail-under = 10\npack = "file"\noutput = "out"\n')
    environment = {"CMIS_AUDIT_FAIL_UNDER": "20", "CMIS_AUDIT_PACK": "environment"}
    settings = load_settings({"fail_under": "30"}, environment, tmp_path)
    assert settings.fail_under == 30
    assert settings.pack == ("environment",)
    assert settings.output == str(tmp_path / "out")


@pytest.mark.parametrize("given", [("density", "cmis"), ("density, cmis",), "density,cmis"])
def test_packs_may_be_repeated_or_listed(given: object, tmp_path: Path) -> None:
    assert load_settings({"pack": given}, {}, tmp_path).pack == ("density", "cmis")


def test_what_was_not_given_does_not_win(tmp_path: Path) -> None:
    (tmp_path / "cmis-audit.toml").write_text('schema = ["a"]\nquiet = true\n')
    settings = load_settings({"schema": (), "quiet": None}, {"CMIS_AUDIT_SCHEMA": ""}, tmp_path)
    assert settings.schema == ("a",)
    assert settings.quiet


def test_its_own_file_wins_over_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cmis-audit]\nfail-under = 1\n")
    assert load_settings({}, {}, tmp_path).fail_under == 1
    (tmp_path / "cmis-audit.toml").write_text("fail-under = 2\n")
    assert load_settings({}, {}, tmp_path).fail_under == 2
    assert load_settings({}, {}, tmp_path).read_from == tmp_path / "cmis-audit.toml"
    assert load_settings({}, {}, tmp_path, tmp_path / "pyproject.toml").fail_under == 1


def test_somebody_elses_pyproject_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert load_settings({}, {}, tmp_path) == Settings()


def test_paths_of_a_file_start_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    config = tmp_path / "sub" / "ci.toml"
    config.write_text('rules = "our-rules"\noutput = "-"\n')
    settings = load_settings({}, {}, tmp_path, config)
    assert settings.rules == tmp_path / "sub" / "our-rules"
    assert settings.output == "-"


def test_code_is_several_directories(tmp_path: Path) -> None:
    (tmp_path / "cmis-audit.toml").write_text('code = ["api", "../jobs"]\n')
    assert load_settings({}, {}, tmp_path).code == (tmp_path / "api", tmp_path / "../jobs")
    given = load_settings({"code": (Path("web"),)}, {"CMIS_AUDIT_CODE": "a,b"}, tmp_path)
    assert given.code == (Path("web"),)
    assert load_settings({"code": ()}, {"CMIS_AUDIT_CODE": "a,b"}, tmp_path).code == (
        Path("a"),
        Path("b"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fail_under = 1", "unknown key 'fail_under'; did you mean 'fail-under'?"),
        ("shema = []", "unknown key 'shema'; did you mean 'schema'?"),
        ("fail-under = 101", "fail-under: must be a number from 0 to 100, not 101"),
        ("fail-under = nan", "fail-under: must be a number from 0 to 100, not nan"),
        ("fail-under = true", "fail-under: must be a number from 0 to 100, not True"),
        ("schema = [1]", "schema: must be a list of words"),
        ("schema = 1", "schema: must be a list of words"),
        ("code = 1", "code: must be a list of words"),
        ("format = ''", "format: must hold no empty word"),
        ("quiet = 'perhaps'", "quiet: must be true or false"),
        ("pack = 3", "pack: must name a rule pack, or a list of them, not 3"),
        ("pack = []", "pack: must name a rule pack, or a list of them"),
        ("pack = 'cmis,cmis'", "pack: must name each rule pack once"),
        ("lock-timeout = '2 weeks'", "lock-timeout: must be milliseconds or a time such as 30s"),
        ("lock-timeout = -1", "lock-timeout: must be milliseconds"),
        ("lock-timeout = '99999h'", "lock-timeout: must be milliseconds"),
        ("password = 'x'", "unknown key 'password'"),
        ("a = = 1", "not TOML"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "cmis-audit.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, {}, tmp_path)
    assert str(caught.value).startswith(f"{file}: {message}")


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: cannot be read: No such file"):
        load_settings({}, {}, tmp_path, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = " + "[" * 100_000, "is nested too deeply"),
        ("#" * 1_000_001, "has more than 1,000,000"),
    ],
)
def test_a_file_that_is_no_settings_is_given_up_early(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "cmis-audit.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, {}, tmp_path)
    assert str(caught.value).startswith(f"{file}: {message}")


def test_the_table_in_pyproject_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\ncmis-audit = 3\n")
    with pytest.raises(SettingsError, match="must be a table"):
        load_settings({}, {}, tmp_path)


def test_a_misspelt_variable_is_an_error_and_a_foreign_one_is_not(tmp_path: Path) -> None:
    assert load_settings({}, {"CMIS_AUDIT_TEST_DSN": "x", "OTHER": "y"}, tmp_path) == Settings()
    with pytest.raises(SettingsError, match="did you mean CMIS_AUDIT_FAIL_UNDER"):
        load_settings({}, {"CMIS_AUDIT_FAIL_UNDR": "3"}, tmp_path)
    with pytest.raises(SettingsError, match="CMIS_AUDIT_QUIET: must be true or false, not 'maybe'"):
        load_settings({}, {"CMIS_AUDIT_QUIET": "maybe"}, tmp_path)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("1500", 1500), (1500, 1500), ("500ms", 500), ("30s", 30_000), ("2 min", 120_000), (0, 0)],
)
def test_times_are_written_as_postgresql_writes_them(
    tmp_path: Path, text: object, milliseconds: int
) -> None:
    settings = load_settings({"statement_timeout": text}, {}, tmp_path)
    assert settings.statement_timeout == milliseconds


def test_an_option_is_named_in_its_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--fail-under: must be a number"):
        load_settings({"fail_under": "much"}, {}, tmp_path)


def test_the_severities_are_those_of_the_rules() -> None:
    assert tuple(Severity) == SEVERITIES
