"""May we write to a customer, and why; what they said; the texts that people agree to."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.queries.permission import permissions
from core.access import role_required
from core.roles import Role
from customers.actions.consents import add_consent_text, write_down_consent
from customers.models import ConsentText
from dashboard.forms.customer import ConsentForm, ConsentTextForm
from dashboard.permission_lines import answer_of
from dashboard.queries.customer_side import consents_of, customer_side
from dashboard.views.customer_parts import READERS, WORKS_WITH_CUSTOMERS, done, own_customer


@role_required(*READERS)
@require_http_methods(["GET", "POST"])
def customer_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """May we write to them? Per channel with every reason, and everything that was said; POST records a word."""
    may_edit = request.user.has_role(*WORKS_WITH_CUSTOMERS)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    own_customer(request, pk)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: _record(request, pk, form)):
        messages.success(request, _("The consent is recorded."))
        return redirect("customer_consent", pk=pk)
    now = timezone.now()
    side = customer_side(user=request.user, pk=pk)
    context = {
        "side": side,
        "customer": side.customer,
        "answers": [answer_of(permission, side, now) for permission in permissions(pk, now)],
        "history": consents_of(pk),
        "form": form if may_edit and side.customer.erased_at is None else None,
    }
    return render(request, "dashboard/customer_consent.html", context, status=422 if form.is_bound else 200)


def _record(request: HttpRequest, pk: int, form: ConsentForm) -> None:
    data = form.cleaned_data
    by = _("Written down by %(person)s") % {"person": request.user}
    data["proof"] = "; ".join(part for part in (data["proof"], by) if part)
    write_down_consent(customer_id=pk, at=timezone.now(), **data)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def consent_texts(request: HttpRequest) -> HttpResponse:
    """The words that people agree to, by version; a new one is added, none is changed."""
    form = ConsentTextForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: add_consent_text(by=request.user, **form.cleaned_data)):
        messages.success(request, _("The text is kept. Choose its version where a consent is recorded."))
        return redirect("consent_texts")
    texts = ConsentText.objects.select_related("created_by")
    context = {"form": form, "texts": texts}
    return render(request, "dashboard/consent_texts.html", context, status=422 if form.is_bound else 200)
