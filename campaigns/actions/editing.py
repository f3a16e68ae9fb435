"""Changing a flow and its templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from campaigns.models import Enrolment, EnrolmentState, Flow, FlowStep, FlowTrigger, MessageTemplate, StepKind
from campaigns.queries.templates import template_texts
from campaigns.rules import liquid_text
from campaigns.rules.liquid_text import TemplateFaultError
from campaigns.rules.schedule import Schedule
from core.errors import Conflict, InvalidInput
from segmentation.actions import watch
from segmentation.models import Audience

OPEN = (EnrolmentState.ACTIVE, EnrolmentState.HOLDOUT)


@transaction.atomic
def set_active(*, flow_id: int, is_active: bool, at: datetime) -> Flow:
    """Start or pause a flow. Paused, it lets nobody in and sends nothing; who is in it stays where they are.

    From the start on the audience of its trigger is watched. Raises Conflict where a message step has no template to
    send, or the trigger no audience.
    """
    flow = Flow.objects.select_for_update(no_key=True).get(pk=flow_id)
    if is_active:
        _check_complete(flow)
    flow.is_active = is_active
    flow.save(update_fields=["is_active"])
    if flow.audience_id is not None:
        _watch_while_used(flow.audience_id, at)
    return flow


def _watch_while_used(audience_id: int, at: datetime) -> None:
    """An audience's members are written down as long as a flow that is on lets them in."""
    users = Flow.objects.filter(audience=audience_id, is_active=True, trigger=FlowTrigger.AUDIENCE)
    watch(audience_id=audience_id, at=at, in_flow=users.exists())


def _check_complete(flow: Flow) -> None:
    steps = list(flow.steps.all())
    if not steps:
        raise Conflict(_("The flow has no steps yet."))
    if flow.trigger == FlowTrigger.AUDIENCE and (flow.audience is None or flow.audience.archived_at is not None):
        raise Conflict(_("Choose the audience whose customers enter the flow."))
    for step in steps:
        if step.kind != StepKind.TASK and not template_texts(step.template_code, step.kind):
            raise Conflict(
                _("Step %(position)s has no template “%(code)s”; write it first.")
                % {"position": step.position, "code": step.template_code}
            )


@dataclass(frozen=True)
class FlowSettings:
    """What a person may change about a flow; `waits` and `notes` are by the step's position."""

    holdout_percent: int
    entry_limit: int
    pause_days: int
    window_days: int
    waits: Mapping[int, int]
    notes: Mapping[int, str]
    trigger: str = FlowTrigger.LIFECYCLE
    stages: Sequence[str] = ()
    audience: Audience | None = None


@transaction.atomic
def change_flow(*, flow_id: int, settings: FlowSettings, at: datetime) -> Flow:
    """Change a flow. Those in it go on by the new waits; the holdout's share holds for those who enter from now on."""
    if not 0 <= settings.holdout_percent <= 50:
        raise InvalidInput(_("The holdout is at most 50%."), field="holdout_percent")
    flow = Flow.objects.select_for_update(no_key=True).get(pk=flow_id)
    flow.holdout_percent = settings.holdout_percent
    flow.entry_limit = settings.entry_limit
    flow.pause_days = settings.pause_days
    flow.window_days = settings.window_days
    before = flow.audience_id
    _set_trigger(flow, settings)
    flow.save()
    for audience_id in sorted({each for each in (before, flow.audience_id) if each is not None}):
        _watch_while_used(audience_id, at)
    steps = list(flow.steps.all())
    _move_due(flow, steps, settings.waits)
    for step in steps:
        step.wait_days = settings.waits.get(step.position, step.wait_days)
        step.task_note = _note(step, settings.notes)
    FlowStep.objects.bulk_update(steps, ["wait_days", "task_note"])
    schedule = Schedule([step.wait_days for step in steps], flow.window_days)
    length = timedelta(days=sum(schedule.waits) + schedule.window_days)
    Enrolment.objects.filter(flow=flow, state__in=OPEN).update(ends_at=F("entered_at") + length)
    return flow


def _set_trigger(flow: Flow, settings: FlowSettings) -> None:
    if settings.trigger == FlowTrigger.AUDIENCE and settings.audience is None:
        raise InvalidInput(_("Choose the audience whose customers enter the flow."), field="audience")
    flow.trigger = settings.trigger
    flow.audience = settings.audience if settings.trigger == FlowTrigger.AUDIENCE else None
    flow.trigger_values = list(settings.stages) or flow.trigger_values


def _move_due(flow: Flow, steps: Sequence[FlowStep], waits: Mapping[int, int]) -> None:
    for step in steps:
        change = waits.get(step.position, step.wait_days) - step.wait_days
        if change:
            waiting = Enrolment.objects.filter(
                flow=flow, state=EnrolmentState.ACTIVE, next_position=step.position, due_at__isnull=False
            )
            waiting.update(due_at=F("due_at") + timedelta(days=change))


def _note(step: FlowStep, notes: Mapping[int, str]) -> str:
    note = notes.get(step.position, step.task_note)
    if step.kind == StepKind.TASK:
        check_template(note, field=f"note_{step.position}")
    return note


@transaction.atomic
def save_template(*, code: str, language: str, channel: str, purpose: str, subject: str, body: str) -> MessageTemplate:
    """Write a template in one language. Raises InvalidInput naming the part that Liquid cannot read."""
    check_template(subject, field="subject")
    check_template(body, field="body")
    if not body.strip():
        raise InvalidInput(_("The text is empty."), field="body")
    fields = {"channel": channel, "purpose": purpose, "subject": subject, "body": body}
    return MessageTemplate.objects.update_or_create(code=code, language=language, defaults=fields)[0]


def check_template(source: str, *, field: str) -> None:
    """Raise InvalidInput where the text is no good as a template."""
    try:
        liquid_text.check(source)
    except TemplateFaultError as error:
        raise InvalidInput(_("The template cannot be used: %(fault)s") % {"fault": error}, field=field) from error
