"""The people who may look after customers."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.models import User
from core.roles import Role
from customers.models import Customer

LOOKS_AFTER = (Role.FARMER, Role.HUNTER, Role.MANAGER)


def owners() -> QuerySet[User]:
    """Whom customers can be given to, by name."""
    return User.objects.filter(role__in=LOOKS_AFTER, is_active=True).order_by("first_name", "last_name")


def holders() -> QuerySet[User]:
    """Who looks after customers or could: also people who have left and still hold some."""
    held = Exists(Customer.objects.filter(owner=OuterRef("pk")))
    return User.objects.filter(held | Q(role__in=LOOKS_AFTER, is_active=True)).order_by("first_name", "last_name")
