"""Why a customer left: on the card, and by the link of a message."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.forms import took
from core.middleware import LANGUAGE_COOKIE
from core.periods import company_day
from core.roles import WITH_CUSTOMERS
from customers.models import Customer, MergedCustomer
from market import actions
from market.forms import LeftForm, WhyForm
from market.links import Asked, read_token
from market.models import Departure, DepartureSource
from market.queries import open_departure, reasons_in_use


@role_required(*WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_left(request: HttpRequest, pk: int) -> HttpResponse:
    """The form (a fragment with htmx, otherwise a page), and writing it down."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=pk, erased_at=None)
    known = open_departure(pk)
    if request.method == "GET":
        return _form(request, customer, LeftForm(initial=_initial(known)), known)
    form = LeftForm(request.POST)
    if took(form, lambda: _record(request, pk, form)):
        messages.success(request, _("It is written down why the customer left. You can take it back on the card."))
        return redirect("customer_card", pk=pk)
    return _form(request, customer, form, known)


def _record(request: HttpRequest, pk: int, form: LeftForm) -> None:
    competitor = form.cleaned_data["competitor"]
    actions.record_departure(
        customer_id=pk,
        reason_id=form.cleaned_data["reason"].pk,
        competitor_id=competitor.pk if competitor else None,
        note=form.cleaned_data["note"],
        source=DepartureSource.CARD,
        by=request.user,
        at=timezone.now(),
    )


def _initial(known: Departure | None) -> dict[str, object]:
    if known is None:
        return {}
    return {"reason": known.reason_id, "competitor": known.competitor_id, "note": known.note}


def _form(request: HttpRequest, customer: Customer, form: LeftForm, known: Departure | None) -> HttpResponse:
    context = {"customer": customer, "form": form, "known": known}
    template = "market/_left_form.html" if request.htmx else "market/left.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


@role_required(*WITH_CUSTOMERS)
@require_POST
def customer_left_undo(request: HttpRequest, pk: int, departure_id: int) -> HttpResponse:
    """The customer has not left: what was written down goes."""
    get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    get_object_or_404(Departure, pk=departure_id, customer_id=pk)
    actions.take_departure_back(customer_id=pk, departure_id=departure_id)
    messages.success(request, _("Taken back."))
    return redirect("customer_card", pk=pk)


# The signed link is the permission: it works where a mail program's browser keeps no cookies.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def why(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, for mail scanners open every link; POST records the answer."""
    asked = read_token(token)
    customer = _customer(asked) if asked else None
    if asked is None or customer is None:
        return _page(request, "unknown", status=404)
    if customer.language and LANGUAGE_COOKIE not in request.COOKIES:
        translation.activate(customer.language)
        request.LANGUAGE_CODE = customer.language
    now = timezone.now()
    if not asked.is_open(company_day(now)):
        return _page(request, "late", status=410)
    if request.method != "POST":
        return _page(request, "ask", chosen=request.GET.get("reason", ""), note="", reasons=reasons_in_use())
    form = WhyForm(request.POST)
    if not form.is_valid():
        given = {"chosen": request.POST.get("reason", ""), "note": request.POST.get("note", "")}
        return _page(request, "ask", status=422, form=form, reasons=reasons_in_use(), **given)
    actions.record_departure(
        customer_id=customer.pk,
        reason_id=form.cleaned_data["reason"].pk,
        note=form.cleaned_data["note"],
        source=asked.source,
        at=now,
    )
    return _page(request, "done")


def _customer(asked: Asked) -> Customer | None:
    """Whom the link asks; a card that was merged leads to the one that stayed, an erased one to nobody."""
    merged = MergedCustomer.objects.filter(pk=asked.customer_id).values_list("customer", flat=True).first()
    return Customer.objects.filter(pk=merged or asked.customer_id, erased_at=None).first()


def _page(request: HttpRequest, step: str, *, status: int = 200, **context: object) -> HttpResponse:
    response = render(request, "market/why.html", {"step": step, **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    # The address is the permission; it goes nowhere.
    response["Referrer-Policy"] = "no-referrer"
    return response
