import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.journal.sql import journaled
from segmentation.audiences.bell import DROP_FUNCTION, FUNCTION, rings


class Migration(migrations.Migration):
    dependencies = [
        ("acquisition", "0003_inquiries"),
        ("core", "0002_journal"),
        ("customers", "0004_duplicates"),
        ("segmentation", "0007_cohorts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="what it is for")),
                (
                    "kind",
                    models.CharField(
                        choices=[("dynamic", "By conditions"), ("static", "A fixed list")],
                        default="dynamic",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("tree", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared")),
                ("is_watched", models.BooleanField(default=False, verbose_name="watched")),
                (
                    "in_flow",
                    models.BooleanField(
                        default=False, help_text="An active flow lets its customers in; campaigns writes it."
                    ),
                ),
                ("is_timed", models.BooleanField(default=False, help_text="Membership may change by the day alone.")),
                (
                    "watches",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=63),
                        default=list,
                        help_text="Tables that decide it.",
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("updated_at", models.DateTimeField(verbose_name="updated")),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audiences",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={"verbose_name": "audience", "verbose_name_plural": "audiences", "ordering": ["name", "pk"]},
        ),
        migrations.CreateModel(
            name="AudienceVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("tree", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="segmentation.audience",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ["-number"]},
        ),
        migrations.CreateModel(
            name="AudienceMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="segmentation.audience",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audience_memberships",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AudienceChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "audience",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="segmentation.audience",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audience_changes",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AudienceDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at__isnull", True)),
                fields=("owner", "name"),
                name="audience_name_once",
                violation_error_message="You have an audience of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="audienceversion",
            constraint=models.UniqueConstraint(fields=("audience", "number"), name="audience_version_once"),
        ),
        migrations.AddConstraint(
            model_name="audiencemember",
            constraint=models.UniqueConstraint(fields=("audience", "customer"), name="audience_member_once"),
        ),
        migrations.AddIndex(
            model_name="audiencechange",
            index=models.Index(fields=["audience", "customer", "-at"], name="audience_change"),
        ),
        journaled("segmentation_audience", customer="", mode="settings"),
        journaled("segmentation_audiencemember", mode="set"),
        journaled("segmentation_audiencechange", mode="set"),
        migrations.RunSQL(FUNCTION, DROP_FUNCTION),
        rings("customers_customer", customer="r.id", on=("INSERT", "UPDATE")),
        rings("customers_contactpoint"),
        rings("customers_consent"),
        rings("customers_customertag"),
        rings("customers_order"),
        rings("customers_timelineevent"),
        rings("acquisition_acquisition"),
        rings("segmentation_customerorigin"),
        rings("acquisition_inquiry"),
        rings("segmentation_purchasestatistics"),
        rings("segmentation_standing"),
        rings("segmentation_xmark"),
    ]
