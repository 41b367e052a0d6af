from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.CreateModel(
            "Book",
            [
                ("isbn", models.CharField(max_length=13, primary_key=True)),
                ("title", models.TextField(db_comment="it's on the cover")),
                ("pages", models.SmallIntegerField(null=True)),
            ],
        ),
    ]
