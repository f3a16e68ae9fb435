"""Fixed lists as a condition."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from segmentation.audiences import columns
from segmentation.audiences.registry import Condition, Context, Group, register, table
from segmentation.models import Audience, AudienceKind, AudienceMember


def _listed(values: list[str], _ctx: Context) -> Condition:
    members = AudienceMember.objects.filter(audience__in=[int(each) for each in values])
    return Exists(members.filter(audience__kind=AudienceKind.STATIC, customer=OuterRef("pk")))


register(
    columns.choice(
        "list",
        _("In a fixed list"),
        Group.WHO,
        column="",
        choices=table(Audience, "name", only={"kind": AudienceKind.STATIC, "archived_at": None}),
        where=_listed,
    )
)
