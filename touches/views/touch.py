"""Writing a touch down from the worklist or the card, and taking it back."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.models import User
from core.periods import company_day
from customers.models import ContactChannel, ContactPoint, Customer
from touches import actions, queries
from touches.forms import TouchForm
from touches.models import Outcome, Task, Touch, TouchChannel
from touches.views.access import own_customer, people_only
from touches.views.worklist import answer_context, asked_in_page

WORKLIST = "worklist"


@dataclass(frozen=True)
class OutcomeButton:
    """One outcome on the form, with its key on the keyboard."""

    key: int
    outcome: Outcome
    icon: str


OUTCOMES = (
    OutcomeButton(1, Outcome.REACHED, icon="message-circle"),
    OutcomeButton(2, Outcome.NO_ANSWER, icon="phone-off"),
    OutcomeButton(3, Outcome.CALL_BACK, icon="calendar-repeat"),
    OutcomeButton(4, Outcome.ORDERED, icon="shopping-cart"),
    OutcomeButton(5, Outcome.REFUSED, icon="thumb-down"),
    OutcomeButton(6, Outcome.WRONG_CONTACT, icon="address-book-off"),
    OutcomeButton(7, Outcome.SENT, icon="send"),
)


@people_only
@require_http_methods(["GET", "POST"])
def touch_log(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a touch (GET), and writing it down (POST).

    `place=worklist` answers with the row of the worklist, otherwise with a fragment for the card, which also
    gets the event `touchLogged`. Without htmx it is a page by itself.
    """
    customer = own_customer(request, pk)
    if request.method == "GET":
        return _form(request, customer, None)
    form = TouchForm(request.POST, customer_id=customer.pk, today=company_day(timezone.now()))
    if not form.is_valid():
        return _form(request, customer, form)
    try:
        touch = _log(request.user, customer, form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _form(request, customer, form)
    return _logged(request, touch)


def _log(user: User, customer: Customer, data: dict[str, Any]) -> Touch:
    return actions.log_touch(
        customer_id=customer.pk,
        channel=data["channel"],
        outcome=data["outcome"],
        at=timezone.now(),
        by=user,
        note=data["note"],
        task_ids=[task.pk for task in data["tasks"]],
        call_back_on=data["call_back_on"],
        contact_id=data["contact"].pk if data["contact"] else None,
        left_reason_id=data["left_reason"].pk if data["left_reason"] else None,
    )


def _form(request: HttpRequest, customer: Customer, form: TouchForm | None) -> HttpResponse:
    today = company_day(timezone.now())
    contacts = queries.reachable_contacts(customer.pk)
    if form is None:
        form = TouchForm(customer_id=customer.pk, today=today, initial={"channel": _channel(request)})
    context = {
        "customer": customer,
        "form": form,
        "place": _place(request),
        "outcomes": OUTCOMES,
        "contacts": contacts,
        "tasks": _due_tasks(customer.pk, today),
        "told": _told(contacts),
        "today": today,
    }
    template = "touches/_touch_form.html" if request.htmx else "touches/touch.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _place(request: HttpRequest) -> str:
    given = request.POST.get("place") or request.GET.get("place")
    return WORKLIST if given == WORKLIST else "card"


def _channel(request: HttpRequest) -> str:
    asked = request.GET.get("channel", "")
    return asked if asked in TouchChannel.values else TouchChannel.CALL


def _told(contacts: list[ContactPoint]) -> ContactPoint | None:
    """The contact point that a wrong-contact outcome is about, unless another one is chosen."""
    phones = [point for point in contacts if point.channel == ContactChannel.PHONE]
    return next(iter(phones or contacts), None)


def _due_tasks(customer_id: int, today: Any) -> list[Task]:
    return [task for task in queries.open_tasks(customer_id) if task.due_on <= today]


def _logged(request: HttpRequest, touch: Touch) -> HttpResponse:
    if not request.htmx:
        return redirect("worklist")
    in_worklist = _place(request) == WORKLIST
    context: dict[str, Any] = {"touch": touch, "customer": touch.customer}
    if in_worklist:
        context |= answer_context(request.user, asked_in_page(request), limit=0)
    response = render(request, "touches/_logged_row.html" if in_worklist else "touches/_logged.html", context)
    response["HX-Trigger"] = json.dumps({"touchLogged": {"customer": touch.customer_id}})
    return response


@people_only
@require_POST
def touch_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a slip back: the row of the worklist returns as it was."""
    mine = Touch.objects.filter(customer__in=Customer.objects.for_user(request.user))
    touch = get_object_or_404(mine.select_related("customer"), pk=pk)
    customer = touch.customer
    try:
        actions.take_back(touch=touch, by=request.user, at=timezone.now())
    except DomainError as error:
        refused = HttpResponse(status=204)
        refused["HX-Trigger"] = json.dumps({"toast": {"text": str(error.message), "level": "error"}})
        return refused
    if not request.htmx:
        return redirect("worklist")
    context: dict[str, Any] = {"customer": customer}
    if _place(request) == WORKLIST:
        context |= answer_context(request.user, asked_in_page(request), customer_id=customer.pk)
    response = render(request, "touches/_taken_back.html", context)
    events = {"touchLogged": {"customer": customer.pk}, "toast": {"text": _("Taken back."), "level": "info"}}
    response["HX-Trigger"] = json.dumps(events)
    return response
