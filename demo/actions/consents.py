"""The words that customers agreed to, who took consent back, and messages that came back."""

import json
from datetime import datetime, timedelta

import numpy as np
from django.db import connection

from customers.actions.consents import add_consent_text
from customers.models import Consent, ConsentText, EventKind, TimelineEvent
from demo.actions.accounts import person
from demo.actions.copying import copy_columns
from demo.actions.story import Story
from demo.rules.fates import DAY

FIRST_VERSION, SECOND_VERSION = "order-1", "order-2"
TEXTS = {
    FIRST_VERSION: "Согласен получать от «Зерна» письма и SMS о товарах и скидках.",
    SECOND_VERSION: (
        "Согласен получать от ООО «Зерно» рекламные письма и SMS о товарах, скидках и мероприятиях. Согласие можно "
        "отозвать ссылкой в письме, ответом на SMS или по телефону."
    ),
}
# The words were changed so many days after the history begins.
CHANGED_AFTER = 500
WITHDRAWN_SHARE = 0.015
WAYS = {
    "email": ("unsubscribe", "Ссылка «Отписаться» в письме"),
    "phone": ("call", "Попросил по телефону не присылать SMS"),
}
# Nobody is written to after taking consent back: the last message was before.
GRANTED = """
    SELECT c.customer_id, c.channel, extract(epoch FROM greatest(c.at, sent.at)
        - %s::timestamp AT TIME ZONE current_setting('TimeZone'))::bigint
    FROM customers_consent c
    LEFT JOIN (SELECT customer_id, max(sent_at) AS at FROM campaigns_delivery GROUP BY 1) sent USING (customer_id)
    WHERE c.action = 'granted' ORDER BY c.id
"""
BOUNCED = """
    INSERT INTO customers_timelineevent (customer_id, kind, at, data)
    SELECT p.customer_id, 'message_bounced', p.created_at + interval '9 days',
        jsonb_build_object('channel', p.channel, 'message', NULL, 'reason', 'bad_address')
    FROM customers_contactpoint p
    WHERE p.status = 'bounced' AND p.created_at < %s - interval '9 days' ORDER BY p.id
"""


def text_changed_on(story: Story) -> str:
    """The day from which people agreed to the second version of the words, as text."""
    return str(story.calendar.first + timedelta(days=CHANGED_AFTER))


def write_consent_texts(story: Story) -> None:
    """Write both versions of the words, as of the days when they came into use."""
    days = (story.calendar.first, story.calendar.first + timedelta(days=CHANGED_AFTER))
    for (version, body), day in zip(TEXTS.items(), days, strict=True):
        made = add_consent_text(version=version, body=body, by=person("manager"))
        at = datetime.combine(day, datetime.min.time(), tzinfo=story.moment_of_end.tzinfo)
        ConsentText.objects.filter(pk=made.pk).update(created_at=at)


def withdraw_some(story: Story) -> None:
    """Write the withdrawals, and on the timelines whose messages came back."""
    rng = story.stream("consents")
    with connection.cursor() as cursor:
        cursor.execute(GRANTED, [story.calendar.first])
        granted = cursor.fetchall()
        cursor.execute(BOUNCED, [story.moment_of_end])
    later = rng.integers(DAY // 24, 60 * DAY, len(granted))
    chosen = rng.random(len(granted)) < WITHDRAWN_SHARE
    rows = [
        (customer, channel, since + int(wait))
        for (customer, channel, since), wait, is_chosen in zip(granted, later, chosen, strict=True)
        if is_chosen and since + wait < story.end
    ]
    customers, channels = [row[0] for row in rows], [row[1] for row in rows]
    moments = story.clock.texts(np.array([row[2] for row in rows], dtype=np.int64))
    copy_columns(
        Consent,
        len(rows),
        customer_id=customers,
        channel=channels,
        action="withdrawn",
        at=moments,
        source=[WAYS[channel][0] for channel in channels],
        proof=[WAYS[channel][1] for channel in channels],
    )
    copy_columns(
        TimelineEvent,
        len(rows),
        customer_id=customers,
        kind=EventKind.CONSENT_WITHDRAWN.value,
        at=moments,
        data=[json.dumps({"channel": channel, "source": WAYS[channel][0]}) for channel in channels],
    )
