from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("touches", "0002_defaults"),
    ]

    operations = [
        journaled("touches_cadence", customer="", mode="settings"),
        journaled("touches_pressurelimit", customer="", mode="settings"),
    ]
