from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("touches", "0003_journaled"),
    ]

    operations = [
        journaled("touches_task", mode="set"),
    ]
