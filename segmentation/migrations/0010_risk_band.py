"""Standings that a night can rewrite in place: half of each page stays free, and the index of risk is one of bands.

The table is written anew once, with the bands, which makes the room: seconds at a million customers, in which nobody
reads standings. In one transaction, so that the table is never left with neither index.
"""

from django.db import migrations, models

ROOM = "ALTER TABLE segmentation_standing SET (fillfactor = 50)"
ROOM_BACK = "ALTER TABLE segmentation_standing RESET (fillfactor)"
BANDS = """
ALTER TABLE segmentation_standing ALTER COLUMN risk_band TYPE smallint
    USING CASE WHEN value_at_risk > 0 THEN 1 + floor(12 * ln(value_at_risk::float8)) ELSE 0 END
"""

# The rows of these tables never change hands: the bell needs their new rows only, and collecting the old ones of a
# million takes the night half a second.
OLD_ROWS = """
CREATE TRIGGER audience_from AFTER UPDATE ON {table} REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION segmentation_audience_ring('r.customer_id')"""
TABLES = ("segmentation_standing", "segmentation_purchasestatistics")


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0009_needs")]

    operations = [
        migrations.RunSQL(ROOM, ROOM_BACK),
        migrations.AddField(
            model_name="standing", name="risk_band", field=models.SmallIntegerField(db_default=0, default=0)
        ),
        migrations.RunSQL(BANDS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="standing", index=models.Index(fields=["-risk_band"], name="standing_risk_band")
        ),
        migrations.RemoveIndex(model_name="standing", name="standing_risk"),
        *(
            migrations.RunSQL(f"DROP TRIGGER audience_from ON {table}", OLD_ROWS.format(table=table))
            for table in TABLES
        ),
    ]
