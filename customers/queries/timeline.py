"""Timelines."""

from django.db.models import QuerySet

from core.models import User
from customers.models import Customer, TimelineEvent


def timeline_of(user: User) -> QuerySet[TimelineEvent]:
    """Events of the customers that the user may see."""
    if user.sees_whole_base:
        return TimelineEvent.objects.all()
    return TimelineEvent.objects.filter(customer__in=Customer.objects.for_user(user))
