"""Who a visitor is."""

from acquisition.models import Inquiry
from customers.models import Customer
from webforms.links import read_visitor


def customer_of(token: str) -> int | None:
    """The customer whom a signed token means, if there still is one."""
    subject = read_visitor(token)
    if subject is None:
        return None
    kind, id_ = subject
    if kind == "i":
        return Inquiry.objects.filter(pk=id_).values_list("customer_id", flat=True).first()
    return Customer.objects.filter(pk=id_).values_list("pk", flat=True).first()
