from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("webforms", "0001_initial"),
    ]

    operations = [
        journaled("webforms_site", customer="", mode="settings"),
        journaled("webforms_form", customer="", mode="settings"),
    ]
