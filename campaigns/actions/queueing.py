"""Putting a message into the queue: a due row."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Delivery, MessageChannel, Purpose
from campaigns.rules.variables import NAMES, plain
from core.errors import InvalidInput


@transaction.atomic
def queue_message(
    *,
    key: str,
    customer_id: int,
    channel: str,
    purpose: str,
    template_code: str,
    context: Mapping[str, object],
    due_at: datetime,
    step_id: int | None = None,
    enrolment_id: int | None = None,
) -> Delivery:
    """Queue one message for a customer; the same key again, or at once, gives the existing delivery.

    `context` holds plain values for variables of the fixed list. Whether the message may go is asked at the
    moment of sending. Raises InvalidInput for an unknown channel, purpose, variable, or a value that is not plain.
    """
    if channel not in MessageChannel.values:
        raise InvalidInput(_("There is no such channel: %(channel)s.") % {"channel": channel}, field="channel")
    if purpose not in Purpose.values:
        raise InvalidInput(_("There is no such purpose: %(purpose)s.") % {"purpose": purpose}, field="purpose")
    fields = {
        "customer_id": customer_id,
        "channel": channel,
        "purpose": purpose,
        "template_code": template_code,
        "context": _plain(context),
        "due_at": due_at,
        "step_id": step_id,
        "enrolment_id": enrolment_id,
    }
    return Delivery.objects.get_or_create(key=key, defaults=fields)[0]


def _plain(context: Mapping[str, object]) -> dict[str, str]:
    unknown = sorted(set(context) - NAMES)
    if unknown:
        raise InvalidInput(_("Templates have no such variable: %(names)s.") % {"names": ", ".join(unknown)})
    try:
        return plain(context)
    except TypeError as error:
        raise InvalidInput(str(error), field="context") from error
