"""What the customer's first order was of, and who looked after the customer first."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from customers.models import ProductCategory
from segmentation.audiences import columns
from segmentation.audiences.fields.who import people
from segmentation.audiences.lookups import not_true
from segmentation.audiences.registry import Condition, Context, Group, register, table
from segmentation.models import CustomerOrigin

ORIGINS = ("segmentation_customerorigin",)
UNKNOWN, POOL = "", "pool"


def _one_of(column: str, nobody: str, values: list[str]) -> Condition:
    met = Q(**{f"origin__{column}__in": [each for each in values if each != nobody]})
    if nobody not in values:
        return met
    known = Exists(CustomerOrigin.objects.filter(customer=OuterRef("pk"), **{f"{column}__isnull": False}))
    return met | Q(not_true(known))


def _first_category(values: list[str], _ctx: Context) -> Condition:
    return _one_of("first_product__category", UNKNOWN, values)


def _first_owner(values: list[str], _ctx: Context) -> Condition:
    return _one_of("first_owner", POOL, values)


register(
    columns.choice(
        "first_category",
        _("First product"),
        Group.ORIGIN,
        column="origin__first_product__category",
        choices=table(ProductCategory, "name", extra=[(UNKNOWN, _("not known"))]),
        where=_first_category,
        watches=ORIGINS,
        hint=_("The category of the dearest line of the first order."),
    )
)
register(
    columns.choice(
        "first_owner",
        _("First manager"),
        Group.ORIGIN,
        column="origin__first_owner",
        choices=people([(POOL, _("nobody"))]),
        where=_first_owner,
        watches=ORIGINS,
        hint=_("Who looked after the customer first, whoever does today."),
    )
)
