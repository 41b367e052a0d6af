from django.db import migrations, models


def fill(apps, schema_editor):
    model = apps.get_model("shop", "Customer")
    for one in model.objects.all():
        one.save()


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="customer", name="phone", field=models.CharField(max_length=30, null=True)
        ),
        migrations.AddField(
            "order", "second", models.ForeignKey("books.book", models.SET_NULL, null=True)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveField(model_name="order", name="raw"),
        migrations.RemoveField(model_name="basket", name="orders"),
        migrations.RenameField(model_name="order", old_name="second", new_name="other"),
        migrations.RenameField(model_name="basket", old_name="shared", new_name="readers"),
        migrations.AlterField("customer", "name", models.CharField(max_length=80, null=True)),
        migrations.AlterField("customer", "email", models.EmailField(max_length=254)),
        migrations.AlterField("customer", "slug", models.SlugField(unique=True)),
        migrations.AlterField("basket", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("order", "count", models.BigIntegerField(db_column="pieces")),
        migrations.DeleteModel(name="Favourite"),
        migrations.RenameModel(old_name="Customer", new_name="Buyer"),
        migrations.AlterUniqueTogether(name="buyer", unique_together={("name", "user")}),
        migrations.AddConstraint(
            "buyer", models.UniqueConstraint(fields=("slug", "parent"), name="one_slug")
        ),
        migrations.AlterModelTable("basket", "cart"),
        migrations.AddIndex("order", models.Index(fields=["due"], name="order_due")),
        migrations.RunSQL("CREATE TABLE raw_notes (id int PRIMARY KEY, note text);", "DROP"),
        migrations.RunSQL(["ALTER TABLE raw_notes ADD b int", ("UPDATE raw_notes SET b=%s", [1])]),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("CREATE TABLE kept (id bigint)")],
            state_operations=[
                migrations.CreateModel(
                    name="Kept",
                    fields=[("id", models.BigAutoField(primary_key=True))],
                    options={"db_table": "kept"},
                ),
            ],
        ),
        migrations.AddField("kept", "hint", models.TextField(null=True)),
        migrations.CreateModel(name="Gone", fields=[("id", models.BigAutoField(primary_key=True))]),
        migrations.DeleteModel(name="Gone"),
    ]
