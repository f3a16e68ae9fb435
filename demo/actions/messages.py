"""What sent messages left behind: touches of the machine, timeline events, costs."""

from django.db import connection

STATEMENTS = (
    """
    INSERT INTO touches_touch (customer_id, channel, outcome, at, note, effects)
    SELECT customer_id, channel, 'sent', sent_at, '', '{}'
    FROM campaigns_delivery WHERE state = 'sent' ORDER BY sent_at
    """,
    """
    INSERT INTO customers_timelineevent (customer_id, kind, at, data)
    SELECT customer_id, 'message_sent', sent_at, jsonb_build_object(
        'delivery', id, 'channel', channel, 'subject', coalesce(nullif(subject, ''), left(body, 100)),
        'template', template_code)
    FROM campaigns_delivery WHERE state = 'sent'
    """,
    """
    INSERT INTO customers_servicecost (customer_id, kind, amount, at)
    SELECT customer_id, 'message', cost, sent_at FROM campaigns_delivery WHERE state = 'sent' AND cost > 0
    """,
)


def record_messages() -> None:
    """Write down what follows from every message that was sent."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement)
