from django.db import migrations, models

from core.journal.sql import journaled

# Argument: the column with the customer's id.
FUNCTION = """
CREATE FUNCTION customers_duplicate_due() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    customer text := TG_ARGV[0];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO customers_duplicatedue (customer_id) SELECT DISTINCT (j->>customer)::bigint
        FROM unnest(ARRAY[to_jsonb(OLD), to_jsonb(NEW)]) j;
    ELSIF TG_OP = 'INSERT' THEN
        EXECUTE format('INSERT INTO customers_duplicatedue (customer_id) SELECT DISTINCT %I FROM new_rows', customer);
    ELSE
        EXECUTE format('INSERT INTO customers_duplicatedue (customer_id) SELECT DISTINCT %I FROM old_rows', customer);
    END IF;
    RETURN NULL;
END $body$"""
WATCHED = {
    "customers_customer": ("id", ("kind", "name", "city", "birthday", "tax_number")),
    "customers_contactpoint": ("customer_id", ("customer_id", "channel", "value")),
    "customers_externalref": ("customer_id", ("customer_id", "source", "external_id")),
}


def watched(table, customer, columns):
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    call = f"EXECUTE FUNCTION customers_duplicate_due('{customer}')"
    statements = [
        f"CREATE TRIGGER duplicate_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows"
        f" FOR EACH STATEMENT {call}",
        f"CREATE TRIGGER duplicate_update AFTER UPDATE ON {table} FOR EACH ROW"
        f" WHEN (({old}) IS DISTINCT FROM ({new})) {call}",
        f"CREATE TRIGGER duplicate_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows"
        f" FOR EACH STATEMENT {call}",
    ]
    drop = [f"DROP TRIGGER duplicate_{operation} ON {table}" for operation in ("insert", "update", "delete")]
    return migrations.RunSQL(statements, drop)


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0003_journaled"),
    ]

    operations = [
        migrations.CreateModel(
            name="DuplicateDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["customer_id", "id"], name="duplicate_due_card")]},
        ),
        migrations.CreateModel(
            name="DuplicateKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "customer_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BigIntegerField()),
                ("customer_id", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["customer_id"], name="duplicate_key_card")]},
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION customers_duplicate_due()"),
        *(watched(table, customer, columns) for table, (customer, columns) in WATCHED.items()),
        # The cards that were there before.
        migrations.RunSQL(
            "INSERT INTO customers_duplicatedue (customer_id) SELECT id FROM customers_customer",
            migrations.RunSQL.noop,
        ),
        journaled("customers_mergedcustomer", pk="old_id", mode="set"),
        journaled("customers_duplicatecandidate", customer="", mode="set"),
    ]
