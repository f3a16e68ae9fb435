"""What lists are made of: the rows that a person may take, and the columns to choose from."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import NullIf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import DeliveryState, HeldBack, MessageChannel, Purpose
from campaigns.queries.deliveries import delivery_rows
from core.models import User
from core.money import MoneyField
from core.roles import Role
from customers.models import ContactChannel, ContactPoint, ContactStatus, CustomerKind, Order, OrderStatus
from dashboard.queries.customer_filters import Filters, filtered
from nps.queries import answer_rows
from segmentation.models import Lifecycle

ROWS_AT_ONCE = 2000
AVERAGE_CHECK = ExpressionWrapper(
    F("statistics__revenue") / NullIf(F("statistics__orders"), 0), output_field=MoneyField()
)
Labels = Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Column:
    """One column: where its value comes from, and what codes mean.

    source: a path or an expression. people: the values are ids of people of the company. is_contact: left out unless
    contacts are asked for.
    """

    key: str
    label: str | Promise
    source: Any
    choices: Labels = ()
    people: bool = False
    is_contact: bool = False
    is_usual: bool = True


@dataclass(frozen=True)
class Asked:
    """What a list was asked for: the filters of the page that it was called from."""

    filters: Filters
    deliveries: Mapping[str, Any]
    answers: Mapping[str, Any]
    placed_from: date | None = None
    placed_to: date | None = None


@dataclass(frozen=True)
class Listing:
    """A kind of list. `customer` is the path from its rows to the customer's id."""

    code: str
    label: str | Promise
    roles: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[User, Asked], QuerySet]
    customer: str = "customer_id"

    def chosen(self, keys: Collection[str], *, contacts: bool) -> list[Column]:
        """The columns with these keys in their own order; contacts only when asked for apart."""
        return [each for each in self.columns if (contacts if each.is_contact else each.key in keys)]


def _contacts(customer: str, *channels: str) -> Subquery:
    points = ContactPoint.objects.filter(
        customer=OuterRef(customer), channel__in=channels, status=ContactStatus.VALID
    ).order_by()
    together = points.values("customer").annotate(text=StringAgg("value", delimiter=", ", order_by="id"))
    return Subquery(together.values("text"))


def _contact_columns(customer: str) -> tuple[Column, ...]:
    messengers = (ContactChannel.TELEGRAM, ContactChannel.WHATSAPP)
    return (
        Column("phones", _("Phones"), _contacts(customer, ContactChannel.PHONE), is_contact=True),
        Column("emails", _("E-mails"), _contacts(customer, ContactChannel.EMAIL), is_contact=True),
        Column("messengers", _("Messengers"), _contacts(customer, *messengers), is_contact=True),
    )


def _orders(user: User, asked: Asked) -> QuerySet:
    rows = Order.objects.for_user(user).order_by("pk")
    if asked.placed_from:
        rows = rows.filter(placed_on__gte=asked.placed_from)
    return rows.filter(placed_on__lte=asked.placed_to) if asked.placed_to else rows


ALL = (Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
CUSTOMERS = Listing(
    "customers",
    _("Customers"),
    ALL,
    (
        Column("id", _("Number"), F("pk")),
        Column("name", _("Name"), F("name")),
        Column("kind", _("Kind"), F("kind"), choices=CustomerKind.choices),
        Column("city", _("City"), F("city")),
        Column("grade", _("Grade"), F("standing__grade")),
        Column("stage", _("Stage"), F("standing__lifecycle"), choices=Lifecycle.choices),
        Column("owner", _("Owner"), F("owner_id"), people=True),
        Column("orders", _("Orders"), F("statistics__orders")),
        Column("revenue", _("Revenue"), F("statistics__revenue")),
        Column("check", pgettext_lazy("column", "Avg. check"), AVERAGE_CHECK),
        Column("last", pgettext_lazy("column", "Last order"), F("statistics__last_on")),
        Column("realised", _("LTV"), F("standing__realised")),
        Column("predicted", pgettext_lazy("column", "Forecast 12 m"), F("standing__predicted_12")),
        Column("risk", pgettext_lazy("column", "At risk, sum"), F("standing__value_at_risk")),
        Column("channel", _("Came from"), F("channel_code"), is_usual=False),
        Column("tax", _("Tax number"), F("tax_number"), is_usual=False),
        Column("added", pgettext_lazy("customer", "Added"), F("created_at"), is_usual=False),
        *_contact_columns("pk"),
    ),
    lambda user, asked: filtered(user, asked.filters).order_by("pk"),
    customer="pk",
)
ORDERS = Listing(
    "orders",
    _("Orders"),
    ALL,
    (
        Column("number", _("Number"), F("number")),
        Column("source", _("Source"), F("source")),
        Column("external_id", _("External id"), F("external_id")),
        Column("placed", _("Day"), F("placed_on")),
        Column("status", _("Status"), F("status"), choices=OrderStatus.choices),
        Column("customer", _("Customer's number"), F("customer_id")),
        Column("name", _("Customer"), F("customer__name")),
        Column("revenue", _("Revenue"), F("revenue")),
        Column("discount", _("Discount"), F("discount")),
        Column("returned", pgettext_lazy("sum", "Returned"), F("returned")),
        Column("cost", _("Cost of goods"), F("known_cost"), is_usual=False),
        Column("promo", _("Promo code"), F("promo_code"), is_usual=False),
        Column("channel", _("Channel"), F("channel_code"), is_usual=False),
        Column("owner", _("Owner"), F("customer__owner_id"), people=True, is_usual=False),
        *_contact_columns("customer_id"),
    ),
    _orders,
)
ANSWERS = Listing(
    "answers",
    _("NPS answers"),
    ALL,
    (
        Column("score", _("Score"), F("score")),
        Column("comment", _("Comment"), F("comment")),
        Column("answered", _("Answered"), F("answered_at")),
        Column("grade", _("Grade then"), F("grade")),
        Column("customer", _("Customer's number"), F("customer_id")),
        Column("name", _("Customer"), F("customer__name")),
        Column("owner", _("Owner"), F("customer__owner_id"), people=True),
        *_contact_columns("customer_id"),
    ),
    lambda user, asked: answer_rows(user, **asked.answers).order_by("pk"),
)
DELIVERIES = Listing(
    "deliveries",
    _("Deliveries"),
    (Role.MARKETER, Role.MANAGER),
    (
        Column("customer", _("Customer's number"), F("customer_id")),
        Column("name", _("Customer"), F("customer__name")),
        Column("channel", _("Channel"), F("channel"), choices=MessageChannel.choices),
        Column("purpose", _("Purpose"), F("purpose"), choices=Purpose.choices),
        Column("flow", _("Flow"), F("step__flow__name")),
        Column("step", _("Step"), F("step__position")),
        Column("subject", _("Subject"), F("subject")),
        Column("state", _("State"), F("state"), choices=DeliveryState.choices),
        Column("held_back", _("Held back"), F("held_back"), choices=HeldBack.choices),
        Column("due", _("Due"), F("due_at")),
        Column("sent", _("Sent"), F("sent_at")),
        Column("attempts", _("Attempts"), F("attempts"), is_usual=False),
        Column("address", _("Address"), F("address"), is_contact=True),
    ),
    lambda user, asked: delivery_rows(user, **asked.deliveries).order_by("pk"),
)
LISTINGS = {listing.code: listing for listing in (CUSTOMERS, ORDERS, ANSWERS, DELIVERIES)}


def customers_in(listing: Listing, rows: QuerySet) -> int:
    """How many different customers a list tells of."""
    if listing.customer == "pk":
        return rows.order_by().count()
    return rows.order_by().values(listing.customer).distinct().count()


def rows_of(rows: QuerySet, columns: Sequence[Column], mark: str) -> Iterator[list[Any]]:
    """The rows as values to write, the mark last; read through a cursor of the server, some thousand at a time.

    Words are looked up before the first row: when a stream is read, the reader's language is no longer active.
    """
    tell = [_words(column) for column in columns]
    named = {f"x_{column.key}": column.source for column in columns}
    values = rows.annotate(**named).values_list(*named)

    return (_told(row, tell, mark) for row in values.iterator(chunk_size=ROWS_AT_ONCE))


def _told(row: Sequence[Any], tell: Sequence[dict[Any, str] | None], mark: str) -> list[Any]:
    pairs = zip(row, tell, strict=True)
    return [*(value if words is None else words.get(value, value) for value, words in pairs), mark]


def _words(column: Column) -> dict[Any, str] | None:
    if column.people:
        return {person.pk: str(person) for person in User.objects.all()}
    return {code: str(label) for code, label in column.choices} or None
