import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import core.money

# On the way back a policy of a category would become one of all orders. Those who point at the policies that stay are
# looked at in between, since a table cannot be altered before that.
NO_CATEGORIES = """
DELETE FROM segmentation_policy WHERE category_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_visits"),
        ("segmentation", "0003_journaled"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="policy",
            name="one_policy_per_day",
        ),
        migrations.AddField(
            model_name="policy",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.productcategory",
                verbose_name="product category",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, NO_CATEGORIES),
        migrations.AddField(
            model_name="policy",
            name="is_end",
            field=models.BooleanField(default=False, verbose_name="stop grading by this category"),
        ),
        migrations.AlterField(
            model_name="gradechange",
            name="new",
            field=models.CharField(blank=True, choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")], max_length=1),
        ),
        migrations.AlterField(
            model_name="lifecyclechange",
            name="new",
            field=models.CharField(
                blank=True,
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
        migrations.AlterField(
            model_name="policy",
            name="check_mode",
            field=models.CharField(
                choices=[
                    ("median", "The median of the buyers"),
                    ("quantile", "A quantile of the buyers"),
                    ("pareto", "Pareto: who makes the given share"),
                    ("fixed", "A fixed number"),
                ],
                default="quantile",
                max_length=10,
                verbose_name="threshold of the average check",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="count_mode",
            field=models.CharField(
                choices=[
                    ("median", "The median of the buyers"),
                    ("quantile", "A quantile of the buyers"),
                    ("pareto", "Pareto: who makes the given share"),
                    ("fixed", "A fixed number"),
                ],
                default="quantile",
                max_length=10,
                verbose_name="threshold of orders",
            ),
        ),
        migrations.AddIndex(
            model_name="gradechange",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["on"], name="grade_change_day", pages_per_range=32),
        ),
        migrations.AddIndex(
            model_name="lifecyclechange",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["on"], name="stage_change_day", pages_per_range=32),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("category", None)),
                fields=("kind", "effective_from"),
                name="one_policy_per_day",
                violation_error_message="There is already a policy in force from this day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("category__isnull", False)),
                fields=("kind", "category", "effective_from"),
                name="one_category_policy_per_day",
                violation_error_message="There is already a policy in force from this day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_end", False), ("category__isnull", False), _connector="OR"),
                name="only_a_category_policy_ends",
            ),
        ),
        migrations.CreateModel(
            name="GradeReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(unique=True)),
                ("parts", models.JSONField(default=list)),
                ("moves_from", models.DateField()),
                ("moves", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["-on"],
                "get_latest_by": "on",
            },
        ),
        migrations.CreateModel(
            name="CategoryGrade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "grade",
                    models.CharField(
                        choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")], max_length=1, verbose_name="grade"
                    ),
                ),
                ("orders", models.IntegerField(verbose_name="orders in the window")),
                ("revenue", core.money.MoneyField(verbose_name="revenue in the window")),
                ("since", models.DateField()),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.productcategory"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="category_grades",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("customer", "category"), name="one_grade_a_category")],
            },
        ),
        migrations.CreateModel(
            name="CategoryGradeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("old", models.CharField(blank=True, max_length=1)),
                (
                    "new",
                    models.CharField(
                        blank=True, choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")], max_length=1
                    ),
                ),
                ("orders", models.IntegerField()),
                ("average_check", core.money.MoneyField()),
                ("count_threshold", models.DecimalField(decimal_places=4, max_digits=14)),
                ("check_threshold", core.money.MoneyField()),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.productcategory",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="category_grade_changes",
                        to="customers.customer",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="segmentation.policy",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "category", "on"), name="one_category_change_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="CategoryMeasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("company", "Company")],
                        max_length=10,
                        verbose_name="customer kind",
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("buyers", models.IntegerField(verbose_name="buyers in the window")),
                (
                    "count_threshold",
                    models.DecimalField(decimal_places=4, max_digits=14, verbose_name="threshold of orders"),
                ),
                ("check_threshold", core.money.MoneyField(verbose_name="threshold of the average check")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.productcategory"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="segmentation.policy"
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "kind"],
                "get_latest_by": "on",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "category", "on"), name="one_category_measure_a_day")
                ],
            },
        ),
    ]
