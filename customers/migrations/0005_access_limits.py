"""The limits of reading that a new installation begins with; managers and administrators may export."""

from django.db import migrations

# A role without a row has no limit. Contacts opened, and customers taken out, in a day by one person.
CONTACTS = {"farmer": 150, "hunter": 150, "marketer": 20, "manager": 300, "administrator": 300}
EXPORTS = {"farmer": 500, "hunter": 500, "marketer": 20_000}


def add_limits(apps, _schema_editor):
    limits = apps.get_model("customers", "AccessLimit").objects
    for kind, by_role in (("contact", CONTACTS), ("export", EXPORTS)):
        for role, per_day in by_role.items():
            limits.get_or_create(role=role, kind=kind, defaults={"per_day": per_day})


def give_the_right(apps, _schema_editor):
    people = apps.get_model("core", "User").objects
    people.filter(role__in=["manager", "administrator"]).update(may_export=True)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_journal"),
        ("customers", "0004_duplicates"),
    ]

    operations = [
        migrations.RunPython(add_limits, migrations.RunPython.noop),
        migrations.RunPython(give_the_right, migrations.RunPython.noop),
    ]
