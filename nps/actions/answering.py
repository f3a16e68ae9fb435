"""Recording answers, and opening the recovery of an unhappy customer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from core.models import User
from customers.actions import add_event
from customers.models import EventKind, Order
from nps.models import Invitation, Response, ResponseKind
from nps.rules.recovery import recovery_due, recovery_key
from nps.rules.score import MAX_SCORE, MIN_SCORE
from nps.rules.timing import may_correct
from segmentation.models import Standing
from touches.actions import change_note, open_task
from touches.models import TaskKind

MAX_COMMENT = 5000


class Fate(StrEnum):
    """What became of an answer that came in."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Recorded:
    """The answer as it stands, and what this call did to it."""

    response: Response
    fate: Fate


@transaction.atomic
def record_response(*, invitation_id: int, score: int, comment: str, at: datetime) -> Recorded:
    """Record the answer to an invitation; the same answer again, or an older one, changes nothing.

    A different one corrects it for seven days after the first (Conflict later). A score of 0 to 6 opens one
    task for the customer's owner, due the same day (the next, in the evening), with the comment.
    Raises InvalidInput for a score out of 0-10 or a comment too long, NotFound for no such invitation.
    """
    _check(score, comment)
    comment = comment.strip()
    # Two answers at once: the second waits here, and then finds the first.
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound(_("There is no such invitation."))
    response = Response.objects.filter(invitation=invitation).first()
    if response is None:
        return Recorded(_create(invitation, score, comment, at), Fate.CREATED)
    if (response.score, response.comment) == (score, comment) or at < _last_word(response):
        return Recorded(response, Fate.UNCHANGED)
    if not may_correct(response.answered_at, at):
        raise Conflict(_("This question was answered more than a week ago; the answer stands."))
    return Recorded(_correct(response, score, comment, at), Fate.UPDATED)


def push_response(
    *,
    user: User,
    order_source: str,
    order_external_id: str,
    score: int,
    comment: str,
    at: datetime,
    source: str,
) -> Recorded:
    """Record an answer that another tool collected about an order; `source` names the tool.

    Raises NotFound when the user's token sees no such order; otherwise as `record_response`.
    """
    orders = Order.objects.for_user(user)
    order = orders.filter(source=order_source, external_id=order_external_id).first()
    if order is None:
        raise NotFound(_("There is no order with this source and external id."), field="order_external_id")
    fresh = {"customer_id": order.customer_id, "source": source, "created_at": at}
    with transaction.atomic():
        invitation = Invitation.objects.get_or_create(order=order, defaults=fresh)[0]
        return record_response(invitation_id=invitation.pk, score=score, comment=comment, at=at)


def _last_word(response: Response) -> datetime:
    return response.changed_at or response.answered_at


def _check(score: int, comment: str) -> None:
    if not MIN_SCORE <= score <= MAX_SCORE:
        raise InvalidInput(_("The score is a whole number from 0 to 10."), field="score")
    if len(comment) > MAX_COMMENT:
        raise InvalidInput(_("The comment is longer than 5,000 characters."), field="comment")


def _create(invitation: Invitation, score: int, comment: str, at: datetime) -> Response:
    standing = Standing.objects.filter(customer_id=invitation.customer_id).values_list("grade", flat=True)
    response = Response.objects.create(
        invitation=invitation,
        customer_id=invitation.customer_id,
        score=score,
        comment=comment,
        grade=standing.first() or "",
        answered_at=at,
    )
    _tell(response, at, {})
    return response


def _correct(response: Response, score: int, comment: str, at: datetime) -> Response:
    earlier = response.score
    response.score, response.comment, response.changed_at = score, comment, at
    response.save(update_fields=["score", "comment", "changed_at"])
    _tell(response, at, {"corrected": True, "earlier_score": earlier})
    return response


def _tell(response: Response, at: datetime, more: dict[str, Any]) -> None:
    data = {"response": response.pk, "score": response.score, "comment": response.comment} | more
    add_event(customer_id=response.customer_id, kind=EventKind.NPS_ANSWERED, at=at, data=data)
    if response.kind is ResponseKind.DETRACTOR:
        _recover(response, at)


def _recover(response: Response, at: datetime) -> None:
    """One task per invitation: a correction changes its words while it is open."""
    note = _note(response)
    local = timezone.localtime(at, timezone.get_default_timezone())
    task = open_task(
        customer_id=response.customer_id,
        kind=TaskKind.RECOVER,
        due_on=recovery_due(local),
        note=note,
        key=recovery_key(response.invitation_id),
    )
    if task.note != note:
        change_note(task=task, note=note)


def _note(response: Response) -> str:
    """For the farmer, in the company's language, whatever the customer's is."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _("Gave us %(score)s out of 10.") % {"score": response.score}
    return f"{text} {response.comment}".strip()[:MAX_COMMENT]
