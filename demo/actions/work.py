"""What the farmers did and have to do, by the grades that the nights gave."""

import json
from datetime import timedelta

import numpy as np
from django.db import connection
from django.db.models import Max
from numpy.typing import NDArray

from customers.models import Customer, EventKind, TimelineEvent
from demo.actions.accounts import farmers
from demo.actions.copying import copy_columns
from demo.actions.story import Story
from demo.rules.fates import DAY
from demo.rules.touching import CALL_BACK, OUTCOMES, Contacts, draw_contacts, note_of
from touches.models import Task, TaskKind, Touch

# Owned customers with the days between their touches, the channel, and when they came. The lost have no
# regular touches; the last ones may have been long ago.
OWNED = """
    SELECT c.id, c.owner_id, d.days_between * CASE s.lifecycle WHEN 'lost' THEN 4 ELSE 1 END, d.channel,
        extract(epoch FROM c.created_at - %(first)s::timestamp AT TIME ZONE current_setting('TimeZone'))::bigint
    FROM customers_customer c
    JOIN segmentation_standing s ON s.customer_id = c.id
    JOIN touches_cadence d ON d.grade = s.grade
    WHERE c.owner_id = ANY(%(farmers)s)
    ORDER BY c.id
"""
CALL_BACK_DAYS = 6
MANUAL_TASKS = (
    "Отправить коммерческое предложение на новый сезон.",
    "Согласовать график поставок на декабрь.",
    "Проверить, дошли ли образцы.",
    "Поздравить с открытием второй точки.",
    "Выслать закрывающие документы за квартал.",
    "Предложить сервисное обслуживание кофемашины.",
)
TASKS_PER_FARMER = 6


def write_work(story: Story) -> None:
    """Write the farmers' touches and tasks, and mark a few companies with X."""
    owned = _owned(story)
    if owned:
        _write_touches(story, owned)
    _open_manual_tasks(story)


def _owned(story: Story) -> list[tuple[int, int, int, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(OWNED, {"first": story.calendar.first, "farmers": [farmer.pk for farmer in farmers()]})
        return cursor.fetchall()


def _write_touches(story: Story, owned: list[tuple[int, int, int, str, int]]) -> None:
    customers, owners, days, channels, since = (np.array(column) for column in zip(*owned, strict=True))
    rng = story.stream("touches")
    contacts = draw_contacts(rng, days.astype(float), since, story.calendar.first.weekday(), story.end)
    by_call = channels[contacts.place] == "call"
    outcomes = np.where(by_call, np.array(OUTCOMES)[contacts.outcome], "sent").tolist()
    notes = [
        note_of(rng, outcome) if call else ""
        for outcome, call in zip(contacts.outcome.tolist(), by_call.tolist(), strict=True)
    ]
    before = Touch.objects.aggregate(Max("pk"))["pk__max"] or 0
    ids = range(before + 1, before + len(outcomes) + 1)
    moments = story.clock.texts(contacts.moment)
    copy_columns(
        Touch,
        len(outcomes),
        id=ids,
        customer_id=customers[contacts.place],
        channel=channels[contacts.place],
        outcome=outcomes,
        by_id=owners[contacts.place],
        at=moments,
        note=notes,
        effects="{}",
    )
    names = {farmer.pk: str(farmer) for farmer in farmers()}
    told = zip(
        ids,
        channels[contacts.place].tolist(),
        outcomes,
        owners[contacts.place].tolist(),
        notes,
        strict=True,
    )
    copy_columns(
        TimelineEvent,
        len(outcomes),
        customer_id=customers[contacts.place],
        kind=EventKind.TOUCH.value,
        at=moments,
        data=[
            json.dumps(
                {"touch": pk, "channel": channel, "outcome": outcome, "by": names[owner], "note": note},
                ensure_ascii=False,
            )
            for pk, channel, outcome, owner, note in told
        ],
    )
    _open_call_backs(story, contacts, by_call, customers, owners, notes)


def _open_call_backs(
    story: Story,
    contacts: Contacts,
    by_call: NDArray[np.bool_],
    customers: NDArray[np.int64],
    owners: NDArray[np.int64],
    notes: list[str],
) -> None:
    """Who asked to be called back in the last days is waiting for it."""
    recent = contacts.moment > story.end - CALL_BACK_DAYS * DAY
    waiting = np.flatnonzero(by_call & recent & (contacts.outcome == CALL_BACK))
    last = {int(contacts.place[row]): int(row) for row in waiting}
    due = {row: story.as_of + timedelta(days=row % 4 - 1) for row in last.values()}
    Task.objects.bulk_create(
        Task(
            customer_id=int(customers[place]),
            owner_id=int(owners[place]),
            kind=TaskKind.CALL_BACK,
            note=notes[row],
            due_on=due[row],
        )
        for place, row in last.items()
    )


def _open_manual_tasks(story: Story) -> None:
    rng = story.stream("tasks")
    for farmer in farmers():
        own = list(Customer.objects.filter(owner=farmer).order_by("pk").values_list("pk", flat=True))
        chosen = rng.choice(len(own), min(TASKS_PER_FARMER, len(own)), replace=False) if own else ()
        Task.objects.bulk_create(
            Task(
                customer_id=own[place],
                owner=farmer,
                kind=TaskKind.MANUAL,
                note=MANUAL_TASKS[number % len(MANUAL_TASKS)],
                due_on=story.as_of + timedelta(days=number // 2 - 1),
            )
            for number, place in enumerate(chosen)
        )
