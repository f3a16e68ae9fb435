"""What became of each inquiry, concluded by one statement, `judging.sql`, and the work that follows from it.

The statement says in SQL what `acquisition.rules.leaks` says in Python, and a test holds the two equal. The tick
judges the inquiries of the last days; the night goes back as far as a class may still change, and takes every
inquiry that was changed since it was judged, however old.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from acquisition.actions import link_orders
from acquisition.models import OutgoingCall
from acquisition.queries.desk import leak_terms
from acquisition.rules.leaks import WRITTEN
from core.models import User
from customers.actions.locks import lock_derived
from touches.actions.touch import log_touch
from touches.models import Outcome, Task, TaskKind, TaskState, TouchChannel
from touches.rules.outcomes import UNHEARD

# The tick looks so many days back. What is older changes by the day, and the night sees to it.
TICK_DAYS = 2
# What was told or changed lately is judged too, however long ago it happened.
RECENT = timedelta(hours=1)
# Beyond the policy's own days: for what is told late.
RESERVE_DAYS = 30
MOST_CALLS = 500
_SQL = Path(__file__).with_name("judging.sql").read_text(encoding="utf-8")

# The key makes it one task per inquiry, whoever looks at once; a task closed by hand is not opened again.
_OPEN_LEAKS = """
    INSERT INTO touches_task (customer_id, owner_id, kind, key, note, due_on, state, created_at)
    SELECT i.customer_id, coalesce(i.taken_by_id, c.owner_id), %(leak)s, 'leak-' || i.id, '', %(today)s, 'open', %(at)s
    FROM acquisition_inquirystanding s
    JOIN acquisition_inquiry i ON i.id = s.inquiry_id JOIN customers_customer c ON c.id = i.customer_id
    WHERE s.state IN ('missed', 'forgotten') AND s.happened_on >= %(leaks_since)s
      AND (s.state = 'missed' AND s.happened_on >= %(missed_since)s
           OR s.state = 'forgotten' AND coalesce(i.next_step_on, i.happened_on) + %(forgotten)s >= %(missed_since)s - 1)
      AND NOT EXISTS (SELECT FROM touches_task t WHERE t.key = 'leak-' || i.id)
    ORDER BY i.id LIMIT 1000
    ON CONFLICT (key) DO NOTHING"""
_OPEN_STEPS = """
    INSERT INTO touches_task (customer_id, owner_id, kind, key, note, due_on, state, created_at)
    SELECT i.customer_id, coalesce(c.owner_id, i.answered_by_id, i.taken_by_id), %(manual)s, 'inquiry-' || i.id,
           i.next_step, i.next_step_on, 'open', %(at)s
    FROM acquisition_inquiry i JOIN customers_customer c ON c.id = i.customer_id
    WHERE i.next_step_on >= %(steps_since)s AND NOT i.is_spam AND i.order_id IS NULL
      AND NOT EXISTS (SELECT FROM touches_task t WHERE t.key = 'inquiry-' || i.id)
    ORDER BY i.id LIMIT 1000
    ON CONFLICT (key) DO NOTHING"""
_MOVE_STEPS = """
    UPDATE touches_task t SET due_on = i.next_step_on, note = i.next_step
    FROM acquisition_inquiry i
    WHERE t.kind = %(manual)s AND t.state = 'open' AND t.key = 'inquiry-' || i.id AND i.next_step_on >= %(steps_since)s
      AND (t.due_on, t.note) IS DISTINCT FROM (i.next_step_on, i.next_step) AND i.updated_at > t.created_at
      AND i.updated_at > %(at)s - interval '1 hour'"""
_SETTLED = """
    SELECT t.id FROM touches_task t
    LEFT JOIN acquisition_inquirystanding s ON 'leak-' || s.inquiry_id = t.key
    WHERE t.kind = %(leak)s AND t.state = 'open' AND (s.inquiry_id IS NULL OR s.state NOT IN ('missed', 'forgotten')
          OR EXISTS (SELECT FROM touches_touch c WHERE c.customer_id = t.customer_id AND c.by_id IS NOT NULL
                     AND c.at > t.created_at AND NOT (c.outcome = ANY(%(unheard)s))))"""


@dataclass(frozen=True)
class Followed:
    """What a look at the inquiries did: classes written, tasks opened and closed, calls told to the contact log."""

    judged: int
    opened: int
    closed: int
    calls: int


@transaction.atomic
def judge_inquiries(*, today: date, now: datetime, since: date | None, is_whole: bool = False) -> int:
    """Conclude the class of the inquiries from the day `since` on (None: of all); `is_whole` adds those changed since.

    Only classes that changed are written; returns how many.
    """
    terms = leak_terms()
    asked: dict[str, Any] = {
        "now": now,
        "today": today,
        "since": since or date.min,
        "is_whole": is_whole,
        "recent": now - RECENT,
        "zone": settings.TIME_ZONE,
        "callback": timedelta(hours=terms.callback_hours),
        "forgotten": terms.forgotten_days,
        "written": sorted(WRITTEN),
        "unheard": sorted(UNHEARD),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, asked)
        return cursor.rowcount


@transaction.atomic
def judge_at_night(*, today: date, now: datetime) -> dict[str, int]:
    """The night: link the orders that came of inquiries, then judge all that may have changed."""
    lock_derived()
    linked = link_orders(today=today, now=now)
    terms = leak_terms()
    since = today - timedelta(days=max(terms.order_days, terms.forgotten_days) + RESERVE_DAYS)
    return {"linked": linked, "judged": judge_inquiries(today=today, now=now, since=since, is_whole=True)}


def follow_inquiries(*, today: date, now: datetime) -> Followed:
    """The tick: calls into the contact log, orders of the last days linked, classes, and the tasks of both kinds."""
    calls = log_calls(now=now)
    since = today - timedelta(days=TICK_DAYS)
    link_orders(today=today, now=now, days=TICK_DAYS, told_within=RECENT)
    judged = judge_inquiries(today=today, now=now, since=since)
    opened, closed = follow_leaks(today=today, now=now)
    return Followed(judged, opened, closed, calls)


@transaction.atomic
def follow_leaks(*, today: date, now: datetime) -> tuple[int, int]:
    """Open tasks for the leaks of today and yesterday and for agreed steps; close those of leaks made good.

    A leak of somebody unknown makes no task: it stands on the page of inquiries until somebody takes it.
    """
    terms = leak_terms()
    params: dict[str, Any] = {
        "leak": TaskKind.LEAK.value,
        "manual": TaskKind.MANUAL.value,
        "today": today,
        "at": now,
        "missed_since": today - timedelta(days=1),
        "leaks_since": today - timedelta(days=terms.forgotten_days + terms.order_days),
        "steps_since": today - timedelta(days=1),
        "forgotten": terms.forgotten_days,
        "unheard": sorted(UNHEARD),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, params)
        settled = [pk for (pk,) in cursor.fetchall()]
        closed = Task.objects.filter(pk__in=settled).update(state=TaskState.DONE, closed_at=now)
        cursor.execute(_OPEN_LEAKS, params)
        opened = cursor.rowcount
        cursor.execute(_OPEN_STEPS, params)
        opened += cursor.rowcount
        cursor.execute(_MOVE_STEPS, params)
    return opened, closed


@transaction.atomic
def log_calls(*, now: datetime) -> int:
    """Take calls to customers over into the contact log, as touches of who called; returns how many touches.

    A call to nobody known, or by nobody known, is marked as seen and leaves none.
    """
    due = OutgoingCall.objects.filter(told_at=None).select_for_update(skip_locked=True, of=("self",))
    calls = list(due.select_related("by").order_by("pk")[:MOST_CALLS])
    told = [_tell(call, call.by) for call in calls if call.customer_id is not None and call.by is not None]
    OutgoingCall.objects.filter(pk__in=[call.pk for call in calls]).update(told_at=now)
    return len(told)


def _tell(call: OutgoingCall, by: User) -> int:
    customer_id = call.customer_id
    assert customer_id is not None  # noqa: S101
    touch = log_touch(
        customer_id=customer_id,
        channel=TouchChannel.CALL,
        outcome=Outcome.REACHED if call.is_answered else Outcome.NO_ANSWER,
        at=call.at,
        by=by,
        note=call.note,
    )
    return touch.pk
