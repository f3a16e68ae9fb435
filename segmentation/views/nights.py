"""How the nights went."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import role_required
from core.models import Night
from core.roles import Role
from segmentation import night_words, queries

SHOWN = 30


@role_required(Role.MANAGER)
@require_GET
def nights(request: HttpRequest) -> HttpResponse:
    """The last night step by step, and those before it."""
    found = queries.last_nights(SHOWN)
    for night in found:
        night.lines = _lines(night)
    return render(request, "segmentation/nights.html", {"last": found[0] if found else None, "nights": found[1:]})


def _lines(night: Night) -> list[dict[str, object]]:
    return [
        {
            "title": night_words.STEPS.get(step.name, step.name),
            "step": step,
            "told": list(night_words.told(step.result)),
        }
        for step in night.steps.all()
    ]
