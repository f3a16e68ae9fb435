"""How PostgreSQL keeps the tables that the night reads and writes."""

from django.db import migrations

# Statistics are read from an index alone, which PostgreSQL may do on pages that were vacuumed since
# they last changed. By default a fifth of ten million orders would have to change first.
ORDERS = """
ALTER TABLE customers_order SET
    (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01)
"""
ORDERS_BACK = """
ALTER TABLE customers_order RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor)
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("segmentation", "0001_initial")]

    operations = [migrations.RunSQL(ORDERS, ORDERS_BACK)]
