"""Triggers that have customers looked at again when a row changes that a watched audience asks about.

Nothing calls upward: whoever writes an order or a touch knows nothing of audiences. A statement looks once whether any
watched audience asks about its table; only then it marks the customers of its rows. A statement of very many rows
(the night, an import) leaves one mark that stands for the whole base.
"""

from typing import Any

from django.db import migrations

# From so many rows of one statement on, the whole base is looked at: one pass is cheaper than so many marks.
MOST_MARKS = 20_000

# Argument: an expression on a row `r` that gives the customer's id.
FUNCTION = f"""
CREATE OR REPLACE FUNCTION segmentation_audience_ring() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    many bool;
BEGIN
    IF EXISTS (
        SELECT FROM segmentation_audience
        WHERE (is_watched OR in_flow) AND archived_at IS NULL AND kind = 'dynamic' AND TG_TABLE_NAME = ANY (watches)
    ) THEN
        SELECT count(*) >= {MOST_MARKS} INTO many FROM (SELECT FROM changed LIMIT {MOST_MARKS}) AS rows;
        IF many THEN
            INSERT INTO segmentation_audiencedue (customer_id, at) VALUES (NULL, clock_timestamp());
        ELSE
            EXECUTE format(
                'INSERT INTO segmentation_audiencedue (customer_id, at) SELECT DISTINCT c.id, clock_timestamp() '
                'FROM (SELECT %s AS id FROM changed AS r) AS c WHERE c.id IS NOT NULL', TG_ARGV[0]);
        END IF;
    END IF;
    RETURN NULL;
END $body$"""  # noqa: S608
DROP_FUNCTION = "DROP FUNCTION segmentation_audience_ring()"
_TRIGGER = """
CREATE TRIGGER audience_{name} AFTER {operation} ON {table} REFERENCING {rows} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION segmentation_audience_ring('{customer}')"""
_ROWS = {"INSERT": [("insert", "NEW")], "DELETE": [("delete", "OLD")], "UPDATE": [("from", "OLD"), ("to", "NEW")]}


def rings(table: str, *, customer: str = "r.customer_id", on: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")) -> Any:
    """The operation of a migration that puts the bell on a table.

    customer: gives the customer's id of a row `r`. An update rings for the customer of the old row too where the
    row may change hands.
    """
    make: list[Any] = []
    drop: list[Any] = []
    for operation in on:
        for name, rows in _ROWS[operation]:
            if name == "from" and customer == "r.id":
                continue
            make.append(_TRIGGER.format(name=name, operation=operation, table=table, rows=rows, customer=customer))
            drop.append(f"DROP TRIGGER audience_{name} ON {table}")
    return migrations.RunSQL(make, drop)
