"""Letting customers into flows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from campaigns.models import Enrolment, EnrolmentState, Flow, FlowTrigger, StepKind
from campaigns.queries.recipients import CONTACT_CHANNEL
from campaigns.rules.holdout import in_holdout
from campaigns.rules.schedule import Schedule
from core.periods import company_day, day_start
from customers.actions import add_events
from customers.models import EventKind
from customers.queries import owed
from touches.queries import pressed

# Somebody is let in whom one of the flow's messages could reach, and who was not in the flow before; or was, has
# rested since, and has come anew: into the trigger's stages from another one, or into the trigger's audience.
_CANDIDATES = """
    SELECT {customer}, coalesce(s.lifecycle, ''), coalesce(last.round, 0) + 1
    FROM {pool}
    LEFT JOIN LATERAL (
        SELECT e.round, e.entered_at, e.ended_at FROM campaigns_enrolment e
        WHERE e.flow_id = %(flow)s AND e.customer_id = {customer}
        ORDER BY e.round DESC LIMIT 1
    ) last ON true
    WHERE {belongs} AND (last.round IS NULL OR (last.ended_at <= %(rested_since)s AND EXISTS ({come_anew})))
      AND EXISTS (
          SELECT FROM customers_contactpoint p
          WHERE p.customer_id = {customer} AND p.channel = ANY(%(channels)s) AND p.status = 'valid'
            AND NOT EXISTS (
                SELECT FROM campaigns_suppression x
                WHERE x.address = p.value AND x.channel = CASE p.channel WHEN 'phone' THEN 'sms' ELSE p.channel END
            )
            AND 'granted' = (
                SELECT g.action FROM customers_consent g
                WHERE g.customer_id = p.customer_id AND g.channel = p.channel
                ORDER BY g.at DESC, g.id DESC LIMIT 1
            )
      )
    ORDER BY s.risk_band DESC NULLS LAST, s.value_at_risk DESC NULLS LAST, {customer}
    LIMIT %(limit)s
"""
_BY_STAGE = _CANDIDATES.format(
    customer="s.customer_id",
    pool="segmentation_standing s",
    belongs="s.lifecycle = ANY(%(stages)s)",
    come_anew="""
        SELECT FROM segmentation_lifecyclechange c
        WHERE c.customer_id = s.customer_id AND c.new = ANY(%(stages)s) AND NOT c.old = ANY(%(stages)s)
          AND c."on" > last.entered_at::date AND c."on" <= %(as_of)s
    """,
)
# Who belongs is written down from the moment the flow is on; customers who never bought have no standing.
_BY_AUDIENCE = _CANDIDATES.format(
    customer="m.customer_id",
    pool="segmentation_audiencemember m LEFT JOIN segmentation_standing s ON s.customer_id = m.customer_id",
    belongs="m.audience_id = %(audience)s",
    come_anew="""
        SELECT FROM segmentation_audiencechange c
        WHERE c.audience_id = m.audience_id AND c.customer_id = m.customer_id AND c.entered
          AND c.at > last.entered_at AND c.at <= %(now)s
    """,
)


@dataclass(frozen=True)
class Candidate:
    customer_id: int
    stage: str
    passage: int


def enrol(*, as_of: date, now: datetime) -> int:
    """Let customers into every active flow; returns how many entered, the holdout included.

    Whoever stands in a stage of the trigger, or belongs to its audience, enters, whether that began last night or
    long before the flow did: a night that was missed loses nobody, and an imported base is worked off. `entry_limit`
    customers enter a night, the most valuable first. Those under contact pressure wait for another night.
    """
    return sum(_enrol_into(flow_id, as_of, now) for flow_id in _active_flows())


def enrol_by_day(*, now: datetime) -> int:
    """Let in who entered an audience during the day, as far as the day's `entry_limit` has room; returns how many."""
    flows = Flow.objects.filter(is_active=True, trigger=FlowTrigger.AUDIENCE).order_by("pk")
    today = company_day(now)
    return sum(_enrol_into(pk, today, now, rest_of_day=True) for pk in flows.values_list("pk", flat=True))


def _active_flows() -> list[int]:
    return list(Flow.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))


def _room(flow: Flow, now: datetime, *, rest_of_day: bool) -> int:
    """How many may enter now."""
    if not rest_of_day:
        return flow.entry_limit
    entered = Enrolment.objects.filter(flow=flow, entered_at__gte=day_start(company_day(now))).count()
    return max(0, flow.entry_limit - entered)


@transaction.atomic
def _enrol_into(flow_id: int, as_of: date, now: datetime, *, rest_of_day: bool = False) -> int:
    # The lock makes two nights at once take turns, so that nobody enters twice.
    flow = Flow.objects.select_for_update(no_key=True).get(pk=flow_id)
    steps = list(flow.steps.all())
    room = _room(flow, now, rest_of_day=rest_of_day)
    if not flow.is_active or not steps or not room:
        return 0
    channels = [CONTACT_CHANNEL[step.kind] for step in steps if step.kind != StepKind.TASK]
    candidates = _candidates(flow, channels, as_of, now, room)
    ids = [candidate.customer_id for candidate in candidates]
    busy = pressed(ids, now) | owed(ids, as_of)
    entering = [c for c in candidates if c.customer_id not in busy][:room]
    schedule = Schedule([step.wait_days for step in steps], flow.window_days)
    rows = [_passage(flow, candidate, schedule, now) for candidate in entering]
    Enrolment.objects.bulk_create(rows)
    _tell(flow, rows, now)
    return len(rows)


def _candidates(flow: Flow, channels: Sequence[str], as_of: date, now: datetime, room: int) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_AUDIENCE if flow.trigger == FlowTrigger.AUDIENCE else _BY_STAGE,
            {
                "flow": flow.pk,
                "stages": list(flow.trigger_values),
                "audience": flow.audience_id,
                "channels": list(channels),
                "rested_since": now - timedelta(days=flow.pause_days),
                "as_of": as_of,
                "now": now,
                # Some of them will be under contact pressure.
                "limit": room * 2,
            },
        )
        return [Candidate(*row) for row in cursor.fetchall()]


def _passage(flow: Flow, candidate: Candidate, schedule: Schedule, now: datetime) -> Enrolment:
    is_held_out = in_holdout(
        flow_code=flow.code,
        customer_id=candidate.customer_id,
        passage=candidate.passage,
        percent=flow.holdout_percent,
    )
    return Enrolment(
        flow=flow,
        customer_id=candidate.customer_id,
        round=candidate.passage,
        is_holdout=is_held_out,
        state=EnrolmentState.HOLDOUT if is_held_out else EnrolmentState.ACTIVE,
        entered_at=now,
        entered_stage=candidate.stage,
        due_at=None if is_held_out else schedule.next_due(1, now),
        ends_at=schedule.ends_at(now),
    )


def _tell(flow: Flow, rows: Sequence[Enrolment], now: datetime) -> None:
    """The timeline knows those in the flow; the holdout is to be treated as if there were none."""
    data = {"flow": flow.code, "name": flow.name}
    treated = [row.customer_id for row in rows if row.state == EnrolmentState.ACTIVE]
    add_events(events=[(customer_id, EventKind.FLOW_ENTERED, now, data) for customer_id in treated])
