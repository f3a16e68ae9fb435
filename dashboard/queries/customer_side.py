"""Who a customer is and how to reach them: what stands beside the card, in three queries."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject, NullIf
from django.http import Http404

from core.frozen import Frozen
from core.models import Change, User
from customers.models import (
    Address,
    Consent,
    ContactChannel,
    ContactPerson,
    ContactPoint,
    ContactStatus,
    Customer,
    CustomerTag,
    CustomField,
    ExternalRef,
)
from dashboard.custom_values import shown_value

REFS_SHOWN = 10
MINE = {"customer": OuterRef("pk")}
SPOKEN_FOR = (ContactChannel.EMAIL, ContactChannel.PHONE)


@dataclass(frozen=True)
class ConsentLine:
    """The newest word on one channel; empty where nothing was ever said."""

    channel: ContactChannel
    consent: Consent | None


@dataclass(frozen=True)
class OwnField:
    """A field of the company's own with the customer's value, None where there is none."""

    code: str
    name: str
    kind: str
    choices: tuple[str, ...]
    value: Any

    @property
    def shown(self) -> str:
        return shown_value(self.kind, self.value)


@dataclass(frozen=True)
class Side:
    """Small things as plain rows: {"id", "name"} of a tag, the columns of a contact person or a place."""

    customer: Customer
    contacts: list[ContactPoint]
    consents: list[ConsentLine]
    tags: list[dict[str, Any]]
    people: list[dict[str, Any]]
    places: list[dict[str, Any]]
    fields: list[OwnField]

    def reachable(self, channel: str) -> ContactPoint | None:
        """The newest valid address of the customer's own on the channel, else one of a contact person."""
        valid = [p for p in self.contacts if p.channel == channel and p.status == ContactStatus.VALID]
        return min(valid, key=lambda point: point.person_id is not None, default=None)

    @property
    def phone(self) -> ContactPoint | None:
        return self.reachable(ContactChannel.PHONE)

    @property
    def email(self) -> ContactPoint | None:
        return self.reachable(ContactChannel.EMAIL)


def _refs() -> ArraySubquery:
    refs = ExternalRef.objects.filter(**MINE).order_by("source")
    return ArraySubquery(refs.values(text=Concat(F("source"), Value(" · "), F("external_id")))[:REFS_SHOWN])


def _tags() -> ArraySubquery:
    tags = CustomerTag.objects.filter(**MINE).order_by("tag__name")
    return ArraySubquery(tags.values(row=JSONObject(id="tag_id", name="tag__name")))


def _people() -> ArraySubquery:
    people = ContactPerson.objects.filter(**MINE).order_by("pk")
    return ArraySubquery(people.values(row=JSONObject(id="pk", name="name", role="role", note="note")))


def _places() -> ArraySubquery:
    row = JSONObject(id="pk", kind="kind", country="country", postcode="postcode", city="city", line="line")
    return ArraySubquery(Address.objects.filter(**MINE).order_by("pk").values(row=row))


def _fields() -> ArraySubquery:
    fields = CustomField.objects.filter(is_active=True).order_by("position", "pk")
    return ArraySubquery(fields.values(row=JSONObject(code="code", name="name", kind="kind", choices="choices")))


SIDE = {
    "refs": Frozen(_refs),
    "tag_rows": Frozen(_tags),
    "person_rows": Frozen(_people),
    "place_rows": Frozen(_places),
    "field_rows": Frozen(_fields),
}


def with_side(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """The customers with their small things read along in the same query."""
    return customers.annotate(**SIDE)


def side_of(customer: Any) -> Side:
    """What stands beside the card of a customer that `with_side` has read."""
    return Side(
        customer=customer,
        contacts=list(contacts_of(customer.pk)),
        consents=_consents(customer.pk),
        tags=customer.tag_rows,
        people=customer.person_rows,
        places=customer.place_rows,
        fields=[
            OwnField(row["code"], row["name"], row["kind"], tuple(row["choices"]), customer.custom.get(row["code"]))
            for row in customer.field_rows
        ],
    )


def customer_side(*, user: User, pk: int) -> Side:
    """The same for one customer that the user may see; Http404 for any other."""
    customer = with_side(Customer.objects.for_user(user).select_related("x_mark")).filter(pk=pk).first()
    if customer is None:
        raise Http404
    return side_of(customer)


def contacts_of(customer_id: int) -> QuerySet[ContactPoint]:
    """Addresses of the customer; `status_at` and `status_by` tell who last changed the state, and when."""
    points = ContactPoint.objects.filter(customer=customer_id).order_by("channel", "-created_at", "-pk")
    return points.annotate(**STATUS)


def _status_changes() -> QuerySet[Change]:
    table = ContactPoint._meta.db_table
    return Change.objects.filter(table_name=table, row_id=OuterRef("pk"), after__has_key="status").order_by("-pk")


def _status_by() -> Subquery:
    name = Coalesce(NullIf("actor__first_name", Value("")), "actor__email", Value(""), output_field=CharField())
    return Subquery(_status_changes().values(name=name)[:1])


STATUS = {
    "status_at": Frozen(lambda: Subquery(_status_changes().values("at")[:1])),
    "status_by": Frozen(_status_by),
}


def _consents(customer_id: int) -> list[ConsentLine]:
    newest = Consent.objects.filter(customer=customer_id).order_by("channel", "-at", "-pk").distinct("channel")
    said = {consent.channel: consent for consent in newest}
    channels = [channel for channel in ContactChannel if channel in said or channel in SPOKEN_FOR]
    return [ConsentLine(channel, said.get(channel)) for channel in channels]


def consents_of(customer_id: int) -> list[Consent]:
    """Everything that was ever said about marketing, newest first."""
    return list(Consent.objects.filter(customer=customer_id).order_by("-at", "-pk"))
