from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("touches", "0005_promise_tasks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("win_back", "Win back"),
                    ("recover", "Recover an unhappy customer"),
                    ("promise", "Keep an overdue promise"),
                    ("call_back", "Call back as asked"),
                    ("leak", "Answer an inquiry"),
                    ("manual", "Task"),
                ],
                default="manual",
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
