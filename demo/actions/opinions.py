"""Writing NPS questions, answers and the recovery of unhappy customers."""

import json

import numpy as np
from django.db import connection

from campaigns.models import Delivery
from customers.models import EventKind, TimelineEvent
from demo.actions.copying import NULL, copy_columns
from demo.actions.orders import number_of
from demo.actions.story import Story
from demo.rules.fates import DAY, Fates
from demo.rules.opinions import Opinions, draw_opinions
from nps.models import Invitation, Response

TEMPLATE = "nps"
SUBJECT = "Порекомендуете нас? Два вопроса о вашем заказе"
RECOVERED_AFTER_DAYS = 2
RECOVERIES = """
    INSERT INTO touches_task
        (customer_id, owner_id, kind, key, note, due_on, state, created_at, closed_at, closed_by_id)
    SELECT r.customer_id, c.owner_id, 'recover', 'nps:' || r.invitation_id,
        rtrim('Оценил нас на ' || r.score || ' из 10. ' || r.comment), r.answered_at::date,
        CASE WHEN past.over THEN 'done' ELSE 'open' END, r.answered_at,
        CASE WHEN past.over THEN r.answered_at + interval '1 day' END, CASE WHEN past.over THEN c.owner_id END
    FROM nps_response r JOIN customers_customer c ON c.id = r.customer_id
    CROSS JOIN LATERAL (SELECT r.answered_at < %(before)s AS over) past
    WHERE r.score <= 6
"""
# The grade of the last past night before the answer, or else of the first one after it.
GRADES = """
    UPDATE nps_response r SET grade = earlier.new
    FROM (
        SELECT DISTINCT ON (r.id) r.id, g.new FROM nps_response r
        JOIN segmentation_gradechange g ON g.customer_id = r.customer_id
        ORDER BY r.id, g."on" > r.answered_at::date, abs(g."on" - r.answered_at::date)
    ) earlier
    WHERE r.id = earlier.id
"""


def write_opinions(story: Story, fates: Fates) -> None:
    """Write a year of questions and answers about fulfilled orders."""
    reached = story.reach.by_email[: len(story.traits)]
    opinions = draw_opinions(story.stream("nps"), story.purchases, fates, reached, story.end)
    customers = story.purchases.customer[opinions.order] + 1
    _write_invitations(story, opinions, customers)
    _write_responses(story, opinions, customers)
    before = story.clock.texts(np.array([story.end - RECOVERED_AFTER_DAYS * DAY]))[0]
    with connection.cursor() as cursor:
        cursor.execute(RECOVERIES, {"before": before})


def grade_answers() -> None:
    """Note at each answer the grade that the customer had then, once nights have graded them."""
    with connection.cursor() as cursor:
        cursor.execute(GRADES)


def _write_invitations(story: Story, opinions: Opinions, customers: np.ndarray) -> None:
    count = len(customers)
    asked = story.clock.texts(opinions.asked)
    copy_columns(
        Invitation,
        count,
        id=range(1, count + 1),
        customer_id=customers,
        order_id=opinions.order + 1,
        source="",
        created_at=asked,
    )
    addresses = _emails(customers)
    sent = story.clock.texts(opinions.asked + 60)
    copy_columns(
        Delivery,
        count,
        key=[f"nps:{number}" for number in range(1, count + 1)],
        customer_id=customers,
        channel="email",
        purpose="service",
        template_code=TEMPLATE,
        context=[json.dumps({"order_number": number_of(order)}) for order in (opinions.order + 1).tolist()],
        state="sent",
        due_at=asked,
        attempts="1",
        claimed_by="",
        address=addresses,
        subject=SUBJECT,
        body="",
        started_at=sent,
        sent_at=sent,
        unrecorded="false",
        provider_id="",
        cost="0",
        held_back="",
        error="",
        created_at=asked,
    )


def _emails(customers: np.ndarray) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id, value FROM customers_contactpoint WHERE channel = 'email'")
        known = dict(cursor.fetchall())
    return [known[customer] for customer in customers.tolist()]


def _write_responses(story: Story, opinions: Opinions, customers: np.ndarray) -> None:
    places = np.flatnonzero(opinions.score >= 0)
    count = len(places)
    answered = story.clock.texts(opinions.answered[places])
    scores = opinions.score[places].tolist()
    comments = [opinions.comment[place] for place in places.tolist()]
    copy_columns(
        Response,
        count,
        id=range(1, count + 1),
        invitation_id=places + 1,
        customer_id=customers[places],
        score=scores,
        comment=comments,
        grade="",
        answered_at=answered,
        changed_at=NULL,
    )
    told = zip(range(1, count + 1), scores, comments, strict=True)
    copy_columns(
        TimelineEvent,
        count,
        customer_id=customers[places],
        kind=EventKind.NPS_ANSWERED.value,
        at=answered,
        data=[
            json.dumps({"response": pk, "score": score, "comment": comment}, ensure_ascii=False)
            for pk, score, comment in told
        ],
    )
