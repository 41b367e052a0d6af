"""No migration, however broken, makes a reader fail: what it cannot read it tells."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cmis_audit.guard.files import Language, MigrationFile
from cmis_audit.guard.run import run_migrations
from cmis_audit.model.catalog import Catalog

EMPTY = Catalog(
    database="", server_version="16.0", server_version_number=160000, read_at="", role=""
)
WORDS = {
    Language.SQL: """CREATE TABLE TEMP IF NOT EXISTS a b.c "D" ( ) , ; 'x' $$ int varchar(3) []
        PRIMARY KEY UNIQUE REFERENCES CHECK DEFAULT NOT NULL LIKE INCLUDING ALL AS SELECT * FROM
        ALTER ADD COLUMN DROP RENAME TO SET SCHEMA TYPE CONSTRAINT FOREIGN GENERATED ALWAYS IDENTITY
        INDEX ON COMMENT IS WHERE PARTITION OF BY RANGE INHERITS EXCLUDE USING INTO DO ATTACH DETACH
        search_path = /* -- """,
    Language.PHP: """<?php function up ( ) { } ; , $table -> => Schema::create Schema::table 'x' "y"
        function(Blueprint string id foreignId constrained nullable default [ ] DB::statement $this
        rename drop dropColumn unique primary timestamps <<<SQL \n SQL :: . - 5 true // /* */ """,
    Language.RUBY: """def change up down end do |t| create_table :x "y" , t . string references
        add_column rename_column execute <<~SQL \n SQL null: false limit: 5 { } [ ] ( ) %w[a # if
        timestamps change_table dir.up self drop_table => - 3""",
}
PYTHON = (
    'op.create_table("x", sa.Column("a", sa.Integer))',
    'op.create_table("x", sa.Column(), *more)',
    "op.create_table()",
    "op.create_table(*a, **b)",
    'op.add_column("x", 1)',
    'op.alter_column("x", "a", type_=sa.String(3), new_column_name="b")',
    'op.create_foreign_key("a", "x", "c", ["a"], ["e"])',
    'op.create_index("i", "x", ["a"])',
    'op.rename_table("x", "z")',
    'op.drop_table("x")',
    'op.execute("DROP TABLE x")',
    'op.execute(f"{a}")',
    "op.nothing()",
    "upgrade()",
    'with op.batch_alter_table("x") as b: b.drop_column("a")',
    'for a, b in [("x", 1)]: op.drop_table(a)',
    "return (",
)
MIGRATION = "class Migration(migrations.Migration):\n operations = ["
DJANGO = (
    'migrations.CreateModel("X", [("a", models.CharField(max_length=3)), ("b", models.X(*c))])',
    'migrations.CreateModel("X", [("x", models.ForeignKey("self", null=True)), 3, ("a",), *b])',
    'migrations.CreateModel("x", [("m", models.ManyToManyField("y.Z"))], options={"db_table": ""})',
    'migrations.CreateModel("x", [], {**a, "constraints": [1, models.UniqueConstraint()], 3: 4})',
    "migrations.CreateModel()",
    'migrations.CreateModel("", fields=[("", models.OneToOneField(to=settings.AUTH_USER_MODEL))])',
    'migrations.AddField("x", "b", models.ForeignKey(to="x", to_field="a"))',
    'migrations.AddField("x", "b", models.ManyToManyField("self"))',
    'migrations.AlterField("x", "a", 1)',
    'migrations.AlterField("x", "a", models.IntegerField(db_column="A\\"b"))',
    'migrations.RemoveField("x", "m")',
    'migrations.RenameField("x", "a", "c")',
    'migrations.RenameModel("x", "Y")',
    'migrations.RenameModel("y", "y")',
    'migrations.AlterModelTable("x", "q\\".\\"z")',
    'migrations.AlterModelTable("x", None)',
    'migrations.AlterUniqueTogether("x", {("a", 1), "b"})',
    'migrations.RunSQL([("DROP TABLE x", []), []])',
    "migrations.RunPython()",
    "migrations.SeparateDatabaseAndState(a, b)",
    'migrations.DeleteModel("x")',
    "1 + 1",
)


def scripts(words: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from([*words.split(), "\n"]), max_size=60).map(" ".join)


FILES = st.one_of(
    *(
        scripts(words).map(lambda text, one=language: (one, text))
        for language, words in WORDS.items()
    ),
    scripts("def function up() { " + WORDS[Language.PHP]).map(
        lambda text: (Language.PHP, "<?php function up() { " + text)
    ),
    st.lists(st.sampled_from(PYTHON), max_size=8).map(
        lambda lines: (Language.PYTHON, "\n ".join(["def upgrade():", "pass", *lines]))
    ),
    st.lists(st.sampled_from(DJANGO), max_size=8).map(
        lambda lines: (Language.PYTHON, f"{MIGRATION}{', '.join(lines)}]")
    ),
)
DEEP = "[" * 2000 + "]" * 2000


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=FILES)
@example(file=(Language.PYTHON, "def upgrade():\n op.execute(" + "'a'+" * 3000 + "'b')"))
@example(file=(Language.PYTHON, MIGRATION + "migrations.RunSQL(" + "'a'+" * 3000 + "'b')]"))
@example(file=(Language.PYTHON, MIGRATION + DEEP + "]"))
@example(file=(Language.PHP, "<?php function up() { Schema::drop(" + "[" * 5000 + "); }"))
@example(file=(Language.PHP, "<?php function up() { Schema::drop(" + DEEP + ");"))
@example(file=(Language.RUBY, "def up\ndrop_table " + DEEP + "\nend"))
@example(file=(Language.SQL, "CREATE TABLE t (" + "(" * 20_000))
@example(file=(Language.SQL, "CREATE TABLE t (a int" + ", b int" * 2000 + ")"))
def test_no_migration_makes_a_reader_fail(file: tuple[Language, str]) -> None:
    language, text = file
    migration = MigrationFile(path="a/m", language=language, text=text)
    after = run_migrations([migration], EMPTY)
    assert after == run_migrations([migration], EMPTY)
    for touched in after.touched:
        assert any(one.ref == touched.table for one in after.catalog.tables)
