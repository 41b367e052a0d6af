"""One line, no secrets, whatever the server says."""

import psycopg
import pytest

from cmis_audit.source.connection import Target, describe, is_conninfo, parameters
from cmis_audit.source.failures import Place, connection_failure, one_line

PLACE = Place(host="db.example.org", port="5432", database="shop", user="ann")


def test_one_line() -> None:
    assert one_line("a\n\tb\x1b[31m  c", ()) == "a b [31m c"
    assert one_line("it was hunter2, hunter2!", ("hunter2",)) == "it was ***, ***!"
    assert one_line("a cat", ("a",)) == "a cat"
    assert len(one_line("x" * 5000, ())) == 300


def test_libpqs_lines_are_condensed() -> None:
    error = psycopg.OperationalError(
        'connection failed: connection to server at "10.0.0.1", port 5432 failed: '
        "Connection refused\n\tIs the server running on that host and accepting TCP/IP "
        "connections?\nMultiple connection attempts failed. All failures were:\n- host: 'x'"
    )
    assert str(connection_failure(error, PLACE, ())) == (
        'cannot connect to database "shop" on db.example.org, port 5432 as user "ann": '
        "Connection refused; is the server running there? Check host and port (-h, -p)"
    )


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ('FATAL:  password authentication failed for user "ann"', "check the password"),
        ('FATAL:  role "ann" does not exist', "check the user (-U)"),
        ('FATAL:  no pg_hba.conf entry for host "::1"', "pg_hba.conf does not let"),
        ("FATAL:  sorry, too many clients already", "try again later"),
        ("FATAL:  the database system is starting up", "try again later"),
        ("server does not support SSL, but SSL was required", "sslmode"),
        ("connection timeout expired", "PGCONNECT_TIMEOUT"),
        ("FATAL:  Passwort-Authentifizierung", "check the connection settings"),
    ],
)
def test_advice(said: str, advice: str) -> None:
    error = psycopg.OperationalError(f"connection failed: {said}")
    message = str(connection_failure(error, PLACE, ()))
    assert advice in message
    assert "FATAL" not in message


def test_what_is_conninfo() -> None:
    assert is_conninfo("host=x")
    assert is_conninfo("postgres://x")
    assert is_conninfo("postgresql://")
    assert not is_conninfo("shop")
    assert not is_conninfo("/tmp/shop")


def test_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    target = Target(
        source="postgresql://ann:pw@h1:1/one", dbname="two", host="h2", port="2", user="bob"
    )
    assert parameters(target) == {
        "user": "bob",
        "password": "pw",
        "host": "h2",
        "port": "2",
        "dbname": "two",
    }
    assert parameters(Target()) == {}
    assert parameters(Target(source="shop", dbname="host=h3")) == {"dbname": "shop", "host": "h3"}
    assert describe(Target(source="shop", user="ann")).startswith(
        'database "shop" on elsewhere, port 5432 as user "ann"'
    )


def test_a_port_that_is_none_may_be_a_password_and_is_not_told() -> None:
    assert str(Place(host="ann", port="hunter2", database="shop")) == 'database "shop" on ann'
    assert str(Place(host="a,b", port="5432,", database="shop")).endswith("on a,b, port 5432,")
