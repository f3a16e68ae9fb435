"""Touches made, and whom to write them down with."""

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from core.models import User
from core.roles import Role
from customers.models import ContactPoint, ContactStatus, Customer
from touches.models import Touch


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in the company's time zone, and of the day after."""
    zone = timezone.get_default_timezone()
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def touches_on(day: date, person: User, viewer: User) -> QuerySet[Touch]:
    """What the person did on a day, newest first; of customers whom the viewer may see (still)."""
    first, end = day_bounds(day)
    done = Touch.objects.filter(by=person, at__gte=first, at__lt=end)
    if not viewer.sees_whole_base:
        done = done.filter(customer__in=Customer.objects.for_user(viewer))
    return done.select_related("customer").order_by("-at", "-pk")


def reachable_contacts(customer_id: int) -> list[ContactPoint]:
    """Contact points that still work, newest first."""
    points = ContactPoint.objects.filter(customer_id=customer_id, status=ContactStatus.VALID)
    return list(points.order_by("-created_at", "-pk"))


def working_people() -> QuerySet[User]:
    """People who own customers or could: farmers first, by name."""
    active = User.objects.filter(is_active=True, role__in=[Role.FARMER, Role.HUNTER])
    return active.order_by("role", "first_name", "last_name")
