"""Figures that read a part of the base are kept until the next night."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Max

from core.models import Night

KEPT_SECONDS = 3600
T = TypeVar("T")


def kept(key: str, compute: Callable[[], T]) -> T:
    """What `compute` gives, remembered under `key` for an hour at most, and not past the next night."""
    night = Night.objects.aggregate(last=Max("finished_at"))["last"]
    name = f"figures:{night and int(night.timestamp())}:{key}"
    found = cache.get(name)
    if found is None:
        found = (compute(),)
        cache.set(name, found, KEPT_SECONDS)
    return found[0]
