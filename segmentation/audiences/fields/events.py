"""What the timeline tells."""

from django.utils.translation import gettext_lazy as _

from customers.models import EventKind, TimelineEvent
from segmentation.audiences.registry import Group, fixed, register
from segmentation.audiences.relations import key, relation

register(
    relation(
        "event",
        _("Event"),
        Group.EVENTS,
        rows=lambda _ctx: TimelineEvent.objects.all(),
        day="at",
        is_moment=True,
        watches=("customers_timelineevent",),
        keys=(key("kind", _("Kind"), column="kind", choices=fixed(EventKind.choices)),),
        hint=_("Visits of the site, carts, searches, promises and everything else on the timeline."),
    )
)
