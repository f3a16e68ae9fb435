import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.journal.sql import journaled


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_journal"),
        ("acquisition", "0004_campaigns"),
        ("customers", "0008_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InquiryStanding",
            fields=[
                (
                    "inquiry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="acquisition.inquiry",
                    ),
                ),
                ("happened_on", models.DateField()),
                ("hour", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("call", "Call"), ("form", "Form"), ("visit", "Visit"), ("chat", "Chat")],
                        max_length=10,
                    ),
                ),
                ("line", models.CharField(blank=True, max_length=100)),
                ("is_known", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("missed", "Missed"),
                            ("uncaptured", "Left without a contact"),
                            ("forgotten", "Forgotten"),
                            ("recovered", "Called back in time"),
                            ("in_work", "In work"),
                            ("kept", "Followed up"),
                            ("ordered", "Became an order"),
                            ("spam", "Spam"),
                        ],
                        max_length=10,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LeakPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("callback_hours", models.PositiveSmallIntegerField(default=24, verbose_name="hours to call back in")),
                ("forgotten_days", models.PositiveSmallIntegerField(default=7, verbose_name="days without a contact")),
                (
                    "order_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="days for an order to come in"),
                ),
            ],
            options={
                "verbose_name": "terms of inquiries",
                "verbose_name_plural": "terms of inquiries",
            },
        ),
        migrations.CreateModel(
            name="OutgoingCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=50)),
                ("external_id", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(verbose_name="time")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("is_answered", models.BooleanField(default=False, verbose_name="answered")),
                ("duration_seconds", models.PositiveIntegerField(null=True)),
                ("note", models.TextField(blank=True, max_length=5000)),
                ("told_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="inquiry",
            name="taken_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True), fields=["phone", "at"], name="inquiry_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("taken_by__isnull", False)), fields=["taken_by"], name="inquiry_taken"
            ),
        ),
        migrations.AddField(
            model_name="inquirystanding",
            name="channel",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="acquisition.channel",
            ),
        ),
        migrations.AddField(
            model_name="inquirystanding",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="leakpolicy",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="leak_policy_is_one"),
        ),
        migrations.AddConstraint(
            model_name="leakpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("callback_hours__range", (1, 720))),
                name="leak_callback_hours",
                violation_error_message="From 1 to 720 hours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="leakpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("forgotten_days__range", (1, 90))),
                name="leak_forgotten_days",
                violation_error_message="From 1 to 90 days.",
            ),
        ),
        migrations.AddConstraint(
            model_name="leakpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("order_days__range", (1, 365))),
                name="leak_order_days",
                violation_error_message="From 1 to 365 days.",
            ),
        ),
        migrations.AddField(
            model_name="outgoingcall",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="outgoingcall",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="calls_out",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="outgoingcall",
            name="inquiry",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="calls_out",
                to="acquisition.inquiry",
            ),
        ),
        migrations.AddIndex(
            model_name="inquirystanding",
            index=models.Index(
                fields=["happened_on"],
                include=("channel", "state", "person", "hour", "is_known", "kind", "line"),
                name="inquiry_standing_day",
            ),
        ),
        migrations.AddIndex(
            model_name="inquirystanding",
            index=models.Index(
                condition=models.Q(("state__in", ["missed", "uncaptured", "forgotten"])),
                fields=["state", "happened_on"],
                name="inquiry_standing_leak",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingcall",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True), fields=["phone", "at"], name="outgoing_call_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingcall",
            index=models.Index(fields=["customer", "at"], name="outgoing_call_customer"),
        ),
        migrations.AddIndex(
            model_name="outgoingcall",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["id"], name="outgoing_call_due"),
        ),
        migrations.AddConstraint(
            model_name="outgoingcall",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("source", "external_id"),
                name="outgoing_call_once",
            ),
        ),
        journaled("acquisition_leakpolicy", customer="", mode="settings"),
    ]
