from django.db import migrations

from core.journal.sql import FUNCTION


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),
    ]
