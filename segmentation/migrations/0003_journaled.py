from django.db import migrations

from core.journal.sql import journaled


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("segmentation", "0002_storage"),
    ]

    operations = [
        journaled("segmentation_policy", customer="", mode="settings"),
        journaled("segmentation_xmark", pk="customer_id"),
    ]
