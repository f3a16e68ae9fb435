"""How the nights went."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import role_required
from core.roles import Role
from segmentation import night_words, queries
from segmentation.queries.nights import NightRecord

SHOWN = 30


@role_required(Role.MANAGER)
@require_GET
def nights(request: HttpRequest) -> HttpResponse:
    """The last night step by step, and those before it."""
    found = [_described(record) for record in queries.last_nights(SHOWN)]
    return render(request, "segmentation/nights.html", {"last": found[0] if found else None, "nights": found[1:]})


def _described(record: NightRecord) -> dict[str, object]:
    lines = [
        {
            "title": night_words.STEPS.get(step.name, step.name),
            "step": step,
            "told": list(night_words.told(step.result)),
        }
        for step in record.steps
    ]
    return {"night": record.night, "seconds": record.seconds, "lines": lines}
