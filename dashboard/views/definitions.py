"""What a figure means, one click away."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.access import role_required
from core.models import User
from core.navigation import EVERYBODY
from core.periods import company_day
from dashboard.definitions import DEFINITIONS
from dashboard.definitions.base import may_set


@role_required(*EVERYBODY)
@require_GET
def definition(request: HttpRequest, code: str) -> HttpResponse:
    """Fragment: the numbers of the policy in force that a figure depends on."""
    found = DEFINITIONS.get(code)
    if found is None:
        raise Http404
    lines = found.policy(company_day(timezone.now())) if found.policy else []
    context = {"definition": found, "lines": lines, "may_set": may_set(cast("User", request.user), found)}
    return render(request, "dashboard/_figure_policy.html", context)
