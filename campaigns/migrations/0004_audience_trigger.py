import django.db.models.deletion
from django.db import migrations, models

from segmentation.audiences.bell import rings


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_promise_reason"),
        ("nps", "0001_initial"),
        ("segmentation", "0008_audiences"),
        ("touches", "0005_promise_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="flow",
            name="audience",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="flows",
                to="segmentation.audience",
                verbose_name="audience",
            ),
        ),
        migrations.AlterField(
            model_name="flow",
            name="trigger",
            field=models.CharField(
                choices=[("lifecycle", "Lifecycle becomes"), ("audience", "Enters an audience")],
                default="lifecycle",
                max_length=20,
            ),
        ),
        rings("campaigns_delivery"),
        rings("campaigns_enrolment"),
        rings("nps_response"),
        rings("touches_task"),
        rings("touches_touch"),
    ]
