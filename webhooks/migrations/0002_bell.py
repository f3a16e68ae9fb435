from django.db import migrations

from core.journal.sql import journaled
from webhooks.bell import DROP, FUNCTION, TRIGGER


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0001_initial"),
        ("core", "0002_journal"),
        ("webhooks", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL([FUNCTION, TRIGGER], DROP),
        journaled("webhooks_subscription", customer="", mode="settings"),
    ]
