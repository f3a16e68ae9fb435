"""By which rules customers are graded."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import role_required
from core.errors import DomainError
from core.periods import company_day
from core.roles import Role
from customers.models import CustomerKind
from segmentation import actions, queries
from segmentation.forms import PolicyForm


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def policies(request: HttpRequest) -> HttpResponse:
    """The rules and thresholds in force, those to come, and a form for new ones."""
    today = company_day(timezone.now())
    form = _form(request, today)
    if form.is_bound and form.is_valid() and _saved(request, form, today):
        return redirect("policies")
    context = {
        "rules": queries.rules_in_force(today),
        "coming": queries.coming_policies(today),
        "kinds": CustomerKind.choices,
        "form": form,
    }
    return render(request, "segmentation/policies.html", context, status=422 if form.is_bound else 200)


def _form(request: HttpRequest, today: date) -> PolicyForm:
    asked = request.POST.get("kind") or request.GET.get("kind")
    kind = asked if asked in CustomerKind.values else CustomerKind.PERSON
    return PolicyForm(
        request.POST or None,
        in_force=queries.policy_in_force(kind, today),
        tomorrow=today + timedelta(days=1),
    )


def _saved(request: HttpRequest, form: PolicyForm, today: date) -> bool:
    try:
        policy = actions.add_policy(policy=form.save(commit=False), by=request.user, today=today)
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
    messages.success(
        request,
        _("The new rules are saved; the night of %(day)s is the first to follow them.")
        % {"day": policy.effective_from.strftime("%d.%m.%Y")},
    )
    return True
