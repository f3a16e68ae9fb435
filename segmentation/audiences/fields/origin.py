"""Where the customer came from."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acquisition.models import Acquisition, Channel, Inquiry, InquiryKind
from segmentation.audiences import columns
from segmentation.audiences.lookups import not_true
from segmentation.audiences.registry import Condition, Context, Group, fixed, register, table
from segmentation.audiences.relations import key, relation

ATTRIBUTION = ("acquisition_acquisition",)
UNKNOWN = ""


def _came_from(values: list[str], _ctx: Context) -> Condition:
    met = Q(acquisition__channel__code__in=[each for each in values if each != UNKNOWN])
    if UNKNOWN not in values:
        return met
    known = Exists(Acquisition.objects.filter(customer=OuterRef("pk"), channel__isnull=False))
    return met | Q(not_true(known))


register(
    columns.choice(
        "channel",
        _("Channel"),
        Group.ORIGIN,
        column="acquisition__channel__code",
        choices=table(Channel, "name", value="code", extra=[(UNKNOWN, _("not known"))]),
        where=_came_from,
        watches=ATTRIBUTION,
    )
)
register(columns.day("won_on", _("Became a customer"), Group.ORIGIN, column="acquisition__won_on", watches=ATTRIBUTION))
register(
    relation(
        "inquired",
        _("Turned to us"),
        Group.ORIGIN,
        rows=lambda _ctx: Inquiry.objects.filter(is_spam=False),
        day="happened_on",
        watches=("acquisition_inquiry",),
        keys=(
            key("kind", _("Kind"), column="kind", choices=fixed(InquiryKind.choices)),
            key("channel", _("Channel"), column="channel__code", choices=table(Channel, "name", value="code")),
            key(
                "answered",
                pgettext_lazy("inquiry", "Answered"),
                choices=fixed([("yes", _("Yes")), ("no", _("No"))]),
                where=lambda values: Q(is_answered__in=[each == "yes" for each in values]),
            ),
        ),
    )
)
