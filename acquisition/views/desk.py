"""Who asked, and what became of it: the list of inquiries with a fast form at its top."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from acquisition.actions import Noted, record_at_desk, set_leak_policy
from acquisition.models import Inquiry, LeakPolicy
from acquisition.queries.desk import customer_by_contact, desk_counts, desk_list, desk_rows, leak_terms
from acquisition.views.access import at_desk
from acquisition.views.desk_forms import DeskFilterForm, NoteForm, PolicyForm, phone_field
from acquisition.views.desk_rows import as_row
from core.access import role_required
from core.errors import DomainError
from core.periods import company_day
from core.roles import Role

PAGE = 50


@at_desk
@never_cache
@require_http_methods(["GET", "POST"])
def inquiries(request: HttpRequest) -> HttpResponse:
    """The list, the latest first; a POST writes one more down and is ready for the next."""
    now = timezone.now()
    if request.method == "POST":
        form = NoteForm(request.POST)
        if form.is_valid() and (made := _record(request, form, now)):
            messages.success(request, _saved(made))
            return redirect(request.get_full_path())
        return _page(request, form, now, status=422)
    return _page(request, NoteForm(initial={"token": uuid.uuid4(), "kind": "call"}), now)


def _page(request: HttpRequest, form: NoteForm, now: datetime, status: int = 200) -> HttpResponse:
    today, terms = company_day(now), leak_terms()
    filter_form = DeskFilterForm(request.GET)
    asked = filter_form.asked(today)
    found = desk_list(request.user, asked)
    counts = desk_counts(found)
    paginator = Paginator(desk_rows(found), PAGE)
    # Counted already, with the rest of the answer.
    paginator.count = counts.every
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = [as_row(inquiry, terms, now) for inquiry in page.object_list]
    context = {
        "page": page,
        "counts": counts,
        "form": form,
        "filter_form": filter_form,
        "asked": asked,
        "today": today,
        "terms": terms,
        "is_filtered": bool(request.GET.keys() - {"page"}),
        "may_see_leaks": request.user.has_role(Role.MANAGER),
    }
    return render(request, "acquisition/inquiries.html", context, status=status)


def _record(request: HttpRequest, form: NoteForm, now: datetime) -> Inquiry | None:
    told: dict[str, Any] = form.cleaned_data
    noted = Noted(
        kind=told["kind"],
        at=now,
        is_answered=not told["is_missed"],
        phone=told["phone"],
        email=told["email"],
        name=told["name"],
        channel_code=told["channel"],
        next_step=told["next_step"],
        next_step_on=told["next_step_on"],
        is_spam=told["is_spam"],
        note=told["note"],
        token=str(told["token"]),
    )
    try:
        return record_at_desk(noted=noted, by=request.user, now=now)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return None


def _saved(made: Inquiry) -> str:
    if made.is_spam:
        return _("Written down as spam.")
    if not made.contact_captured:
        return _("Written down, without a contact: there is nobody to call back.")
    return _("Written down.")


@at_desk
@never_cache
@require_safe
def inquiry_who(request: HttpRequest) -> HttpResponse:
    """Whose the phone is that is being typed: a fragment, empty until it is a whole number."""
    try:
        phone = phone_field().clean(request.GET.get("phone", "")[:40])
    except ValidationError:
        phone = ""
    customer = customer_by_contact(request.user, "phone", phone) if phone else None
    context = {"customer": customer, "is_whole": bool(phone)}
    return render(request, "acquisition/_inquiry_who.html", context)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def leak_policy(request: HttpRequest) -> HttpResponse:
    """The terms by which inquiries are judged."""
    stored = LeakPolicy.objects.filter(pk=1).first() or LeakPolicy(pk=1)
    form = PolicyForm(request.POST or None, instance=stored)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        set_leak_policy(
            callback_hours=told["callback_hours"],
            forgotten_days=told["forgotten_days"],
            order_days=told["order_days"],
        )
        messages.success(request, _("Saved. The inquiries are judged anew by the next night."))
        return redirect("leak_policy")
    return render(request, "acquisition/inquiry_terms.html", {"form": form}, status=422 if form.is_bound else 200)
