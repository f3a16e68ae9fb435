"""What the customers of each channel are worth, by another model of attribution than the one in force."""

from datetime import date

from django.db import connection

from core.periods import add_months

# A customer without rows of their own is counted alike by all models.
_BY_MODEL = """
    SELECT ch.id, cp.id, date_trunc('month', t.won_on)::date, count(*), count(s.customer_id),
           coalesce(sum(s.realised), 0)::bigint, coalesce(sum(s.predicted_12), 0)::bigint,
           coalesce(sum(s.predicted_36), 0)::bigint
    FROM (
        SELECT a.customer_id, a.won_on, coalesce(k.told_code, a.told_code) AS told
        FROM acquisition_acquisition a
        LEFT JOIN acquisition_customerattribution k ON k.customer_id = a.customer_id AND k.model = %(model)s
        WHERE a.won_on >= %(first)s AND a.won_on < %(end)s
    ) t
    LEFT JOIN acquisition_channel ch ON ch.code = split_part(t.told, '/', 1)
    LEFT JOIN acquisition_campaign cp ON cp.channel_id = ch.id AND cp.code = split_part(t.told, '/', 2)
    LEFT JOIN segmentation_standing s ON s.customer_id = t.customer_id
    GROUP BY 1, 2, 3
"""
_DIFFERENCES = """
    SELECT k.model, ch.id, count(*)
    FROM acquisition_acquisition a
    JOIN acquisition_customerattribution k USING (customer_id)
    LEFT JOIN acquisition_channel ch ON ch.code = split_part(k.told_code, '/', 1)
    WHERE a.won_on >= %(first)s AND a.won_on < %(end)s
    GROUP BY 1, 2
"""
Won = dict[tuple[int | None, int | None, date], tuple[int, int, int, int, int]]


def worth_by_model(model: str, first: date, last: date) -> Won:
    """By channel, campaign and month won: customers, those judged, and three sums in minor units."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_MODEL, {"model": model, "first": first, "end": add_months(last, 1)})
        return {(row[0], row[1], row[2]): (row[3], row[4], row[5], row[6], row[7]) for row in cursor.fetchall()}


def disputed_customers(first: date, last: date) -> dict[str, dict[int | None, int]]:
    """Of the customers about whom the models differ: how many each model counts to each channel."""
    found: dict[str, dict[int | None, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"first": first, "end": add_months(last, 1)})
        for model, channel, count in cursor.fetchall():
            found.setdefault(model, {})[channel] = count
    return found
