import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [("new", "New"), ("paid", "Paid")]
LONG = 40


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("books", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=LONG)),
                ("site", models.URLField(blank=True, null=True)),
                ("slug", models.SlugField()),
                ("parent", models.ForeignKey("self", models.CASCADE, null=True, db_index=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ["name"], "verbose_name": "buyer"},
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("code", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("state", models.CharField(choices=STATES, default="new", max_length=10)),
                ("total", models.DecimalField(decimal_places=2, default=0, max_digits=9)),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                ("due", models.DateField(null=True)),
                ("span", models.DurationField()),
                ("at", models.TimeField()),
                ("extra", models.JSONField(default=dict)),
                ("photo", models.ImageField(upload_to="photos")),
                ("raw", models.BinaryField()),
                ("paid", models.BooleanField(db_default=False)),
                ("ratio", models.FloatField()),
                ("count", models.PositiveSmallIntegerField()),
                ("address", models.GenericIPAddressField()),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), size=None
                    ),
                ),
                ("customer", models.ForeignKey("shop.Customer", on_delete=models.PROTECT)),
                ("book", models.ForeignKey("books.Book", models.CASCADE, db_column="book_no")),
            ],
            options={
                "db_table": "till_orders",
                "unique_together": {("state", "placed_at")},
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("ratio__gte", 0)), name="ratio_ok"),
                    models.UniqueConstraint(fields=["customer", "placed_at"], name="once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Basket",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("orders", models.ManyToManyField(to="shop.order")),
                ("like", models.ManyToManyField(to="shop.Basket", blank=True)),
                ("shared", models.ManyToManyField(to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[("id", models.BigAutoField(primary_key=True))],
            options={"managed": False},
        ),
        migrations.CreateModel(
            name="Favourite", fields=[], options={"proxy": True}, bases=("shop.customer",)
        ),
        migrations.CreateModel(
            name="AVeryLongNameThatNobodyWouldGiveToAModelButSomebodyAlwaysDoesItAnyway",
            fields=[("id", models.BigAutoField(primary_key=True))],
        ),
    ]
