"""The record of nights."""

from dataclasses import dataclass

from core.models import Night, NightStep


@dataclass(frozen=True)
class NightRecord:
    """One night with its steps, and the seconds they took together."""

    night: Night
    steps: list[NightStep]

    @property
    def seconds(self) -> float:
        return sum(step.seconds or 0.0 for step in self.steps)


def last_nights(count: int) -> list[NightRecord]:
    """The newest nights, in two queries."""
    nights = Night.objects.order_by("-date").prefetch_related("steps")[:count]
    return [NightRecord(night, list(night.steps.all())) for night in nights]
