"""Everything that sending asks about a batch of deliveries, in a constant number of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.models import (
    Delivery,
    Enrolment,
    EnrolmentState,
    ExitReason,
    MessageChannel,
    MessageTemplate,
    Suppression,
)
from campaigns.queries.orders import ordered_since_entry
from core.periods import company_day
from customers.models import ContactChannel, ContactPoint, ContactStatus, Customer
from customers.queries import consented, owed
from customers.queries.personal import erased_contacts
from touches.queries import pressed

# The same channel under the name that contacts and consents know it by.
CONTACT_CHANNEL: dict[str, str] = {
    MessageChannel.EMAIL.value: ContactChannel.EMAIL.value,
    MessageChannel.SMS.value: ContactChannel.PHONE.value,
}


@dataclass
class Facts:
    """Sets and tables over a batch; addresses and consents are by (customer id, message channel)."""

    customers: dict[int, Customer]
    addresses: dict[tuple[int, str], str]
    consents: set[tuple[int, str]]
    suppressed: set[tuple[str, str]]
    pressed: set[int]
    owed: set[int]
    left_because: dict[int, str] = field(default_factory=dict)
    templates: dict[str, dict[str, MessageTemplate]] = field(default_factory=dict)


def facts_about(deliveries: Sequence[Delivery], now: datetime) -> Facts:
    """What is known now about the recipients of these deliveries."""
    ids = {delivery.customer_id for delivery in deliveries}
    channels = {delivery.channel for delivery in deliveries}
    addresses = addresses_of(ids, channels)
    return Facts(
        customers=Customer.objects.only("name", "kind", "language", "time_zone").in_bulk(ids),
        addresses=addresses,
        consents={(pk, channel) for channel in channels for pk in consented(ids, CONTACT_CHANNEL[channel])},
        suppressed=suppressed_of(addresses),
        pressed=pressed(ids, now),
        owed=owed(ids, company_day(now)),
        left_because=_left_because(deliveries),
        templates=_templates({delivery.template_code for delivery in deliveries}),
    )


def suppressed_of(addresses: dict[tuple[int, str], str]) -> set[tuple[str, str]]:
    """Those of the addresses, with their message channels, that get nothing: suppressed, or erased as a person's."""
    named = Suppression.objects.filter(address__in=set(addresses.values())).values_list("channel", "address")
    by_contact = {(CONTACT_CHANNEL[channel], value): channel for (_pk, channel), value in addresses.items()}
    erased = erased_contacts(by_contact)
    return set(named) | {(by_contact[contact], contact[1]) for contact in erased}


def addresses_of(customer_ids: Collection[int], channels: Collection[str]) -> dict[tuple[int, str], str]:
    """The newest valid address of each customer on each message channel."""
    by_contact = {CONTACT_CHANNEL[channel]: channel for channel in channels}
    points = (
        ContactPoint.objects.filter(customer_id__in=customer_ids, channel__in=by_contact, status=ContactStatus.VALID)
        .order_by("customer_id", "channel", "-created_at", "-id")
        .distinct("customer_id", "channel")
        .values_list("customer_id", "channel", "value")
    )
    return {(customer_id, by_contact[channel]): value for customer_id, channel, value in points}


def _left_because(deliveries: Sequence[Delivery]) -> dict[int, str]:
    """Delivery id -> why its customer is no longer in the flow."""
    enrolment_ids = [delivery.enrolment_id for delivery in deliveries if delivery.enrolment_id]
    ordered = ordered_since_entry(enrolment_ids)
    over = Enrolment.objects.filter(pk__in=enrolment_ids).exclude(state=EnrolmentState.ACTIVE)
    reasons = {
        pk: "ordered" if why == ExitReason.ORDERED else "over" for pk, why in over.values_list("pk", "exit_reason")
    }
    reasons |= dict.fromkeys(ordered, "ordered")
    return {d.pk: reasons[d.enrolment_id] for d in deliveries if d.enrolment_id in reasons}


def _templates(codes: Collection[str]) -> dict[str, dict[str, MessageTemplate]]:
    found: dict[str, dict[str, MessageTemplate]] = {}
    for template in MessageTemplate.objects.filter(code__in=codes):
        found.setdefault(template.code, {})[template.language] = template
    return found


def language_of(customer_id: int) -> str:
    """The customer's language, or "" where it is not known."""
    return Customer.objects.filter(pk=customer_id).values_list("language", flat=True).first() or ""
