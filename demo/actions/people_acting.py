"""People at work in the past: the journal tells who changed what, and when it is said to have been."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from core.journal import acting
from core.models import Change, User

_BACK = "UPDATE core_change SET at = %s WHERE id > %s"


def forget_filling() -> None:
    """Take what filling the base wrote about customers out of the journal: nobody changed anything then."""
    Change.objects.filter(customer_id__isnull=False).delete()


@contextmanager
def nobody_at_work() -> Iterator[None]:
    """What is changed inside is filling too."""
    last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    Change.objects.filter(pk__gt=last, customer_id__isnull=False).delete()


@contextmanager
def work_of(by: User, at: datetime, *, origin: str = "web") -> Iterator[None]:
    """What is changed inside was changed by a person, at that moment."""
    last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    acting(user_id=by.pk, origin=origin)
    try:
        yield
    finally:
        acting(user_id=None, origin="")
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [at, last])
