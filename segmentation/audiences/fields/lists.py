"""Fixed lists as a condition."""

from collections.abc import Collection
from dataclasses import replace

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.models import User
from segmentation.audiences import columns
from segmentation.audiences.registry import Condition, Context, Group, register, table
from segmentation.models import Audience, AudienceKind, AudienceMember


def _listed(values: list[str], _ctx: Context) -> Condition:
    members = AudienceMember.objects.filter(audience__in=[int(each) for each in values])
    return Exists(members.filter(audience__kind=AudienceKind.STATIC, customer=OuterRef("pk")))


def _seen(reader: User, values: Collection[str]) -> set[str]:
    """Whose lists the reader may open: the name of another's own list may tell what it is for."""
    known = Audience.objects.for_user(reader).filter(pk__in=[int(each) for each in values])
    return set(map(str, known.values_list("pk", flat=True)))


register(
    columns.choice(
        "list",
        _("In a fixed list"),
        Group.WHO,
        column="",
        choices=replace(table(Audience, "name", only={"kind": AudienceKind.STATIC, "archived_at": None}), seen=_seen),
        where=_listed,
    )
)
