from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("loyalty", "0001_initial"),
    ]

    operations = [
        journaled("loyalty_offer", customer="", mode="settings"),
    ]
