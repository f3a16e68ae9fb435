"""Accounts of people: opened and closed by an administrator."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.actions import change_person, create_person
from core.errors import Conflict
from core.forms import PersonChangeForm, PersonForm
from core.models import User
from core.roles import Role


@role_required(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account (GET); a new one with its first password, shown once (POST)."""
    form = PersonForm(request.POST or None)
    context = {"password": "", "opened": None}
    if request.method == "POST" and form.is_valid():
        password = secrets.token_urlsafe(9)
        try:
            context = {"opened": create_person(password=password, **form.cleaned_data), "password": password}
            form = PersonForm()
        except Conflict as error:
            form.add_error(error.field, error.message)
    everybody = User.objects.exclude(role=Role.INTEGRATION).order_by("-is_active", "first_name", "last_name")
    rows = [(person, _change_form(person)) for person in everybody]
    status = 422 if form.is_bound else 200
    return render(request, "core/people.html", {"form": form, "rows": rows, **context}, status=status)


def _change_form(person: User) -> PersonChangeForm:
    """The fields of one row; the form they belong to stands in the row's last cell."""
    initial = {"role": person.role, "may_export": person.may_export, "is_active": person.is_active}
    form = PersonChangeForm(initial=initial, prefix=f"p{person.pk}")
    for field in form.fields.values():
        field.widget.attrs["form"] = f"person-{person.pk}"
    return form


@role_required(Role.ADMINISTRATOR)
@require_POST
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another role, the right to export, or the account closed or opened again."""
    person = get_object_or_404(User.objects.exclude(role=Role.INTEGRATION), pk=pk)
    form = PersonChangeForm(request.POST, prefix=f"p{pk}")
    if form.is_valid():
        change_person(person=person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved: %(name)s.") % {"name": person})
    return redirect("people")
