from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("campaigns", "0001_initial"),
    ]

    operations = [
        journaled("campaigns_messagetemplate", customer="", mode="settings"),
        journaled("campaigns_flow", customer="", mode="settings"),
        journaled("campaigns_flowstep", customer="", mode="settings"),
        journaled("campaigns_suppression", customer="", mode="settings"),
    ]
