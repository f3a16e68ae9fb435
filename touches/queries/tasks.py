"""Open tasks."""

from django.db.models import QuerySet

from core.models import User
from customers.models import Customer
from touches.models import Task, TaskState


def open_tasks(customer_id: int) -> QuerySet[Task]:
    """Open tasks of one customer, the most urgent first."""
    return Task.objects.filter(customer_id=customer_id, state=TaskState.OPEN).order_by("due_on", "pk")


def tasks_for(user: User) -> QuerySet[Task]:
    """Tasks of the customers that the user may see."""
    return Task.objects.filter(customer__in=Customer.objects.for_user(user))
