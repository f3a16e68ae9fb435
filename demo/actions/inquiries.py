"""Writing the year's calls, forms, visits and chats, and telling them on the timelines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db import connection

from acquisition.models import Channel, Inquiry
from customers.models import EventKind, TimelineEvent
from demo.actions.accounts import farmers, person
from demo.actions.copying import NULL, copy_columns
from demo.actions.story import Story, Texts
from demo.rules import inquiring
from demo.rules.fates import DAY
from demo.rules.people import phone_of

# Far above the numbers of customers: nobody here has these phones.
STRANGERS = 100_000_000
# The ways of strangers: a channel that calls and chats are counted to.
CHANNELS = ("yandex_direct", "vk_ads", "seo")
LEADS = """
    SELECT id, extract(epoch FROM created_at - %s::timestamp AT TIME ZONE current_setting('TimeZone'))::bigint
    FROM customers_customer WHERE id > %s ORDER BY id
"""
PEOPLE = """
    SELECT c.id, c.name, c.owner_id, c.channel_code,
        coalesce(max(p.value) FILTER (WHERE p.channel = 'phone'), ''),
        coalesce(max(p.value) FILTER (WHERE p.channel = 'email'), '')
    FROM customers_customer c LEFT JOIN customers_contactpoint p ON p.customer_id = c.id
    WHERE c.id = ANY(%s) GROUP BY c.id
"""


@dataclass(frozen=True)
class _Person:
    name: str = ""
    owner: int | None = None
    channel: str = ""
    phone: str = ""
    email: str = ""


def write_inquiries(story: Story) -> None:
    """Write the inquiries, with what customers of theirs show of them."""
    rng = story.stream("inquiries")
    buyers = len(story.traits)
    leads = _leads(story, buyers)
    won = story.purchases.moment[story.first].astype(np.int64)
    drawn = inquiring.draw_inquiries(rng, leads=leads, first=story.first, won=won, end=story.end)
    moments = story.clock.texts(drawn.moment)
    rows = list(_rows(rng, story, drawn))
    _copy(drawn, moments, rows)
    _tell(drawn, moments)


def _leads(story: Story, buyers: int) -> tuple[inquiring.Ints, inquiring.Ints]:
    with connection.cursor() as cursor:
        cursor.execute(LEADS, [story.calendar.first, buyers])
        found = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    return found[:, 0] - 1, found[:, 1]


def _rows(rng: np.random.Generator, story: Story, drawn: inquiring.Inquiries) -> Iterator[dict[str, object]]:
    people = _people(drawn)
    channels = dict(Channel.objects.values_list("code", "pk"))
    answering = [*(farmer.pk for farmer in farmers()), person("hunter").pk]
    for number in range(len(drawn)):
        somebody = people.get(int(drawn.customer[number]) + 1, _Person())
        kind, answered = int(drawn.kind[number]), bool(drawn.answered[number])
        stranger = int(drawn.stranger[number])
        by_phone = kind in (inquiring.CALL, inquiring.FORM)
        phone = phone_of(STRANGERS + stranger) if stranger >= 0 else somebody.phone if by_phone else ""
        code = somebody.channel or CHANNELS[rng.integers(len(CHANNELS))]
        recent = drawn.moment[number] > story.end - inquiring.OPEN_DAYS * DAY
        waits = answered and recent and drawn.order[number] < 0 and bool(rng.random() < 0.4)
        taken = somebody.owner or answering[rng.integers(len(answering))]
        yield {
            "name": somebody.name,
            "phone": phone,
            "email": somebody.email if kind in (inquiring.FORM, inquiring.CHAT) else "",
            "channel_id": channels.get(code, NULL),
            "channel_code": code,
            "answered_by_id": taken if answered else NULL,
            "duration_seconds": int(rng.integers(35, 600)) if answered and kind == inquiring.CALL else NULL,
            "note": inquiring.NOTES[rng.integers(len(inquiring.NOTES))] if answered else "",
            "next_step": inquiring.NEXT_STEPS[rng.integers(len(inquiring.NEXT_STEPS))] if waits else "",
            "next_step_on": story.as_of + timedelta(days=int(rng.integers(-2, 8))) if waits else NULL,
        }


def _people(drawn: inquiring.Inquiries) -> dict[int, _Person]:
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [(drawn.customer[drawn.customer >= 0] + 1).tolist()])
        return {pk: _Person(*told) for pk, *told in cursor.fetchall()}


def _copy(drawn: inquiring.Inquiries, moments: Texts, rows: list[dict[str, object]]) -> None:
    count = len(drawn)
    ids = range(1, count + 1)
    known = drawn.customer >= 0
    reached = np.array([bool(row["phone"] or row["email"]) for row in rows], dtype=bool)
    copy_columns(
        Inquiry,
        count,
        id=ids,
        source=np.array(inquiring.SOURCES, dtype=object)[drawn.kind],
        external_id=[f"I-{number:06d}" for number in ids],
        kind=np.array(inquiring.KINDS, dtype=object)[drawn.kind],
        at=moments,
        happened_on=[text[:10] for text in moments],
        is_answered=drawn.answered,
        contact_captured=known | reached,
        line=np.array(inquiring.LINES, dtype=object)[drawn.kind],
        customer_id=np.where(known, (drawn.customer + 1).astype(object), NULL),
        order_id=np.where(drawn.order >= 0, (drawn.order + 1).astype(object), NULL),
        is_spam=drawn.spam,
        created_at=moments,
        updated_at=moments,
        **{name: [row[name] for row in rows] for name in (rows[0] if rows else ())},
    )


def _tell(drawn: inquiring.Inquiries, moments: Texts) -> None:
    places = np.flatnonzero(drawn.customer >= 0).tolist()
    told = [
        {
            "inquiry": place + 1,
            "kind": inquiring.KINDS[drawn.kind[place]],
            "is_answered": bool(drawn.answered[place]),
            "line": inquiring.LINES[drawn.kind[place]],
        }
        for place in places
    ]
    copy_columns(
        TimelineEvent,
        len(places),
        customer_id=drawn.customer[places] + 1,
        kind=EventKind.INQUIRY.value,
        at=moments[places],
        data=[json.dumps(data, ensure_ascii=False) for data in told],
    )
