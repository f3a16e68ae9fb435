from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0005_book")]

    operations = [
        migrations.AddField(
            model_name="modelfit",
            name="trial",
            field=models.JSONField(
                default=dict,
                help_text="How the method did by week, by group and in money, and whether leaving was foretold.",
            ),
        ),
    ]
