import django.db.models.functions.datetime
from django.db import migrations, models

# Addresses are changed in many places; what asks for the changes since must hear of each. A time that is set on
# purpose, as where a change is taken back, stands.
TIMES = """
CREATE FUNCTION customers_contact_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $body$;
CREATE TRIGGER contact_changed BEFORE UPDATE ON customers_contactpoint FOR EACH ROW
WHEN (NEW.updated_at = OLD.updated_at AND NEW IS DISTINCT FROM OLD)
EXECUTE FUNCTION customers_contact_changed()"""
NO_TIMES = "DROP TRIGGER contact_changed ON customers_contactpoint; DROP FUNCTION customers_contact_changed()"


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0005_access_limits'),
    ]

    operations = [
        migrations.AddField(
            model_name='consent',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='contactpoint',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=models.Index(fields=['updated_at', 'id'], name='contact_updated'),
        ),
        migrations.RunSQL(TIMES, NO_TIMES),
    ]
