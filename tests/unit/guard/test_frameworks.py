"""Migrations of frameworks: what they say in literals is read, all else is told, none is run."""

from pathlib import Path

import pytest
from builders import catalog, ref, table

from cmis_audit.errors import SourceError
from cmis_audit.guard.files import Language, MigrationFile, migration_files
from cmis_audit.guard.run import After, run_migrations

BASE = catalog(table("users", "id bigint pk"), table("shop.orders", "id bigint pk", "state text"))


def run(language: Language, text: str) -> After:
    return run_migrations([MigrationFile(path="m", language=language, text=text)], BASE)


def shape(after: After, name: str) -> dict[str, str]:
    """Columns and types of a table, `!` behind a type that may not be null."""
    [found] = [one for one in after.catalog.tables if one.ref == ref(name)]
    return {one.name: one.type + ("" if one.nullable else "!") for one in found.columns}


def told(after: After) -> list[tuple[int, str]]:
    return [(one.place.line, one.what) for one in after.unread]


ALEMBIC = """
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

NAME = "payments"

def _index(table):
    op.create_index(op.f("ix"), table, ["user_id"])

def upgrade():
    op.create_table(
        NAME,
        sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("code", sa.String(length=20), comment="it's"),
        sa.Column("amount", sa.Numeric(10, 2), server_default=sa.text("0"), nullable=False),
        sa.Column("tags", pg.ARRAY(sa.Text())),
        sa.Column("state", sa.Enum("a", "b", name="payment_state")),
        sa.Column("paid_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.UniqueConstraint("user_id", "code", name="once"),
        schema="shop",
    )
    _index("users")
    for name in ("a1", "a2"):
        op.create_table(name, sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("orders", schema="shop") as batch:
        batch.add_column(sa.Column("note", sa.JSON()))
        batch.alter_column("state", new_column_name="status", type_=sa.String(9))
    op.rename_table("a1", "a3")
    op.get_bind().execute(sa.text("CREATE TABLE raw (id int)"))

def downgrade():
    op.drop_table("users")
"""


def test_alembic_is_read() -> None:
    after = run(Language.PYTHON, ALEMBIC)
    assert told(after) == []
    assert shape(after, "shop.payments") == {
        "id": "uuid!",
        "user_id": "bigint!",
        "code": "character varying(20)",
        "amount": "numeric(10,2)!",
        "tags": "text[]",
        "state": "public.payment_state",
        "paid_at": "timestamp with time zone",
    }
    assert shape(after, "shop.orders") == {
        "id": "bigint!", "status": "character varying(9)", "note": "json",
    }  # fmt: skip
    [payments] = [one for one in after.touched if one.table == ref("shop.payments")]
    assert payments.place.line == 12
    assert {one.table.name for one in after.touched} == {"payments", "orders", "a2", "a3", "raw"}


def test_what_alembic_makes_by_code_is_told() -> None:
    after = run(
        Language.PYTHON,
        """
from alembic import op
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer), *more())
    op.create_table(name(), sa.Column("id", sa.Integer))
    op.run_something("x")
    Base.metadata.create_all(op.get_bind())
    op.execute(f"CREATE TABLE {name()} (id int)")
    for t in tables():
        op.drop_table(t)
    op.bulk_insert(t, [])
""",
    )
    assert told(after) == [
        (4, "a part of t"),
        (5, "op.create_table"),
        (6, "op.run_something"),
        (7, "create_all()"),
        (8, "execute()"),
        (10, "op.drop_table"),
    ]
    assert shape(after, "t") == {"id": "integer"}
    assert told(run(Language.PYTHON, "def upgrade(:")) == [(1, "the file")]


def django(operations: str, path: str = "shop/migrations/0002_x.py", before: str = "") -> After:
    text = f"{before}\nclass Migration(migrations.Migration):\n    operations = {operations}\n"
    return run_migrations([MigrationFile(path=path, language=Language.PYTHON, text=text)], BASE)


ROWS = """
def rows(apps, schema_editor):
    apps.get_model("shop", "Order").objects.update(state="x")

def tables(apps, schema_editor):
    schema_editor.execute("CREATE TABLE hidden (id int)")
"""


def test_what_django_does_by_code_is_told() -> None:
    after = django(
        """[
        migrations.CreateModel("A", [("id", models.AutoField(primary_key=True)), FIELD,
            (name(), models.TextField()), ("note", models.CharField(max_length=SIZE()))]),
        migrations.CreateModel(name(), []),
        migrations.CreateModel("B", FIELDS),
        Moved(), *more,
        migrations.RunSQL(SQL), migrations.RunSQL(f"DROP TABLE {x}"),
        migrations.RunPython(tables), migrations.RunPython(elsewhere.rows),
        migrations.RunPython(rows), migrations.RunPython(migrations.RunPython.noop),
        migrations.AddIndex("a", models.Index(fields=["id"])),
        migrations.AddField("a", "money", djmoney.MoneyField(max_digits=5)),
        migrations.AddField("a", "place", mptt.TreeForeignKey("nowhere.Place", null=True)),
        migrations.AddField("a", "tags", taggit.managers.TaggableManager()),
        ]""",
        before=ROWS,
    )
    assert [what for _, what in told(after)] == [
        "a field of A", "a field of A", "a field of A", "CreateModel", "CreateModel", "Moved",
        "an operation", "RunSQL", "RunSQL", "RunPython", "RunPython",
    ]  # fmt: skip
    assert shape(after, "shop_a") == {"id": "integer!", "money": "money!", "place_id": "bigint"}


def test_django_s_app_is_told_by_the_path() -> None:
    made = '[migrations.CreateModel("A", [("id", models.BigAutoField(primary_key=True))])]'
    assert shape(django(made, "src/till/migrations/0001_x.py"), "till_a") == {"id": "bigint!"}
    [missed] = django(made, "0001_x.py").unread
    assert "APP/migrations/NAME.py" in missed.why
    assert [what for _, what in told(django("make()"))] == ["operations"]
    assert told(django("[]")) == []


LARAVEL = r"""<?php
return new class extends Migration {
    public function up(): void
    {
        // Schema::create('no', function () {});
        Schema::create('payments', function (Blueprint $table) {
            $table->id();
            $table->foreignId('user_id')->constrained()->cascadeOnDelete();
            $table->string('code', 20)->nullable()->comment('it\'s');
            $table->decimal('amount', 10, 2)->default(0);
            $table->timestamps();
            $table->softDeletesTz();
            $table->unique(['user_id', 'code']);
        });
        if (! Schema::hasColumn('shop.orders', 'note')) {
            Schema::table('shop.orders', function (Blueprint $table) {
                $table->jsonb('note')->nullable()->after('id');
                $table->renameColumn('state', 'status');
            });
        }
        $this->more();
        DB::unprepared(<<<'SQL'
            CREATE TABLE raw (id int);
            SQL);
        Schema::rename('payments', 'payments_v2');
    }
    private function more(): void { DB::statement("DROP TABLE users"); }
    public function down(): void { Schema::dropIfExists('shop.orders'); }
};
"""


def test_laravel_is_read() -> None:
    after = run(Language.PHP, LARAVEL)
    assert told(after) == []
    assert shape(after, "payments_v2") == {
        "id": "bigint!",
        "user_id": "bigint!",
        "code": "character varying(20)",
        "amount": "numeric(10,2)!",
        "created_at": "timestamp(0) without time zone",
        "updated_at": "timestamp(0) without time zone",
        "deleted_at": "timestamp(0) with time zone",
    }
    assert shape(after, "shop.orders") == {"id": "bigint!", "status": "text", "note": "jsonb"}
    assert {one.ref.name for one in after.catalog.tables} == {"payments_v2", "orders", "raw"}


def test_what_laravel_makes_by_code_is_told() -> None:
    after = run(
        Language.PHP,
        """<?php class A { function up() {
        Schema::create('t', function (Blueprint $table) {
            $table->id();
            $table->auditColumns();
            Helper::columns($table);
            foreach ($names as $name) { $table->string($name); }
        });
        Schema::create($name, function (Blueprint $table) { $table->id(); });
        DB::statement("CREATE TABLE $name (id int)");
        DB::statement('DROP TABLE users');
        } }""",
    )
    assert told(after) == [
        (4, "$table->auditColumns()"),
        (5, "a part of t"),
        (6, "$table->string()"),
        (8, "Schema::create()"),
        (9, "DB::statement()"),
    ]
    assert shape(after, "t") == {"id": "bigint!"}


RAILS = """
class CreatePayments < ActiveRecord::Migration[7.1]
  def change
    create_table "payments", id: :uuid, comment: "paid" do |t| # not this: do |x|
      t.references :user, null: false, foreign_key: true
      t.string :code, :label, limit: 20,
               null: false
      t.decimal :amount, precision: 10, scale: 2, default: 0
      t.string :tags, array: true
      t.timestamps
      t.index [:user_id, :code], unique: true
    end
    add_column(:"shop.orders", :note, :jsonb, default: {})
    rename_column "shop.orders", :state, :status
    execute <<~SQL
      CREATE TABLE raw (id int);
    SQL
    reversible do |dir|
      dir.up { execute "CREATE TABLE raw2 (id int)" }
      dir.down do
        drop_table :users
      end
    end
  end

  def down
    drop_table "shop.orders"
  end
end
"""


def test_rails_is_read() -> None:
    after = run(Language.RUBY, RAILS)
    assert told(after) == []
    assert shape(after, "payments") == {
        "id": "uuid!",
        "user_id": "bigint!",
        "code": "character varying(20)!",
        "label": "character varying(20)!",
        "amount": "numeric(10,2)",
        "tags": "character varying[]",
        "created_at": "timestamp(6) without time zone!",
        "updated_at": "timestamp(6) without time zone!",
    }
    assert shape(after, "shop.orders") == {"id": "bigint!", "status": "text", "note": "jsonb"}
    assert {one.ref.name for one in after.catalog.tables} == {
        "payments", "orders", "raw", "raw2", "users",
    }  # fmt: skip


def test_what_rails_makes_by_code_is_told() -> None:
    after = run(
        Language.RUBY,
        """
class A < ActiveRecord::Migration[7.1]
  def up
    create_table :t do |t|
      t.string :a
      t.money_with_currency :b
      columns(t)
    end
    create_table name do |t|
      t.string :a
    end
    execute "CREATE TABLE #{name} (id int)"
  end
end
""",
    )
    assert told(after) == [
        (6, "a part of t"),
        (7, "a part of t"),
        (9, "create_table"),
        (12, "execute"),
    ]
    assert shape(after, "t") == {"id": "bigint!", "a": "character varying"}


def test_files_apply_in_the_order_of_their_versions(tmp_path: Path) -> None:
    for name in ("V10__b.sql", "V2__a.sql", "R__views.sql", "U2__a.sql", "3_x.down.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    assert [Path(one.path).name for one in migration_files((tmp_path,))] == [
        "V2__a.sql", "V10__b.sql", "R__views.sql",
    ]  # fmt: skip
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "aa.py").write_text("revision = 'aa'\ndown_revision: str = 'cc'\n")
    (versions / "bb.py").write_text('revision = "bb"\ndown_revision = None\n')
    (versions / "cc.py").write_text("revision = 'cc'\ndown_revision = ('bb', 'zz')\n")
    assert [Path(one.path).name for one in migration_files((versions,))] == [
        "bb.py", "cc.py", "aa.py",
    ]  # fmt: skip


def test_the_ways_back_of_prisma_and_diesel_are_left_out(tmp_path: Path) -> None:
    """Both give each migration a folder; Prisma's guide puts a `down.sql` into it by hand."""
    made = {
        "20240102_b/migration.sql": """-- AlterTable
ALTER TABLE "User" ADD COLUMN "teamId" INTEGER;
""",
        "20240101_a/migration.sql": """-- CreateEnum
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
-- CreateTable
CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'USER',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
-- CreateIndex
CREATE UNIQUE INDEX "User_role_key" ON "User"("role");
""",
        "20240101_a/down.sql": 'DROP TABLE "User";',
        "20240103_c/up.sql": "CREATE TABLE countdown (id int);",
        "20240103_c/down.sql": "DROP TABLE countdown;",
    }
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "migration_lock.toml").write_text('provider = "postgresql"')
    after = run_migrations(migration_files((tmp_path,)), BASE)
    assert told(after) == []
    assert shape(after, "public.User") == {
        "id": "integer!",
        "role": 'public."Role"!',
        "createdAt": "timestamp(3) without time zone!",
        "teamId": "integer",
    }
    assert shape(after, "countdown") == {"id": "integer"}


def test_django_s_files_apply_behind_what_they_depend_on(tmp_path: Path) -> None:
    files = {
        "a/0001_x": '[("z", "__first__"), ("a", "0002_before")]',
        "a/0002_before": "[migrations.swappable_dependency(X)]",
        "z/0001_z": "[\n]",
        "z/0002_z": '[("z", "0001_z",), ("a", "0001_x")]',
    }
    for name, needs in files.items():
        path = tmp_path / name.replace("/", "/migrations/")
        path.parent.mkdir(exist_ok=True, parents=True)
        path.with_suffix(".py").write_text(
            f"class Migration(migrations.Migration):\n    dependencies = {needs}\n"
        )
    found = [Path(one.path).stem for one in migration_files((tmp_path,))]
    assert found == ["0001_z", "0002_before", "0001_x", "0002_z"]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "m.xml"
    file.write_text("<changeSet/>")
    with pytest.raises(SourceError, match="--base SOURCE --head SOURCE"):
        migration_files((file,))
    with pytest.raises(SourceError, match="holds no migration"):
        migration_files((tmp_path,))
