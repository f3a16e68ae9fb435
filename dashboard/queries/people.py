"""The people who may look after customers."""

from django.db.models import QuerySet

from core.models import User
from core.roles import Role

LOOKS_AFTER = (Role.FARMER, Role.HUNTER, Role.MANAGER)


def owners() -> QuerySet[User]:
    """Whom customers can be given to, by name."""
    return User.objects.filter(role__in=LOOKS_AFTER, is_active=True).order_by("first_name", "last_name")
