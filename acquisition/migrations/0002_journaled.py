from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("acquisition", "0001_initial"),
    ]

    operations = [
        journaled("acquisition_channel", customer="", mode="settings"),
        journaled("acquisition_spend", customer=""),
    ]
