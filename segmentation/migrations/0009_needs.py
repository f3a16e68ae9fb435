import core.money
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from core.journal.sql import journaled
from segmentation.audiences.bell import rings


def move_into_needs(apps, schema_editor):
    """What a mark named becomes a capability, the same words in any case one; its potential a need of it."""
    capability, need, mark = (apps.get_model("segmentation", name) for name in ("Capability", "Need", "XMark"))
    known = {}
    for row in mark.objects.order_by("set_at", "pk").iterator():
        name = " ".join(row.capability.split()) or "—"
        if name.lower() not in known:
            known[name.lower()] = capability.objects.create(name=name)
        if row.potential > 0:
            need.objects.create(
                customer_id=row.pk,
                capability=known[name.lower()],
                potential=row.potential,
                asked_on=timezone.localdate(row.set_at, timezone.get_default_timezone()),
                by_id=row.set_by_id,
            )


def move_back(apps, schema_editor):
    """The largest need names the mark, and their sum is its potential."""
    need, mark = apps.get_model("segmentation", "Need"), apps.get_model("segmentation", "XMark")
    for row in mark.objects.iterator():
        needs = list(need.objects.filter(customer_id=row.pk).select_related("capability").order_by("-potential", "pk"))
        row.capability = needs[0].capability.name if needs else ""
        row.potential = sum(each.potential for each in needs)
        row.save()


class Migration(migrations.Migration):
    dependencies = [
        ("acquisition", "0005_desk"),
        ("core", "0003_taken_back"),
        ("customers", "0008_visits"),
        ("market", "0001_initial"),
        ("segmentation", "0008_audiences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeavingPattern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("since", models.DateField()),
                ("code", models.CharField(max_length=20, unique=True)),
                ("exposed", models.IntegerField()),
                ("exposed_left", models.IntegerField()),
                ("others", models.IntegerField()),
                ("others_left", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Capability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300, verbose_name="what is missing")),
                ("description", models.TextField(blank=True, max_length=5000, verbose_name="in detail")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("planned", "Planned"),
                            ("in_work", "In work"),
                            ("shipped", "Ready"),
                            ("declined", "Declined"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected on")),
                ("shipped_on", models.DateField(blank=True, null=True, verbose_name="ready since")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "capability",
                "verbose_name_plural": "capabilities",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="capability_once",
                        violation_error_message="There is this capability already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("shipped_on__isnull", False), ("state", "shipped")),
                            models.Q(models.Q(("state", "shipped"), _negated=True), ("shipped_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="shipped_capability_has_its_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LossFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("dimension", models.CharField(max_length=12)),
                ("part", models.CharField(blank=True, max_length=50)),
                ("customers", models.IntegerField()),
                ("value", core.money.MoneyField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "dimension", "part"), name="loss_figure_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Loss",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="loss",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("last_on", models.DateField()),
                ("left_on", models.DateField()),
                ("value", core.money.MoneyField()),
                ("is_forecast", models.BooleanField()),
                (
                    "grade",
                    models.CharField(
                        blank=True, choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")], max_length=1
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.productcategory",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="acquisition.channel",
                    ),
                ),
                (
                    "competitor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="market.competitor",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="market.leavingreason",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["left_on"], name="loss_left_on")],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("potential", core.money.MoneyField(verbose_name="potential margin a year")),
                ("evidence", models.TextField(blank=True, max_length=2000, verbose_name="how that is known")),
                ("asked_by", models.CharField(blank=True, max_length=300, verbose_name="who asks for it")),
                ("asked_on", models.DateField(verbose_name="asked on")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="segmentation.capability",
                        verbose_name="what is missing",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="needs", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "need",
                "verbose_name_plural": "needs",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "capability"),
                        name="need_once",
                        violation_error_message="The customer asks for this already.",
                    ),
                    models.CheckConstraint(condition=models.Q(("potential__gt", 0)), name="need_has_potential"),
                ],
            },
        ),
        migrations.CreateModel(
            name="XCandidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("size", "Large orders, but few"),
                            ("words", "Said it themselves"),
                            ("wallet", "Buys little of what they could"),
                        ],
                        max_length=10,
                    ),
                ),
                ("potential", core.money.MoneyField(null=True)),
                ("figures", models.JSONField(default=dict)),
                ("said", models.CharField(blank=True, max_length=300)),
                (
                    "capability",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="segmentation.capability",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("customer", "key"), name="x_candidate_once")],
            },
        ),
        migrations.CreateModel(
            name="XDismissal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("customer", "key"), name="x_dismissal_once")],
            },
        ),
        journaled("segmentation_capability", customer="", mode="settings"),
        journaled("segmentation_need"),
        rings("segmentation_need"),
        rings("segmentation_loss"),
        # With defaults, so that the way back can add the columns to marks that are there.
        migrations.AlterField(
            model_name="xmark",
            name="capability",
            field=models.CharField(default="", max_length=300),
        ),
        migrations.AlterField(
            model_name="xmark",
            name="potential",
            field=core.money.MoneyField(default=0),
        ),
        migrations.RunPython(move_into_needs, move_back),
        migrations.RemoveField(model_name="xmark", name="capability"),
        migrations.RemoveField(model_name="xmark", name="potential"),
    ]
