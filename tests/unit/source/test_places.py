"""The lines of tables in the files that are audited."""

from builders import catalog, function, ref, table

from cmis_audit.source.places import places_in_snapshot, places_in_sql
from cmis_audit.source.snapshot import snapshot_text


def test_a_snapshot_has_each_table_where_its_name_stands() -> None:
    tables = (table("shop.orders", "id bigint pk"), table(ref("x.y"), "id bigint -> shop.orders"))
    source = catalog(*tables, functions=(function("shop.orders", "SELECT 1"),))
    text = snapshot_text(source)
    found = {one.table: one.place for one in places_in_snapshot(text, "s.json")}
    assert {one.ref for one in source.tables} <= found.keys()
    lines = text.splitlines()
    for one in source.tables:
        place = found[one.ref]
        assert place.file == "s.json"
        assert '"ref"' in lines[place.line - 1]
        assert f'"name": "{one.ref.name}"' in lines[place.line + 1]


def test_an_sql_file_has_each_table_where_it_is_created() -> None:
    sql = (
        "-- CREATE TABLE no (id int);\n\nCREATE TABLE IF NOT EXISTS a.b (id int);\n"
        "SELECT 'CREATE TABLE no';\n/* x */ CREATE UNLOGGED TABLE\n  \"C d\" (id int);\n"
    )
    assert [(str(one.table), one.place.line) for one in places_in_sql(sql, "d.sql")] == [
        ("a.b", 3),
        ('public."C d"', 5),
    ]
