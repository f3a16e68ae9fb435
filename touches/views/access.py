"""Who works with customers, and with which of them."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from core.access import role_required
from core.roles import Role
from customers.models import Customer

# Everybody who logs in; integrations act through tokens only.
people_only = role_required(Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)


def own_customer(request: HttpRequest, pk: int) -> Customer:
    """The customer, if the user may see it; 404 otherwise."""
    return get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
