"""Asking customers whose orders were fulfilled."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from campaigns.actions import queue_message
from campaigns.models import MessageChannel, Purpose
from customers.models import ContactChannel, ContactPoint, ContactStatus, Order, OrderStatus
from nps.links import answer_url
from nps.models import Invitation
from nps.rules.timing import AskingWindow, asking_window

TEMPLATE = "nps"
AT_ONCE = 500
# Any constant number does, if nothing else in the program takes this lock.
_LOCK = 0x6E7073


@transaction.atomic
def invite_fulfilled(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Invite up to `limit` customers whose order was fulfilled 1 to 14 days ago; returns how many.

    One invitation per order, and one per customer in 90 days, by e-mail. Two ticks at once: the second
    finds the lock taken and leaves the work to the first.
    """
    if not _alone():
        return 0
    orders = list(_orders_to_ask_about(asking_window(now))[:limit])
    fresh = [Invitation(customer_id=o.customer_id, order=o, created_at=now) for o in orders]
    invitations = Invitation.objects.bulk_create(fresh)
    for invitation in invitations:
        _queue(invitation, now)
    return len(invitations)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return cursor.fetchone()[0]


def _orders_to_ask_about(window: AskingWindow) -> QuerySet[Order]:
    """The newest fulfilled order of each customer who has an e-mail and was not asked lately."""
    asked_lately = Invitation.objects.filter(customer=OuterRef("customer"), created_at__gt=window.asked_before)
    asked_about = Invitation.objects.filter(order=OuterRef("pk"))
    reachable = ContactPoint.objects.filter(
        customer=OuterRef("customer"), channel=ContactChannel.EMAIL, status=ContactStatus.VALID
    )
    fulfilled = Order.objects.filter(
        ~Exists(asked_lately),
        ~Exists(asked_about),
        Exists(reachable),
        status=OrderStatus.FULFILLED,
        fulfilled_at__gte=window.first,
        fulfilled_at__lte=window.last,
    )
    return fulfilled.order_by("customer_id", "-fulfilled_at", "-pk").distinct("customer_id")


def _queue(invitation: Invitation, now: datetime) -> None:
    order = invitation.order
    queue_message(
        key=f"nps:{invitation.pk}",
        customer_id=invitation.customer_id,
        channel=MessageChannel.EMAIL,
        purpose=Purpose.SERVICE,
        template_code=TEMPLATE,
        context={"nps_url": answer_url(invitation.pk), "order_number": order.number or order.external_id},
        due_at=now,
    )
