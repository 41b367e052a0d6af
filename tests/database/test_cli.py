"""The program as a process: what it prints and where, what it writes, how it exits."""

import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

TWINS = """
CREATE TABLE customers (
    customer_id bigint PRIMARY KEY, company_name text, contact_email text, vat_number text,
    credit_limit numeric, payment_terms integer
);
CREATE TABLE customers_v2 (
    customer_id bigint PRIMARY KEY, company_name text, contact_email text, vat_number text,
    credit_limit numeric, payment_terms integer
);
CREATE TABLE warehouses (warehouse_id bigint PRIMARY KEY, city text, capacity numeric);
"""
TWINS_SCORE = 92
# an unprivileged environment: nothing of the developer's own settings
BARE = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("PG", "CMIS_AUDIT", "NO_COLOR", "SOURCE_DATE", "FORCE_COLOR"))
}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the program in a folder of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cmis_audit", *arguments],
            cwd=tmp_path,
            env={**BARE, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return run


@pytest.fixture
def twins(database: str) -> str:
    with psycopg.connect(database) as connection:
        connection.execute(TWINS)
    return database


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of an error."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("cmis-audit: ")
    return done.stderr


def test_an_audit_writes_the_report_and_prints_a_summary(
    run: Run, twins: str, tmp_path: Path
) -> None:
    done = run("audit", twins)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{TWINS_SCORE}/100" in done.stdout
    assert "report.md" in done.stdout
    assert "\x1b" not in done.stdout
    assert sorted(each.name for each in (tmp_path / "cmis-audit-out").iterdir()) == [
        "audit.json",
        "pictures",
        "report.md",
    ]
    audit = json.loads((tmp_path / "cmis-audit-out" / "audit.json").read_text())
    assert audit["format_version"] == 1
    assert audit["score"]["value"] == TWINS_SCORE
    assert {each["rule"] for each in audit["findings"]} == {"DUP001", "VER001"}


def test_packs_beside_have_a_score_of_their_own(run: Run, twins: str) -> None:
    def told(*options: str) -> dict:
        return json.loads(run("audit", twins, "-o", "-", "--format", "json", *options).stdout)

    both, main, turned = told(), told("--pack", "cmis"), told("--pack", "governance,cmis")
    assert both["score"] == main["score"] == turned["beside"][0]["score"]
    assert both["findings"] == main["findings"]
    assert main["beside"] == []
    assert [each["pack"] for each in both["beside"]] == ["governance"]
    assert turned["score"] == both["beside"][0]["score"]
    assert turned["findings"] == both["beside"][0]["findings"]
    assert "Governance, a score of its own:" in run("audit", twins).stdout
    dense = told("--pack", "density", "--pack", "governance")
    assert dense["findings"] == main["findings"]
    assert 0 < dense["score"]["value"] < 84


def test_gates_look_at_the_first_pack(run: Run, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE keyless (a int)")
    assert run("audit", database, "--fail-on", "high", "--fail-under", "100").returncode == 0
    failed = run("audit", database, "--fail-on", "high", "--pack", "governance")
    assert failed.returncode == 1
    assert "1 finding is at least high" in failed.stderr


def test_one_document_on_standard_output(run: Run, twins: str, tmp_path: Path) -> None:
    done = run("audit", twins, "-o", "-", "--format", "json")
    assert json.loads(done.stdout)["score"]["value"] == TWINS_SCORE
    assert run("audit", twins, "-o", "-", "--format", "markdown").stdout.startswith("#")
    assert list(tmp_path.iterdir()) == []
    assert "--format json" in refused(run("audit", twins, "-o", "-"))


def test_the_options_of_psql(run: Run, twins: str) -> None:
    place = conninfo_to_dict(twins)
    host, port, user = str(place["host"]), str(place.get("port", 5432)), str(place["user"])
    password = str(place.get("password", ""))
    options = ("-h", host, "-p", port, "-U", user, "-d", str(place["dbname"]), "-w")
    done = run("audit", *options, "-q", PGPASSWORD=password)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    environment = {
        "PGHOST": host,
        "PGPORT": port,
        "PGUSER": user,
        "PGPASSWORD": password,
        "PGDATABASE": str(place["dbname"]),
    }
    assert run("audit", "-q", **environment).returncode == 0


def test_a_gate_that_fails_is_1_whatever_the_format(run: Run, twins: str, tmp_path: Path) -> None:
    failed = run("audit", twins, "--fail-under", "92.5")
    assert failed.returncode == 1
    assert failed.stderr == "cmis-audit: score 92 is under 92.5 (--fail-under)\n"
    assert (tmp_path / "cmis-audit-out" / "report.md").exists()
    to_stdout = ("-o", "-", "--format", "json")
    assert run("audit", twins, "--fail-under", "93", *to_stdout).returncode == 1
    assert run("audit", twins, "--fail-under", "93", "-q").returncode == 1
    assert run("audit", twins, "--fail-under", "92").returncode == 0
    assert run("audit", twins, "--fail-under", "93", "--exit-zero").returncode == 0
    on_high = run("audit", twins, "--fail-on", "high")
    assert (on_high.returncode, on_high.stderr) == (
        1,
        "cmis-audit: 2 findings are at least high (--fail-on)\n",
    )
    assert run("audit", twins, "--fail-on", "critical").returncode == 0
    assert run("audit", twins, "-q", CMIS_AUDIT_FAIL_UNDER="93").returncode == 1
    (tmp_path / "cmis-audit.toml").write_text("fail-under = 93\n")
    assert run("audit", twins, "-q").returncode == 1
    assert run("audit", twins, "-q", "--fail-under", "0").returncode == 0


def test_a_snapshot_gives_the_same_audit_without_the_server(
    run: Run, twins: str, tmp_path: Path
) -> None:
    moment = {"SOURCE_DATE_EPOCH": "1700000000"}
    assert run("snapshot", twins, "-o", "shop.json", **moment).returncode == 0
    live = run("audit", twins, "-o", "-", "--format", "json", **moment).stdout
    assert json.loads(live)["source"]["read_at"] == "2023-11-14T22:13:20Z"
    again = run("audit", "shop.json", "-o", "-", "--format", "json").stdout
    assert again == live
    printed = run("snapshot", "shop.json", "-o", "-").stdout
    assert printed == (tmp_path / "shop.json").read_text()
    assert "by its ending: -o shop.json" in refused(run("snapshot", twins, "-o", "shop"))
    assert "file" in refused(run("doctor", "shop.json"))


def test_an_sql_file_is_audited_on_a_scratch_server(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(TWINS)
    done = run("audit", "dump.sql")
    assert done.returncode == 0, done.stderr
    assert f"{TWINS_SCORE}/100" in done.stdout
    assert "no such file" in refused(run("audit", "dumb.sql"))
    (tmp_path / "dump.ddl").write_text(TWINS)
    assert "ends in .json or .sql" in refused(run("audit", "dump.ddl"))


def test_filters(run: Run, twins: str) -> None:
    done = run("audit", twins, "-T", "*_v2")
    assert "100/100" in done.stdout
    assert "nothing_like_it" in refused(run("audit", twins, "-t", "nothing_like_it"))


def test_doctor_says_what_is_hidden(run: Run, twins: str) -> None:
    done = run("doctor", twins)
    assert (done.returncode, done.stderr) == (0, "")
    assert "public" in done.stdout
    assert "Nothing is hidden" in done.stdout


def test_rules_and_their_pages(run: Run, tmp_path: Path) -> None:
    table = run("rules").stdout
    assert "VER001  high      3.75" in table
    page = run("rules", "dup001")
    assert page.stdout.startswith("# DUP001 Duplicate table pattern\n")
    assert "## Silent" in page.stdout
    assert "did you mean 'DUP001'" in refused(run("rules", "DUP01"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "XYZ001-x.md").write_text('+++\ncode = "XYZ001"\ntitel = "x"\n+++\n')
    assert "own/XYZ001-x.md:3: unknown key 'titel'; did you mean 'title'?" in refused(
        run("rules", "--rules", "own")
    )
    assert "did you mean 'cmis'" in refused(run("rules", "--pack", "cmiss"))
    assert "once" in refused(run("rules", "--pack", "cmis", "--pack", "cmis"))
    assert run("rules", "gov001").stdout.startswith("# GOV001 No primary key\n")
    dense = run("rules", "--pack", "density").stdout
    assert "GOV001" not in dense
    assert "cap × points" in dense


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("audit", "--fail-undr", "3"), "No such option"),
        (("audit", "--fail-on", "huge"), "--fail-on: must be one of critical, high, medium, low"),
        (("audit", "--fail-under", "lots"), "--fail-under: must be a number from 0 to 100"),
        (("audit", "--format", "markdwon"), "no format 'markdwon'; did you mean 'markdown'?"),
        (("audit", "a", "b"), "unexpected extra argument"),
        (("audit", "-o"), "requires an argument"),
        (("audit", "-w", "-W"), "give one of them"),
        (("audit", "--config", "none.toml"), "none.toml: cannot be read"),
        (("audit", "--rules", "none"), "none: no such directory of rules"),
        (("audit", "--lock-timeout", "soon"), "--lock-timeout: must be milliseconds"),
        (("snapshot", "x"), "Missing option"),
        (("audti",), "Did you mean 'audit'?"),
        (("demo", "-o", "-"), "give a directory"),
        (("audit", "-h", "127.0.0.1", "-p", "1", "-d", "shop"), "cannot connect to"),
        (("audit", "-h", "/nowhere", "-d", "shop"), "cannot connect to"),
        (("audit", "postgresql://u:hunter2@127.0.0.1:1/shop"), "cannot connect to"),
        (("audit", "-d", "password=hunter2 host=127.0.0.1 port=x"), "cannot"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    said = refused(run(*arguments))
    assert message in said
    assert "hunter2" not in said
    assert list(tmp_path.iterdir()) == []


def test_settings_are_checked_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cmis-audit]\nfail_under = 3\n")
    said = refused(run("audit", "-h", "/nowhere", "-d", "x"))
    assert "unknown key 'fail_under'; did you mean 'fail-under'?" in said
    (tmp_path / "pyproject.toml").unlink()
    assert "CMIS_AUDIT_PACK" in refused(run("rules", CMIS_AUDIT_PAKC="x"))
    assert "SOURCE_DATE_EPOCH" in refused(run("audit", "x", SOURCE_DATE_EPOCH="today"))


def test_a_place_that_cannot_be_written_is_refused_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "pyproject.toml").write_text("[tool.cmis-audit]\nquiet = true\n")
    said = refused(run("audit", "-h", "/nowhere", "-d", "x", "-o", "file/out"))
    assert "file is not a directory" in said
    assert "cannot write" in refused(run("demo", "-o", "/proc/1/x/y"))


def test_of_two_files_none_is_written_if_one_cannot_be(
    run: Run, twins: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "audit.json").mkdir(parents=True)
    (out / "report.md").write_text("before")
    said = refused(run("audit", twins, "-o", "out"))
    assert "audit.json" in said
    assert "directory" in said
    assert (out / "report.md").read_text() == "before"
    assert sorted(each.name for each in out.iterdir()) == ["audit.json", "report.md"]


def test_a_report_that_is_alone_has_no_pictures(run: Run, twins: str, tmp_path: Path) -> None:
    run("audit", twins, "--format", "markdown", "-o", "alone")
    printed = run("audit", twins, "--format", "markdown", "-o", "-").stdout
    assert [each.name for each in (tmp_path / "alone").iterdir()] == ["report.md"]
    assert "![" not in (tmp_path / "alone" / "report.md").read_text() + printed
    run("audit", twins)
    report = (tmp_path / "cmis-audit-out" / "report.md").read_text()
    shown = re.findall(r"!\[[^]]+\]\((.*?)\)", report)
    files = (tmp_path / "cmis-audit-out" / "pictures").iterdir()
    assert sorted(shown) == sorted(f"pictures/{each.name}" for each in files)


def test_files_have_the_rights_of_any_file(run: Run, twins: str, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    run("audit", twins)
    plain = stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "cmis-audit-out" / "report.md").stat().st_mode) == plain


def test_names_from_a_hostile_hand(run: Run, database: str, tmp_path: Path) -> None:
    names = ['a"b.c', "x\n| y", "<script>alert(1)</script>", "\x1b[31mred", "s" * 63, "select", "ü"]
    columns = "id bigint PRIMARY KEY, company text, contact text, vat text, credit numeric"
    with psycopg.connect(database) as connection:
        for name in names:
            quoted = '"' + name.replace('"', '""') + '"'
            connection.execute(f"CREATE SCHEMA {quoted}".encode())
            connection.execute(f"CREATE TABLE {quoted}.{quoted} ({columns})".encode())
    done = run("audit", database)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    report = (tmp_path / "cmis-audit-out" / "report.md").read_text()
    assert "<script>" not in report
    assert "\x1b" not in report
    assert json.loads((tmp_path / "cmis-audit-out" / "audit.json").read_text())["totals"][
        "tables"
    ] == len(names)
    assert "\x1b" not in run("doctor", database).stdout
    c_locale = run("audit", database, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert c_locale.returncode == 0, c_locale.stderr


@pytest.mark.parametrize(
    ("environment", "options", "colored"),
    [
        ({"TERM": "xterm"}, (), True),
        ({"TERM": "xterm"}, ("--no-color",), False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, (), False),
        ({"TERM": "xterm", "NO_COLOR": ""}, (), True),
        ({"TERM": "dumb"}, (), False),
        ({"TERM": "xterm", "CMIS_AUDIT_COLOR": "off"}, (), False),
    ],
)
def test_colour_on_a_terminal_that_wants_it(
    twins: str,
    tmp_path: Path,
    environment: dict[str, str],
    options: tuple[str, ...],
    colored: bool,
) -> None:
    terminal, program = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cmis_audit", "audit", twins, *options],
        cwd=tmp_path,
        env={**BARE, **environment},
        stdin=subprocess.DEVNULL,
        stdout=program,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(program)
        said = b""
        # Linux says EIO, and not end of file, when the other side has gone
        try:
            while chunk := os.read(terminal, 65536):
                said += chunk
        except OSError:
            pass
        os.close(terminal)
    assert process.returncode == 0
    assert (b"\x1b[" in said) is colored


def test_a_reader_that_goes_away_is_no_failure(twins: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cmis_audit", "audit", twins, "-o", "-", "--format", "json"],
        cwd=tmp_path,
        env=BARE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_full_disk_under_standard_output_is_a_failure(run: Run, twins: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cmis_audit", "audit", twins, "-o", "-", "--format", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=BARE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "cmis-audit: cannot write to standard output: No space left on device\n"


def test_verbose_names_the_stages_on_stderr(run: Run, twins: str) -> None:
    done = run("audit", twins, "-v")
    assert done.returncode == 0
    assert "comparing 3 tables" in done.stderr
    assert "comparing" not in done.stdout


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(TWINS)
    with subprocess.Popen(
        [sys.executable, "-m", "cmis_audit", "audit", "dump.sql", "-v"],
        cwd=tmp_path,
        env=BARE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "scratch server" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert said.strip().endswith("cmis-audit: interrupted")
    assert [each.name for each in tmp_path.iterdir()] == ["dump.sql"]


@pytest.mark.slow
def test_the_demo_ends_where_the_document_does(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--audit-only", "-o", "demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "52/100" in done.stdout
    assert "demo/report.md" in done.stdout
    assert sorted(each.name for each in (tmp_path / "demo").iterdir()) == [
        "audit.json",
        "catalog.json",
        "pictures",
        "report.html",
        "report.md",
    ]
    again = run("audit", "demo/catalog.json", "-o", "-", "--format", "json")
    assert again.stdout == (tmp_path / "demo" / "audit.json").read_text()


def test_no_gate_passes_on_nothing(run: Run, database: str) -> None:
    plain = run("audit", database)
    assert plain.returncode == 0
    assert plain.stderr.startswith("cmis-audit: no table was read: nothing in '")
    for gate in (("--fail-under", "10"), ("--fail-on", "critical")):
        gated = run("audit", database, *gate)
        assert gated.returncode == 1
        assert gated.stderr == "cmis-audit: no table was read, so no gate can pass\n"


def test_a_port_is_a_number(run: Run) -> None:
    refused = run("audit", "-p", "abc", "shop")
    assert refused.returncode == 2
    assert "'abc' is not a port number" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_closed_standard_output_is_no_crash(twins: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -m cmis_audit audit "$1" >&-', sys.executable, twins],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "cmis-audit-out" / "report.md").exists()


def test_an_ascii_locale_gets_the_document_whole(twins: str, tmp_path: Path) -> None:
    ascii_only = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "cmis_audit", "audit", twins, "-o", "-", "--format", "markdown"],
        cwd=tmp_path,
        env={**os.environ, **ascii_only},
        capture_output=True,
        check=True,
    )
    assert "\u2588".encode() in done.stdout
    assert b"\\u2588" not in done.stdout
