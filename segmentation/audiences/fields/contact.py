"""Whether and how the customer can be reached."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from customers.models import Consent, ConsentAction, ContactChannel, ContactPoint, ContactStatus
from segmentation.audiences import columns
from segmentation.audiences.registry import Condition, Context, Group, fixed, register

POINTS = ("customers_contactpoint",)
CONSENTS = ("customers_consent",)
CHANNELS = fixed(ContactChannel.choices)


def _has(*channels: str) -> Exists:
    points = ContactPoint.objects.filter(customer=OuterRef("pk"), status=ContactStatus.VALID)
    return Exists(points.filter(channel__in=channels) if channels else points)


def _agreed(values: list[str], _ctx: Context) -> Condition:
    """The newest word on one of the channels is yes."""
    met = Q()
    for channel in values:
        consents = Consent.objects.filter(customer=OuterRef("pk"), channel=channel).order_by("-at", "-id")
        met |= Q(Exact(Subquery(consents.values("action")[:1]), ConsentAction.GRANTED))
    return met


register(
    columns.yes_no(
        "reachable",
        _("Can be reached"),
        Group.CONTACT,
        condition=lambda _ctx: _has(),
        watches=POINTS,
        hint=_("At least one contact is valid."),
    )
)
register(
    columns.yes_no(
        "has_phone",
        _("Has a phone"),
        Group.CONTACT,
        condition=lambda _ctx: _has(ContactChannel.PHONE, ContactChannel.WHATSAPP),
        watches=POINTS,
    )
)
register(
    columns.yes_no(
        "has_email",
        _("Has an e-mail"),
        Group.CONTACT,
        condition=lambda _ctx: _has(ContactChannel.EMAIL),
        watches=POINTS,
    )
)
register(
    columns.choice(
        "consent",
        _("Agreed to messages by"),
        Group.CONTACT,
        column="",
        choices=CHANNELS,
        where=_agreed,
        watches=CONSENTS,
        hint=_("The newest word counts; by one of the channels chosen."),
    )
)
