"""The record of nights."""

from core.models import Night


def last_nights(count: int) -> list[Night]:
    """The newest nights with their steps, in two queries; `seconds` is the sum over the steps."""
    nights = list(Night.objects.order_by("-date").prefetch_related("steps")[:count])
    for night in nights:
        night.seconds = sum(step.seconds or 0.0 for step in night.steps.all())
    return nights
