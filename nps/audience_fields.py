"""What an audience may ask about answers."""

from django.utils.translation import gettext_lazy as _

from nps.models import Response
from segmentation.audiences.registry import Group, register
from segmentation.audiences.relations import key, relation

register(
    relation(
        "answered",
        _("NPS answer"),
        Group.MESSAGES,
        rows=lambda _ctx: Response.objects.all(),
        day="answered_at",
        is_moment=True,
        watches=("nps_response",),
        keys=(
            key("score", _("Score"), column="score", is_range=True),
            key("comment", _("Comment"), column="comment"),
        ),
    )
)
