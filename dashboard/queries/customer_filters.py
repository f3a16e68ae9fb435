"""The filters of the customer list, as one value that the page, its links and the bulk actions share."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.models import User
from core.periods import add_months
from customers.models import Customer, CustomerTag, Order
from customers.models.customer import CustomerQuerySet
from dashboard.queries.customer_search import search
from dashboard.queries.own_conditions import OwnCondition, with_own
from segmentation.audiences.compiling import condition as met
from segmentation.audiences.compiling import context_of
from segmentation.audiences.tree import Node, as_json
from segmentation.models import Audience
from segmentation.queries.audiences import audience_customers

POOL = "pool"
MINE = "me"
NO_GRADE = "none"
# The X mark stands over a grade: asked for together they mean either.
MARKED = "X"


@dataclass(frozen=True)
class Filters:
    """What the address asks for; empty means not asked.

    owner: an id, `me` or `pool`. channel: a code. won_month: the first day of the month in which the
    customer first ordered. ordered_from, ordered_to: days between which a counted order was placed. tag: ids,
    all of which are worn. where: a tree of conditions. audience: whose customers. as_of: the day on which the
    conditions of both are asked.
    """

    q: str = ""
    grade: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    owner: str = ""
    channel: str = ""
    method: str = ""
    kind: str = ""
    ordered_from: date | None = None
    ordered_to: date | None = None
    won_month: date | None = None
    risk: bool = False
    tag: tuple[str, ...] = ()
    own: tuple[OwnCondition, ...] = ()
    where: Node | None = None
    audience: Audience | None = None
    as_of: date | None = None

    @property
    def only_buyers(self) -> bool:
        """Whether the filters can only be met by customers with a standing."""
        graded = self.grade and MARKED not in self.grade
        return bool(graded or self.stage or self.method or self.risk)

    @property
    def is_empty(self) -> bool:
        return replace(self, as_of=None) == Filters()

    def parameters(self) -> list[tuple[str, str]]:
        """What an address needs to ask for the same."""
        pairs = []
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name == "as_of":
                continue
            if name == "own":
                pairs += [condition.parameter for condition in value]
                continue
            each = value if isinstance(value, tuple) else (value,)
            pairs += [(name, _in_address(name, one)) for one in each if one]
        return pairs


def _in_address(name: str, value: Any) -> str:
    if isinstance(value, Audience):
        return str(value.pk)
    if isinstance(value, Node):
        return json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, date):
        return value.strftime("%Y-%m" if name == "won_month" else "%Y-%m-%d")
    return "1" if value is True else str(value)


def filtered(user: User, filters: Filters) -> CustomerQuerySet:
    """Customers that the user may see and the filters let through."""
    customers = search(Customer.objects.for_user(user), filters.q)
    for apply in (_standing, _owner, _origin, _orders, _labels, _conditions):
        customers = apply(customers, filters, user)
    if filters.kind:
        customers = customers.filter(kind=filters.kind)
    return customers


Apply = Callable[[CustomerQuerySet, Filters, User], CustomerQuerySet]


def _standing(customers: CustomerQuerySet, filters: Filters, _user: User) -> CustomerQuerySet:
    if filters.grade:
        letters = ["" if grade == NO_GRADE else grade for grade in filters.grade if grade != MARKED]
        marked = Q(x_mark__isnull=False) if MARKED in filters.grade else Q()
        customers = customers.filter(Q(standing__grade__in=letters) | marked if letters else marked)
    if filters.stage:
        customers = customers.filter(standing__lifecycle__in=filters.stage)
    if filters.method:
        customers = customers.filter(standing__method=filters.method)
    return customers.filter(standing__value_at_risk__gt=0) if filters.risk else customers


def _owner(customers: CustomerQuerySet, filters: Filters, user: User) -> CustomerQuerySet:
    if filters.owner == POOL:
        return customers.filter(owner__isnull=True)
    if filters.owner == MINE:
        return customers.filter(owner=user)
    return customers.filter(owner_id=int(filters.owner)) if filters.owner else customers


def _origin(customers: CustomerQuerySet, filters: Filters, _user: User) -> CustomerQuerySet:
    if filters.channel:
        customers = customers.filter(acquisition__channel__code=filters.channel)
    if filters.won_month:
        following = add_months(filters.won_month, 1)
        customers = customers.filter(acquisition__won_on__gte=filters.won_month, acquisition__won_on__lt=following)
    return customers


def _orders(customers: CustomerQuerySet, filters: Filters, _user: User) -> CustomerQuerySet:
    if not (filters.ordered_from or filters.ordered_to):
        return customers
    orders = Order.objects.counted().filter(customer=OuterRef("pk"))
    if filters.ordered_from:
        orders = orders.filter(placed_on__gte=filters.ordered_from)
    if filters.ordered_to:
        orders = orders.filter(placed_on__lte=filters.ordered_to)
    return customers.filter(Exists(orders))


def _conditions(customers: CustomerQuerySet, filters: Filters, user: User) -> CustomerQuerySet:
    if filters.as_of is None:
        return customers
    as_of = filters.as_of
    if filters.where is not None:
        customers = customers.filter(met(filters.where, context_of(user, as_of)))
    if filters.audience is not None:
        members = audience_customers(filters.audience, user, as_of)
        customers = customers.filter(pk__in=members.values("pk"))
    return customers


def _labels(customers: CustomerQuerySet, filters: Filters, _user: User) -> CustomerQuerySet:
    for tag in filters.tag:
        customers = customers.filter(Exists(CustomerTag.objects.filter(customer=OuterRef("pk"), tag_id=int(tag))))
    for condition in filters.own:
        customers = with_own(customers, condition)
    return customers
