"""Whom a row from outside is about: a customer named by number, by its id in a source, by phone or by e-mail."""

from customers.rules.fields import Fields
from customers.rules.records import ContactData, CustomerData, Named

NAME_FIELDS = frozenset(("id", "source", "external_id", "phone", "email"))
CHANNELS = ("phone", "email")


def read_name(fields: Fields, source: str) -> Named:
    """The customer that an object names; `source` stands in for a source that it does not name itself."""
    fields.only(NAME_FIELDS)
    before = len(fields.faults)
    contacts = [ContactData(channel, value) for channel in CHANNELS if (value := fields.address(channel, channel))]
    named = Named(
        id=fields.integer("id"),
        person=CustomerData(
            source=fields.text("source", 50) or source,
            external_id=fields.text("external_id", 200),
            contacts=tuple(contacts),
        ),
    )
    if named.is_nobody and fields.is_object and len(fields.faults) == before:
        fields.fail("", "customer_unnamed")
    return named
