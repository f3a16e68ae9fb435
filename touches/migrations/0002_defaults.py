"""The cadence and the contact pressure to start with; a page changes them."""

from django.db import migrations

CADENCE = {"A": (14, "call"), "B": (30, "call"), "C": (30, "email"), "D": (90, "email"), "X": (14, "call")}
PRESSURE = {2: 1, 30: 4}


def add_defaults(apps, _schema_editor):
    for grade, (days, channel) in CADENCE.items():
        apps.get_model("touches", "Cadence").objects.get_or_create(
            grade=grade, defaults={"days_between": days, "channel": channel}
        )
    for days, messages in PRESSURE.items():
        apps.get_model("touches", "PressureLimit").objects.get_or_create(days=days, defaults={"messages": messages})


class Migration(migrations.Migration):
    dependencies = [("touches", "0001_initial")]
    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
