"""The history of the settings: who changed which, from what to what."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import role_required
from core.models import Change, User
from core.roles import Role
from dashboard.change_lines import SUBJECTS, groups_of
from dashboard.queries.changes import CHANGES_AT_ONCE, settings_changes, settings_tables


@role_required(Role.MANAGER)
@require_GET
def settings_changes_page(request: HttpRequest) -> HttpResponse:
    """All settings, or those of one table; `before` reads on."""
    table = request.GET.get("table", "")
    context = changes_context(settings_changes(table, place_of(request)), reader=request.user) | {
        "table": table,
        "tables": [(name, SUBJECTS.get(name, name)) for name in settings_tables()],
    }
    template = "dashboard/_change_groups.html" if request.htmx else "dashboard/settings_changes.html"
    return render(request, template, context)


def place_of(request: HttpRequest) -> int | None:
    """The change from which the page reads on."""
    given = request.GET.get("before", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def changes_context(found: list[Change], *, reader: User) -> dict[str, Any]:
    """Groups of changes, and where the next page begins."""
    shown = found[:CHANGES_AT_ONCE]
    return {
        "groups": groups_of(shown, reader=reader),
        "before": shown[-1].pk if len(found) > CHANGES_AT_ONCE else None,
    }
