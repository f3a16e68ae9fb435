"""By which rules customers are graded."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.errors import DomainError
from core.formats import exact_date_text
from core.models import Night, StepState
from core.periods import company_day
from core.roles import Role
from customers.models import CustomerKind
from segmentation import actions, queries
from segmentation.audiences.registry import is_id
from segmentation.forms import PolicyForm
from segmentation.models import Policy


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def policies(request: HttpRequest) -> HttpResponse:
    """The rules and thresholds in force, those to come and those of the past, and a form for new ones."""
    today = company_day(timezone.now())
    form = policy_form(request.POST or None, asked=request.POST or request.GET, today=today)
    if form.is_bound and form.is_valid() and _saved(request, form, today):
        return redirect("policies")
    return policies_page(request, form, today)


def policies_page(request: HttpRequest, form: PolicyForm, today: date) -> HttpResponse:
    """The page with a form on it; 422 where the form was sent and refused."""
    context = {
        "rules": queries.rules_in_force(today),
        "by_category": queries.category_rules_in_force(today),
        "coming": queries.coming_policies(today),
        "past": queries.past_policies(today),
        "form": form,
    }
    return render(request, "segmentation/policies.html", context, status=422 if form.is_bound else 200)


@role_required(Role.MANAGER)
@require_POST
def policy_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back rules that have not begun."""
    get_object_or_404(Policy, pk=pk)
    try:
        policy = actions.withdraw_policy(policy_id=pk, today=company_day(timezone.now()))
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        told = {"day": exact_date_text(policy.effective_from)}
        messages.success(request, _("The rules of %(day)s are withdrawn; those before them stay in force.") % told)
    return redirect("policies")


def policy_form(data: QueryDict | None, *, asked: QueryDict, today: date) -> PolicyForm:
    """The form of new rules, to begin with those in force for the kind and the category asked for."""
    given = asked.get("kind", "")
    kind = given if given in CustomerKind.values else CustomerKind.PERSON.value
    category = asked.get("category", "")
    in_force = queries.category_policy_in_force(kind, int(category), today) if is_id(category) else None
    return PolicyForm(
        data,
        in_force=in_force or queries.policy_in_force(kind, today),
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
        % {"day": exact_date_text(_first_night(policy, today))},
    )
    return True


def _first_night(policy: Policy, today: date) -> date:
    """The night of today may be over."""
    done = Night.objects.filter(date=today, state=StepState.DONE).exists()
    return today + timedelta(days=1) if policy.effective_from == today and done else policy.effective_from
