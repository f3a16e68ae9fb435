"""X over the grade and the needs behind it, from the customer's card."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import role_required
from core.forms import took
from core.periods import company_day
from core.roles import WITH_CUSTOMERS
from customers.models import Customer
from segmentation import actions
from segmentation.forms import NeedForm, XMarkForm
from segmentation.models import Need
from segmentation.queries.needs import capabilities_like, needs_of


@role_required(*WITH_CUSTOMERS)
@require_POST
def x_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the mark with a need, change it, or (with `clear`) take it away with all needs; back to the card."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    if "clear" in request.POST:
        if actions.clear_x_mark(customer_id=customer.pk):
            messages.success(request, _("The X is taken away."))
        return redirect("customer_card", customer.pk)
    form = XMarkForm(request.POST)
    if took(form, lambda: _set(request, pk, form)):
        messages.success(request, _("The customer is marked with an X."))
    else:
        for name, errors in form.errors.items():
            label = f"{form.fields[name].label}: " if name in form.fields else ""
            messages.error(request, f"{label}{' '.join(errors)}")
    return redirect("customer_card", customer.pk)


@role_required(*WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def need_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more need; the address may hold what the form begins with."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    given = {name: request.GET[name][:2000] for name in NeedForm.base_fields if name in request.GET}
    today = company_day(timezone.now())
    form = NeedForm(request.POST or None, initial={"asked_on": today, **given})
    if request.method == "POST" and took(form, lambda: _set(request, pk, form)):
        messages.success(request, _("The customer is marked with an X."))
        return redirect("customer_card", pk)
    return _page(request, customer, form)


@role_required(*WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def need(request: HttpRequest, pk: int, need_id: int) -> HttpResponse:
    """Say a need anew."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    found = get_object_or_404(Need.objects.select_related("capability"), pk=need_id, customer=customer)
    form = NeedForm(request.POST or None, initial=NeedForm.of(found))
    if request.method == "POST" and took(
        form, lambda: actions.change_need(need=found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("customer_card", pk)
    return _page(request, customer, form, found)


@role_required(*WITH_CUSTOMERS)
@require_POST
def need_remove(request: HttpRequest, pk: int, need_id: int) -> HttpResponse:
    """The customer does not lack this; with the last need the X goes."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    found = get_object_or_404(Need, pk=need_id, customer=customer)
    actions.remove_need(need=found)
    messages.success(request, _("The need is removed."))
    return redirect("customer_card", pk)


@role_required(*WITH_CUSTOMERS)
@require_GET
def capability_options(request: HttpRequest) -> HttpResponse:
    """Fragment: names of capabilities that hold the text, as options."""
    found = capabilities_like(request.GET.get("capability", ""))
    return render(request, "segmentation/_capability_options.html", {"capabilities": found})


def _set(request: HttpRequest, pk: int, form: XMarkForm) -> None:
    actions.set_x_mark(customer_id=pk, by=request.user, at=timezone.now(), **form.cleaned_data)


def _page(request: HttpRequest, customer: Customer, form: NeedForm, found: Need | None = None) -> HttpResponse:
    others = [each for each in needs_of(customer.pk) if found is None or each.pk != found.pk]
    context = {"customer": customer, "form": form, "need": found, "others": others}
    return render(request, "segmentation/need.html", context, status=422 if form.is_bound else 200)
