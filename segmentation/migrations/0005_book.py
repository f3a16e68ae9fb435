import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.money


def count_all_as_reachable(apps, _schema_editor):
    """Nights before this one did not ask who can be reached: their base value is that of all buyers."""
    snapshots = apps.get_model("segmentation", "BaseSnapshot").objects
    for snapshot in snapshots.iterator():
        for parts in (snapshot.by_grade, snapshot.by_lifecycle):
            for totals in parts.values():
                totals["reachable"] = totals["customers"]
                totals["base_value"] = totals["predicted_12"]
                totals["base_at_risk"] = totals["value_at_risk"]
        snapshot.reachable = snapshot.buyers
        snapshot.base_value, snapshot.base_at_risk = snapshot.predicted_12, snapshot.value_at_risk
        snapshot.save()


class Migration(migrations.Migration):
    dependencies = [
        ("segmentation", "0004_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BookEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "month", "customer_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField()),
                ("customer_id", models.BigIntegerField()),
                ("value", core.money.MoneyField()),
                ("contacts", models.SmallIntegerField()),
                ("is_reachable", models.BooleanField()),
                (
                    "grade",
                    models.CharField(
                        blank=True, choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")], max_length=1
                    ),
                ),
                (
                    "lifecycle",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("active", "Active"),
                            ("at_risk", "At risk"),
                            ("lapsed", "Lapsed"),
                            ("lost", "Lost"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BaseBalance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(unique=True)),
                ("as_of", models.DateField(help_text="Day of the night that wrote it.")),
                ("is_closed", models.BooleanField()),
                ("since", models.DateField(null=True)),
                ("opening", core.money.MoneyField()),
                ("closing", core.money.MoneyField()),
                ("customers", models.IntegerField(help_text="Reachable buyers at the closing.")),
                ("moves", models.JSONField(default=dict)),
                ("unreachable_customers", models.IntegerField()),
                ("unreachable_value", core.money.MoneyField()),
                (
                    "lost_contacts",
                    models.IntegerField(help_text="Addresses fewer than at the opening, over those who have fewer."),
                ),
                (
                    "lost_contacts_customers",
                    models.IntegerField(help_text="Buyers with fewer working addresses than at the opening."),
                ),
                ("low", core.money.MoneyField(null=True)),
                ("high", core.money.MoneyField(null=True)),
                ("interval_reason", models.CharField(blank=True, max_length=30)),
            ],
            options={"ordering": ["-month"], "get_latest_by": "month"},
        ),
        migrations.AddField(model_name="basesnapshot", name="reachable", field=models.IntegerField(default=0)),
        migrations.AddField(model_name="basesnapshot", name="base_value", field=core.money.MoneyField(default=0)),
        migrations.AddField(model_name="basesnapshot", name="base_at_risk", field=core.money.MoneyField(default=0)),
        migrations.RunPython(count_all_as_reachable, migrations.RunPython.noop, elidable=True),
        migrations.CreateModel(
            name="WeeklySummary",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("ambiguous", "Ambiguous"),
                        ],
                        default="due",
                        max_length=9,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "sending"))), fields=["due_at"], name="summary_due"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("week", "user"), name="one_summary_a_week")],
            },
        ),
        migrations.CreateModel(
            name="SummaryOptOut",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="summary_opt_out",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
