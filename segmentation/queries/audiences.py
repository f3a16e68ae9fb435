"""Reads of audiences: who belongs, how many, what that is worth."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from core.models import User
from customers.models import Customer
from customers.models.customer import CustomerQuerySet
from segmentation.audiences.compiling import condition, customers_of
from segmentation.audiences.registry import Context
from segmentation.audiences.tree import Node, TreeFaultError, read_tree
from segmentation.audiences.words import told
from segmentation.models import Audience

EXAMPLES = 10


@dataclass(frozen=True)
class Size:
    """How many customers an audience has, and their money: predicted margin of 12 months, value at risk, realised."""

    customers: int
    predicted_12: Decimal
    value_at_risk: Decimal
    realised: Decimal


def size_of(customers: CustomerQuerySet) -> Size:
    """One statement over the customers."""
    found = customers.aggregate(
        customers=Count("pk"),
        predicted_12=Sum("standing__predicted_12"),
        value_at_risk=Sum("standing__value_at_risk"),
        realised=Sum("standing__realised"),
    )
    return Size(
        found["customers"],
        predicted_12=found["predicted_12"] or Decimal(),
        value_at_risk=found["value_at_risk"] or Decimal(),
        realised=found["realised"] or Decimal(),
    )


def examples_of(customers: CustomerQuerySet) -> list[Customer]:
    """Some of them, those with the most value at risk first."""
    buyers = customers.filter(standing__isnull=False).select_related("standing", "owner")
    found = list(buyers.order_by("-standing__risk_band", "-standing__value_at_risk", "pk")[:EXAMPLES])
    if len(found) < EXAMPLES:
        others = customers.filter(standing__isnull=True).select_related("owner").order_by("-pk")
        found += others[: EXAMPLES - len(found)]
    return found


def audience_customers(audience: Audience, user: User, as_of: date) -> CustomerQuerySet:
    """Who belongs to an audience, of those that the user may see. Raises TreeFaultError for a tree grown unusable.

    A fixed list is read from its members; one by conditions is asked anew, so that it is right at once.
    """
    if audience.is_static:
        return Customer.objects.for_user(user).filter(audience_memberships__audience=audience)
    return customers_of(read_tree(audience.tree), user, as_of)


def tree_or_none(raw: Any) -> Node | None:
    """The tree of JSON, None where a field it speaks of is gone."""
    try:
        return read_tree(raw)
    except TreeFaultError:
        return None


def words_of(raw: Any, reader: User) -> str:
    """The tree of JSON as a sentence for the reader, empty where a field it speaks of is gone."""
    tree = tree_or_none(raw)
    return told(tree, reader) if tree else ""


def audiences_for(user: User) -> QuerySet[Audience]:
    """Audiences in use that the user may read, those of the newest change first."""
    return Audience.objects.for_user(user).in_use().select_related("owner").order_by("-updated_at", "-pk")


def members_by_tree(tree: Node, context: Context) -> tuple[str, tuple[Any, ...]]:
    """SQL with parameters that gives the ids of everybody who meets the tree, whoever asks."""
    customers = Customer.objects.filter(condition(tree, context))
    if context.customer_ids is not None:
        customers = customers.filter(pk__in=list(context.customer_ids))
    sql, params = customers.order_by().values_list("pk").query.sql_with_params()
    return sql, tuple(params)
