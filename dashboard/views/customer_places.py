"""Contacts, contact persons and places of a customer, changed in place on the card."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from customers.actions.editing import add_contact, change_contact, remove_contact
from customers.actions.surroundings import remove_address, remove_person, save_address, save_person
from dashboard.forms.customer_parts import ContactChangeForm, ContactForm, PersonForm, PlaceForm
from dashboard.queries.customer_side import Side, customer_side
from dashboard.views.customer_parts import WORKS_WITH_CUSTOMERS, done, own_customer, part

NEW = "new"


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """The contacts; `add` opens the form of one more."""
    side = _side(request, pk)
    form = ContactForm(request.POST or None, people=side.people)
    if request.method == "POST" and done(form, lambda: add_contact(customer_id=pk, at=timezone.now(), **form.given())):
        return part(request, "_contacts.html", _side(request, pk))
    adding = request.method == "POST" or "add" in request.GET
    return part(request, "_contacts.html", side, form=form if adding else None, editing=NEW if adding else None)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_contact(request: HttpRequest, pk: int, contact_id: int) -> HttpResponse:
    """The state of one contact, and whose it is."""
    side = _side(request, pk)
    point = next((point for point in side.contacts if point.pk == contact_id), None)
    if point is None:
        raise Http404
    initial = {"status": point.status, "person_id": point.person_id or ""}
    form = ContactChangeForm(request.POST or None, initial=initial, people=side.people)
    if request.method == "POST" and done(
        form,
        lambda: change_contact(customer_id=pk, contact_id=contact_id, at=timezone.now(), **form.given()),
    ):
        return part(request, "_contacts.html", _side(request, pk))
    return part(request, "_contacts.html", side, form=form, editing=contact_id)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_contact_remove(request: HttpRequest, pk: int, contact_id: int) -> HttpResponse:
    """Take a contact off the card."""
    own_customer(request, pk)
    remove_contact(customer_id=pk, contact_id=contact_id, at=timezone.now())
    return part(request, "_contacts.html", _side(request, pk))


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_people(request: HttpRequest, pk: int, person_id: int | None = None) -> HttpResponse:
    """The contact persons; `add`, or an id in the address, opens the form."""
    side = _side(request, pk)
    form = PersonForm(request.POST or None, initial=_row(side.people, person_id))
    if request.method == "POST" and done(
        form,
        lambda: save_person(customer_id=pk, person_id=person_id, at=timezone.now(), **form.cleaned_data),
    ):
        return part(request, "_people.html", _side(request, pk))
    return _list_part(request, "_people.html", side, form, person_id)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_person_remove(request: HttpRequest, pk: int, person_id: int) -> HttpResponse:
    """Take a contact person off the card."""
    own_customer(request, pk)
    remove_person(customer_id=pk, person_id=person_id, at=timezone.now())
    return part(request, "_people.html", _side(request, pk), is_changed=True)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_places(request: HttpRequest, pk: int, place_id: int | None = None) -> HttpResponse:
    """The addresses; `add`, or an id in the address, opens the form."""
    side = _side(request, pk)
    form = PlaceForm(request.POST or None, initial=_row(side.places, place_id))
    if request.method == "POST" and done(
        form,
        lambda: save_address(customer_id=pk, address_id=place_id, at=timezone.now(), **form.cleaned_data),
    ):
        return part(request, "_places.html", _side(request, pk))
    return _list_part(request, "_places.html", side, form, place_id)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_place_remove(request: HttpRequest, pk: int, place_id: int) -> HttpResponse:
    """Take an address off the card."""
    own_customer(request, pk)
    remove_address(customer_id=pk, address_id=place_id, at=timezone.now())
    return part(request, "_places.html", _side(request, pk))


def _side(request: HttpRequest, pk: int) -> Side:
    return customer_side(user=request.user, pk=pk)


def _row(rows: list[dict[str, Any]], row_id: int | None) -> dict[str, Any] | None:
    if row_id is None:
        return None
    found = next((row for row in rows if row["id"] == row_id), None)
    if found is None:
        raise Http404
    return found


def _list_part(request: HttpRequest, template: str, side: Side, form: Any, row_id: int | None) -> HttpResponse:
    if form.is_bound or row_id is not None or "add" in request.GET:
        return part(request, template, side, form=form, editing=row_id or NEW)
    return part(request, template, side)
