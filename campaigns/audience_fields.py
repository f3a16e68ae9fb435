"""What an audience may ask about messages and flows."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    Delivery,
    DeliveryState,
    Enrolment,
    EnrolmentState,
    Flow,
    MessageChannel,
    MessageTemplate,
    Suppression,
)
from campaigns.queries.recipients import CONTACT_CHANNEL
from customers.models import ContactPoint
from segmentation.audiences import columns
from segmentation.audiences.registry import Choices, Condition, Context, Group, fixed, register, table
from segmentation.audiences.relations import key, relation


def _templates() -> Choices:
    """Templates by their codes: each stands in several languages."""

    def find(text: str, limit: int) -> list[tuple[str, str]]:
        codes = MessageTemplate.objects.filter(code__icontains=text).order_by("code").values_list("code", flat=True)
        return [(code, code) for code in codes.distinct()[:limit]]

    return Choices(find, lambda values: {code: code for code in values}, lambda value: value != "")


def _suppressed(_ctx: Context) -> Condition:
    """One of the customer's addresses gets nothing more."""
    met = Q()
    for channel, contact_channel in CONTACT_CHANNEL.items():
        met |= Q(channel=contact_channel, value__in=Suppression.objects.filter(channel=channel).values("address"))
    return Exists(ContactPoint.objects.filter(met, customer=OuterRef("pk")))


register(
    columns.yes_no(
        "suppressed",
        _("Has an address that gets nothing"),
        Group.CONTACT,
        condition=_suppressed,
        watches=("customers_contactpoint",),
        hint=_("Suppressed after a complaint, a bounce or an unsubscription."),
    )
)
register(
    relation(
        "messaged",
        _("Message"),
        Group.MESSAGES,
        rows=lambda _ctx: Delivery.objects.all(),
        day="due_at",
        is_moment=True,
        watches=("campaigns_delivery",),
        keys=(
            key("channel", _("Channel"), column="channel", choices=fixed(MessageChannel.choices)),
            key("state", _("State"), column="state", choices=fixed(DeliveryState.choices)),
            key("template", _("Template"), column="template_code", choices=_templates()),
            key("flow", _("Flow"), column="step__flow", choices=table(Flow, "name")),
        ),
    )
)
register(
    relation(
        "flow",
        _("Passage through a flow"),
        Group.MESSAGES,
        rows=lambda _ctx: Enrolment.objects.all(),
        day="entered_at",
        is_moment=True,
        watches=("campaigns_enrolment",),
        keys=(
            key("flow", _("Flow"), column="flow", choices=table(Flow, "name")),
            key("state", _("State"), column="state", choices=fixed(EnrolmentState.choices)),
        ),
    )
)
