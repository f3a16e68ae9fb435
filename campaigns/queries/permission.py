"""Whether a message may go to a customer now: what sending asks, and what the page about consent shows."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from campaigns.models import Delivery, MessageChannel, Purpose
from campaigns.queries.recipients import Facts, facts_about
from campaigns.rules.decision import Circumstances, Verdict, decide, questions
from campaigns.rules.quiet_hours import QuietHours, next_allowed, zone_of


def circumstances(delivery: Delivery, facts: Facts, now: datetime) -> Circumstances:
    """What the decision needs to know about this delivery."""
    who = (delivery.customer_id, delivery.channel)
    address = facts.addresses.get(who)
    zone = zone_of(facts.customers[delivery.customer_id].time_zone, settings.TIME_ZONE)
    is_marketing = delivery.purpose == Purpose.MARKETING
    return Circumstances(
        now=now,
        allowed_at=next_allowed(now, zone, QuietHours.parse(settings.QUIET_HOURS)),
        queued_at=delivery.created_at,
        is_marketing=is_marketing,
        waits_for_quiet=is_marketing or delivery.channel == MessageChannel.SMS,
        address=address,
        left_because=facts.left_because.get(delivery.pk, ""),
        suppressed=(delivery.channel, address) in facts.suppressed,
        consented=who in facts.consents,
        pressed=delivery.customer_id in facts.pressed,
        owed=delivery.customer_id in facts.owed,
    )


@dataclass(frozen=True)
class Permission:
    """What would become of a marketing message on the channel now: the verdict, and every question asked.

    `questions`: each with its objection, None where there is none.
    """

    channel: MessageChannel
    address: str | None
    verdict: Verdict
    questions: list[tuple[str, Verdict | None]]


def permissions(customer_id: int, now: datetime) -> list[Permission]:
    """May we write to the customer on each channel? Asked of the very functions that sending asks."""
    asked = [
        Delivery(customer_id=customer_id, channel=channel, purpose=Purpose.MARKETING, created_at=now)
        for channel in MessageChannel
    ]
    facts = facts_about(asked, now)
    return [_permission(delivery, circumstances(delivery, facts, now)) for delivery in asked]


def _permission(delivery: Delivery, found: Circumstances) -> Permission:
    return Permission(MessageChannel(delivery.channel), found.address, decide(found), list(questions(found)))
