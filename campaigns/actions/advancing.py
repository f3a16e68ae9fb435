"""Moving customers along their flows."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from campaigns.actions.composing import customer_values, day_in_words
from campaigns.actions.queueing import queue_message
from campaigns.models import Delivery, DeliveryState, Enrolment, EnrolmentState, FlowStep, Purpose, StepKind
from campaigns.queries.orders import ORDER_IN_PASSAGE
from campaigns.rules.liquid_text import TemplateFaultError, render
from campaigns.rules.schedule import Schedule
from campaigns.rules.variables import plain
from core.errors import DomainError
from core.periods import company_day
from customers.actions import add_events
from customers.models import EventKind
from loyalty.actions import issue_code
from loyalty.queries import discount_text
from touches.actions import close_task, open_task
from touches.models import Task, TaskKind, TaskState

logger = logging.getLogger(__name__)
CHUNK = 200
# A step that cannot be taken (an offer switched off, say) is tried again after this.
RETRY = timedelta(hours=1)

_LEAVE = f"""
    UPDATE campaigns_enrolment e
    SET state = 'left', exit_reason = 'ordered', order_id = first.order_id, ended_at = %(now)s, due_at = NULL
    FROM (
        SELECT e.id, x.order_id
        FROM campaigns_enrolment e
        CROSS JOIN LATERAL (
            SELECT o.id AS order_id FROM {ORDER_IN_PASSAGE} ORDER BY o.placed_at, o.id LIMIT 1
        ) x
        WHERE e.state IN ('active', 'holdout') AND (%(ids)s::bigint[] IS NULL OR e.id = ANY(%(ids)s::bigint[]))
        FOR NO KEY UPDATE OF e SKIP LOCKED
    ) first, campaigns_flow f
    WHERE e.id = first.id AND f.id = e.flow_id
    RETURNING e.id, e.customer_id, f.code, f.name, e.is_holdout, first.order_id
"""  # noqa: S608

_FINISH = """
    UPDATE campaigns_enrolment e
    SET state = 'finished', ended_at = %(now)s, due_at = NULL
    FROM (
        SELECT id FROM campaigns_enrolment
        WHERE state IN ('active', 'holdout') AND ends_at <= %(now)s FOR NO KEY UPDATE SKIP LOCKED
    ) over, campaigns_flow f
    WHERE e.id = over.id AND f.id = e.flow_id
    RETURNING e.id, e.customer_id, f.code, f.name, e.is_holdout, NULL
"""


def advance_flows(*, now: datetime) -> Counter[str]:
    """Take everybody out who ordered or whose time is over, then take every step that is due.

    Returns how many left, finished, were written to and got a task. Two of these at once share the work.
    """
    tally = Counter(ordered=leave_ordered(now=now), finished=_finish(now))
    while _take_due_steps(now, tally):
        continue
    return tally


@transaction.atomic
def leave_ordered(*, now: datetime, enrolment_ids: Sequence[int] | None = None) -> int:
    """End the passages (or those named) whose customer has ordered since entry; returns how many.

    Their waiting messages and open tasks are cancelled. An order cancelled later lets nobody in again, but
    does not count as an order of the flow.
    """
    ids = None if enrolment_ids is None else list(enrolment_ids)
    rows = _ended(_LEAVE, {"now": now, "zone": settings.TIME_ZONE, "ids": ids})
    left = [row[0] for row in rows]
    waiting = Delivery.objects.filter(enrolment_id__in=left, state=DeliveryState.DUE)
    waiting.update(state=DeliveryState.CANCELLED, held_back="ordered")
    _cancel_tasks(left, now)
    _tell_left(rows, "ordered", now)
    return len(rows)


@transaction.atomic
def _finish(now: datetime) -> int:
    rows = _ended(_FINISH, {"now": now})
    _tell_left(rows, "finished", now)
    return len(rows)


def _ended(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _tell_left(rows: Sequence[tuple], reason: str, now: datetime) -> None:
    add_events(
        events=[
            (customer_id, EventKind.FLOW_LEFT, now, {"flow": code, "name": name, "reason": reason, "order": order_id})
            for _id, customer_id, code, name, was_holdout, order_id in rows
            if not was_holdout
        ]
    )


def _cancel_tasks(enrolment_ids: Sequence[int], now: datetime) -> None:
    steps = Enrolment.objects.filter(pk__in=enrolment_ids, flow__steps__kind=StepKind.TASK)
    keys = [step_key(step, pk) for pk, step in steps.values_list("pk", "flow__steps__pk")]
    for task in Task.objects.filter(key__in=keys, state=TaskState.OPEN):
        close_task(task=task, state=TaskState.CANCELLED, by=None, at=now)


def step_key(step_id: int, enrolment_id: int) -> str:
    """What a delivery or a task is for: a step is taken once in a passage."""
    return f"flow-step:{step_id}:{enrolment_id}"


@transaction.atomic
def _take_due_steps(now: datetime, tally: Counter[str]) -> int:
    due = Enrolment.objects.filter(state=EnrolmentState.ACTIVE, due_at__lte=now, flow__is_active=True)
    locked = due.select_for_update(skip_locked=True, no_key=True, of=["self"])
    rows = list(locked.select_related("flow__offer", "customer").order_by("due_at", "pk")[:CHUNK])
    steps = _steps_of({row.flow_id for row in rows})
    for enrolment in rows:
        # One customer's trouble must not stop the others'.
        try:
            with transaction.atomic():
                tally[_take_step(enrolment, steps[enrolment.flow_id], now)] += 1
        except DomainError as error:
            logger.warning("step not taken", extra={"enrolment": enrolment.pk, "error": str(error)})
            Enrolment.objects.filter(pk=enrolment.pk).update(due_at=now + RETRY)
    return len(rows)


def _steps_of(flow_ids: set[int]) -> dict[int, list[FlowStep]]:
    steps: dict[int, list[FlowStep]] = {flow_id: [] for flow_id in flow_ids}
    for step in FlowStep.objects.filter(flow_id__in=flow_ids).order_by("flow_id", "position"):
        steps[step.flow_id].append(step)
    return steps


def _take_step(enrolment: Enrolment, steps: Sequence[FlowStep], now: datetime) -> str:
    step = steps[enrolment.next_position - 1]
    if step.kind == StepKind.TASK:
        _open_task(enrolment, step, now)
    else:
        _queue(enrolment, step, now)
    schedule = Schedule([each.wait_days for each in steps], enrolment.flow.window_days)
    enrolment.next_position += 1
    enrolment.due_at = schedule.next_due(enrolment.next_position, now)
    enrolment.save(update_fields=["next_position", "due_at"])
    return step.kind


def _queue(enrolment: Enrolment, step: FlowStep, now: datetime) -> None:
    queue_message(
        key=step_key(step.pk, enrolment.pk),
        customer_id=enrolment.customer_id,
        channel=step.kind,
        purpose=Purpose.MARKETING,
        template_code=step.template_code,
        context=_promo(enrolment, now),
        due_at=now,
        step_id=step.pk,
        enrolment_id=enrolment.pk,
    )


def _open_task(enrolment: Enrolment, step: FlowStep, now: datetime) -> None:
    values = plain({**_promo(enrolment, now), **customer_values(enrolment.customer)})
    if "promo_expires" in values:
        values["promo_expires"] = day_in_words(values["promo_expires"], settings.LANGUAGE_CODE)
    try:
        note = render(step.task_note, values, autoescape=False)
    except TemplateFaultError:
        note = step.task_note
    open_task(
        customer_id=enrolment.customer_id,
        kind=TaskKind.WIN_BACK,
        due_on=company_day(now),
        note=note,
        key=step_key(step.pk, enrolment.pk),
    )


def _promo(enrolment: Enrolment, now: datetime) -> dict[str, str]:
    offer = enrolment.flow.offer
    if offer is None:
        return {}
    code = issue_code(offer=offer, customer_id=enrolment.customer_id, at=now)
    return {
        "promo_code": code.code,
        "discount": discount_text(offer, enrolment.customer.language or settings.LANGUAGE_CODE),
        "promo_expires": company_day(code.expires_at).isoformat(),
    }
