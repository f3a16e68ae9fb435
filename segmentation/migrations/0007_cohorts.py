import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.money


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("segmentation", "0006_fits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CohortCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("all", "All customers"),
                            ("channel", "Channel"),
                            ("campaign", "Campaign"),
                            ("category", "First product"),
                            ("owner", "First manager"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", models.CharField(blank=True, max_length=50)),
                ("first_month", models.DateField()),
                ("age", models.SmallIntegerField()),
                ("customers", models.IntegerField()),
                ("returned", models.IntegerField()),
                ("orders", models.IntegerField()),
                ("revenue", core.money.MoneyField()),
                ("margin", core.money.MoneyField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dimension", "value", "first_month", "age"), name="cohort_cell_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerOrigin",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="origin",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("first_on", models.DateField()),
                (
                    "first_owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first_product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.product",
                    ),
                ),
            ],
        ),
    ]
