"""A capability that customers waited for is ready: those who look after them get work."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from segmentation.actions.capabilities import change_capability
from segmentation.models import Capability, Need
from touches.models import Task, TaskKind


def capability_key(capability_id: int, customer_id: int) -> str:
    """What makes it one task per customer and capability, however often it becomes ready."""
    return f"capability:{capability_id}:{customer_id}"


@transaction.atomic
def move_capability(
    *, capability_id: int, name: str, description: str, state: str, expected_on: date | None, today: date
) -> tuple[Capability, int]:
    """Change a capability; when it becomes ready, open a task for the owner of every customer who asks for it.

    A customer of the pool gives a task of the pool. Returns the capability and the number of tasks opened; a
    customer who had the task gets no second one. Raises as `segmentation.actions.change_capability`.
    """
    capability, is_ready = change_capability(
        capability_id=capability_id,
        name=name,
        description=description,
        state=state,
        expected_on=expected_on,
        today=today,
    )
    return capability, _tell_owners(capability, today) if is_ready else 0


def _tell_owners(capability: Capability, today: date) -> int:
    asking = Need.objects.filter(capability=capability).values_list("customer_id", "customer__owner_id")
    tasks = {
        capability_key(capability.pk, customer_id): Task(
            customer_id=customer_id,
            owner_id=owner_id,
            kind=TaskKind.MANUAL,
            key=capability_key(capability.pk, customer_id),
            note=_note(capability),
            due_on=today,
        )
        for customer_id, owner_id in asking
    }
    known = set(Task.objects.filter(key__in=tasks).values_list("key", flat=True))
    Task.objects.bulk_create([task for key, task in tasks.items() if key not in known], ignore_conflicts=True)
    return len(tasks) - len(known)


def _note(capability: Capability) -> str:
    """For the farmer, in the company's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Now we have what the customer asked for: %(what)s. Tell them and offer to begin.") % {
            "what": capability.name
        }
