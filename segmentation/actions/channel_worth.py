"""What the customers of each channel are worth: written down by the night for the pages."""

from django.db import connection, transaction

from acquisition.models import ChannelWorth

# Made apart from the insert, since only a query that writes nothing is spread over the processors.
_MEASURE = """
    CREATE TEMPORARY TABLE measured_worth ON COMMIT DROP AS
    SELECT date_trunc('month', a.won_on)::date AS month, a.channel_id, a.campaign_id, count(*) AS customers,
           sum(s.realised)::bigint AS realised, sum(s.predicted_12)::bigint AS predicted_12,
           sum(s.predicted_36)::bigint AS predicted_36
    FROM acquisition_acquisition a JOIN segmentation_standing s USING (customer_id)
    GROUP BY 1, 2, 3
"""
_WRITE = """
    INSERT INTO acquisition_channelworth
        (month, channel_id, campaign_id, customers, realised, predicted_12, predicted_36)
    SELECT month, channel_id, campaign_id, customers, realised, predicted_12, predicted_36 FROM measured_worth
"""


@transaction.atomic
def measure_channels() -> int:
    """Add up what won customers brought and are expected to bring. Returns the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE)
        ChannelWorth.objects.all().delete()
        cursor.execute(_WRITE)
        written: int = cursor.rowcount
        cursor.execute("DROP TABLE measured_worth")
    return written
