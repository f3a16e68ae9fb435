"""Opening one address of a customer."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.access import role_required
from core.roles import Role
from core.visitors import visitor
from customers.actions.guard import LimitReached, open_contact
from customers.models import ContactChannel, ContactPoint, Customer
from customers.templatetags.contacts import SCHEMES, link_to, open_text

SIGNS = {
    ContactChannel.PHONE: {"icon": "phone"},
    ContactChannel.EMAIL: {"icon": "mail"},
    ContactChannel.TELEGRAM: {"icon": "brand-telegram"},
    ContactChannel.WHATSAPP: {"icon": "brand-whatsapp"},
}


@role_required(Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
@never_cache
@require_POST
def contact_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one address in the place of its mask, and write down who saw it.

    `look=button`: as the button of the card that calls or writes. Without htmx: back to the customer's card.
    """
    mine = ContactPoint.objects.filter(customer__in=Customer.objects.for_user(request.user))
    point = get_object_or_404(mine.select_related("customer"), pk=pk)
    seen_by = visitor(request)
    channel = ContactChannel(point.channel)
    context = {
        "href": link_to(point),
        "text": open_text(point),
        "scheme": SCHEMES[channel],
        "sign": SIGNS[channel]["icon"],
        "look": request.POST.get("look", ""),
    }
    return shown(
        request,
        lambda: open_contact(by=request.user, point=point, at=timezone.now(), ip=seen_by.ip, agent=seen_by.agent),
        context,
        back=redirect("customer_card", point.customer_id),
    )


def shown(
    request: HttpRequest, opening: Callable[[], object], context: dict[str, Any], *, back: HttpResponse
) -> HttpResponse:
    """The address in the place of its mask once `opening` has written it down; without htmx `back`."""
    try:
        opening()
    except LimitReached as error:
        if not request.htmx:
            raise
        refused = HttpResponse(status=204)
        refused["HX-Trigger"] = json.dumps({"toast": {"text": str(error.message), "level": "error"}})
        return refused
    return render(request, "customers/_contact_open.html", context) if request.htmx else back
