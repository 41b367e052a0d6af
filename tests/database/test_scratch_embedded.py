import psycopg


def test_a_fresh_database_is_empty(database):
    with psycopg.connect(database) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchone()
    assert count == 0


def test_both_versions_can_be_had(each_database, each_server):
    with psycopg.connect(each_database) as connection:
        assert connection.info.server_version == each_server.version_number
