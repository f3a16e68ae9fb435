"""One inquiry: what is known of it, and what can be done about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from acquisition.actions import answer_inquiry, change_inquiry, open_inquiry_contact, take_inquiry
from acquisition.models import Inquiry
from acquisition.queries.desk import earlier_of, inquiry_for, leak_terms, orders_to_link, point_of
from acquisition.views.access import at_desk
from acquisition.views.desk_forms import AnswerForm, CaptureForm, OrderForm, StepForm
from acquisition.views.desk_rows import as_row
from core.errors import DomainError
from core.formats import phone_text
from core.redirects import redirect_back
from core.visitors import visitor
from customers.models import ContactChannel
from customers.templatetags.contacts import SCHEMES
from customers.views.contacts import shown


@at_desk
@never_cache
@require_safe
def inquiry_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One inquiry with what can be done."""
    return _page(request, _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Inquiry:
    found = inquiry_for(request.user, pk)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, inquiry: Inquiry, **forms_sent: forms.Form) -> HttpResponse:
    now, terms = timezone.now(), leak_terms()
    orders = orders_to_link(inquiry) if inquiry.customer_id and inquiry.order_id is None else None
    context: dict[str, Any] = {
        "row": as_row(inquiry, terms, now),
        "inquiry": inquiry,
        "terms": terms,
        "calls": inquiry.calls_out.select_related("by").order_by("-at")[:20],
        "earlier": [as_row(other, terms, now) for other in earlier_of(inquiry, request.user)],
        "phone_point": point_of(inquiry, "phone", inquiry.phone),
        "email_point": point_of(inquiry, "email", inquiry.email),
        "answer_form": AnswerForm(),
        "capture_form": CaptureForm(initial={"name": inquiry.name}),
        "step_form": StepForm(initial={"next_step": inquiry.next_step, "next_step_on": inquiry.next_step_on}),
        "orders": orders,
        **forms_sent,
    }
    return render(request, "acquisition/inquiry.html", context, status=422 if forms_sent else 200)


@at_desk
@require_POST
def inquiry_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Called or written back."""
    inquiry, form = _found(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, inquiry, answer_form=form)
    told = form.cleaned_data
    return _done(
        request,
        inquiry,
        lambda: answer_inquiry(
            inquiry=inquiry, by=request.user, at=timezone.now(), is_reached=told["is_reached"], note=told["note"]
        ),
        _("Written down."),
    )


@at_desk
@require_POST
def inquiry_capture(request: HttpRequest, pk: int) -> HttpResponse:
    """The address that was not there."""
    inquiry, form = _found(request, pk), CaptureForm(request.POST)
    if not form.is_valid():
        return _page(request, inquiry, capture_form=form)
    told = {name: form.cleaned_data[name] for name in ("name", "phone", "email")}
    return _change(request, inquiry, _("The contact is captured."), **told)


@at_desk
@require_POST
def inquiry_step(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done next; within a minute it is a task of whoever looks after the customer."""
    inquiry, form = _found(request, pk), StepForm(request.POST)
    if not form.is_valid():
        return _page(request, inquiry, step_form=form)
    return _change(request, inquiry, _("The next step is set; on its day it stands on “My day”."), **form.cleaned_data)


@at_desk
@require_POST
def inquiry_order(request: HttpRequest, pk: int) -> HttpResponse:
    """The order that came of it."""
    inquiry = _found(request, pk)
    form = OrderForm(request.POST, orders=inquiry.customer.orders.all() if inquiry.customer else None)
    if not form.is_valid():
        messages.error(request, _("Choose an order of this customer."))
        return redirect("inquiry", pk)
    return _change(request, inquiry, _("The order is linked."), order=form.cleaned_data["order"])


@at_desk
@require_POST
def inquiry_spam(request: HttpRequest, pk: int) -> HttpResponse:
    """Spam, or after all not."""
    is_spam = request.POST.get("on") == "1"
    said = _("Marked as spam; it counts nowhere.") if is_spam else _("It is no spam any more.")
    return _change(request, _found(request, pk), said, is_spam=is_spam)


@at_desk
@require_POST
def inquiry_take(request: HttpRequest, pk: int) -> HttpResponse:
    """I will see to it."""
    inquiry = _found(request, pk)
    return _done(
        request,
        inquiry,
        lambda: take_inquiry(inquiry=inquiry, by=request.user, at=timezone.now()),
        _("It is yours now."),
    )


@at_desk
@never_cache
@require_POST
def inquiry_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the phone or the e-mail of somebody unknown in the place of its mask, and write down who saw it."""
    inquiry = _found(request, pk)
    channel = request.POST.get("channel", "phone")
    value = {"phone": inquiry.phone, "email": inquiry.email}.get(channel, "")
    if not value:
        raise Http404
    now, seen_by, scheme = timezone.now(), visitor(request), SCHEMES[ContactChannel(channel)]
    return shown(
        request,
        lambda: open_inquiry_contact(
            by=request.user, inquiry=inquiry, channel=channel, at=now, ip=seen_by.ip, agent=seen_by.agent
        ),
        {"href": f"{scheme}:{value}", "text": phone_text(value) if channel == "phone" else value, "scheme": scheme},
        back=redirect("inquiry", pk),
    )


def _change(request: HttpRequest, inquiry: Inquiry, said: str, **told: Any) -> HttpResponse:
    now = timezone.now()
    return _done(request, inquiry, lambda: change_inquiry(inquiry=inquiry, by=request.user, now=now, **told), said)


def _done(request: HttpRequest, inquiry: Inquiry, act: Any, said: str) -> HttpResponse:
    """Do it, say so, and go back to where the button was."""
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
    return redirect_back(request, request.POST.get("back", ""), reverse("inquiry", args=[inquiry.pk]))
