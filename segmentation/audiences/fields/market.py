"""What a customer lacks, whether and why the customer left, and after what."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from customers.models import ProductCategory
from market.models import Competitor, LeavingReason
from segmentation.audiences import columns
from segmentation.audiences.registry import Choices, Condition, Context, Group, fixed, is_id, register, table
from segmentation.models import Capability, Need
from segmentation.queries.leaving import compared_on, exposed

NEEDS = ("segmentation_need",)
LOSSES = ("segmentation_loss",)
NONE = ""
PATTERNS = fixed(
    [
        ("late_delivery", _("A promise was kept late, or not at all")),
        ("low_score", _("A score of 0 to 6 was given")),
        ("new_owner", _("The customer got another manager")),
        ("unanswered", _("A call or a message stayed without an answer")),
        ("bounced", _("A message did not reach the address")),
    ]
)


def _find_reasons(text: str, limit: int) -> list[tuple[str, str]]:
    """Their names are partly in the program, so that the database cannot look for them."""
    every = [(str(row.pk), str(row)) for row in LeavingReason.objects.all()]
    named = [(NONE, str(_("Reason not told"))), *every]
    return [(value, name) for value, name in named if text.casefold() in name.casefold()][:limit]


def _name_reasons(values: Collection[str]) -> dict[str, str]:
    return {value: name for value, name in _find_reasons("", 1000) if value in values}


REASONS = Choices(_find_reasons, _name_reasons, lambda text: text == NONE or is_id(text))


def _of_loss(name: str) -> Any:
    """Those who left with one of the values; "" stands for none."""

    def met(values: list[str], _ctx: Context) -> Condition:
        ids = [int(value) for value in values if value != NONE]
        found = Q(**{f"loss__{name}__in": ids})
        return found | Q(**{"loss__isnull": False, f"loss__{name}__isnull": True}) if NONE in values else found

    return met


def _lacks(values: list[str], _ctx: Context) -> Condition:
    ids = [int(value) for value in values]
    return Exists(Need.objects.filter(customer=OuterRef("pk"), capability__in=ids))


def _happened(values: list[str], _ctx: Context) -> Condition:
    """In the weeks that the comparison in force looked at; to nobody before the first one."""
    met = Q(pk__in=[])
    if on := compared_on():
        for code in values:
            met |= Q(pk__in=exposed(code, on=on))
    return met


register(
    columns.choice(
        "capability",
        _("Lacks"),
        Group.VALUE,
        column="",
        choices=table(Capability, "name"),
        where=_lacks,
        watches=NEEDS,
        hint=_("What the product lacks for this customer, as the needs behind the X say."),
    )
)
register(
    columns.yes_no(
        "left",
        _("Has left"),
        Group.VALUE,
        condition=lambda _ctx: Q(loss__isnull=False),
        watches=LOSSES,
        hint=_("Lapsed or lost by the own rhythm, or told to have left; as of the last night."),
    )
)
register(columns.day("left_on", _("Left on"), Group.VALUE, column="loss__left_on", watches=LOSSES))
register(
    columns.choice(
        "left_reason",
        _("Reason for leaving"),
        Group.VALUE,
        column="",
        choices=REASONS,
        where=_of_loss("reason_id"),
        watches=LOSSES,
    )
)
register(
    columns.choice(
        "competitor",
        _("Left for a competitor"),
        Group.VALUE,
        column="",
        choices=table(Competitor, "name", extra=((NONE, _("No competitor named")),)),
        where=_of_loss("competitor_id"),
        watches=LOSSES,
    )
)
register(
    columns.choice(
        "lost_category",
        _("Left, and bought most of"),
        Group.VALUE,
        column="",
        choices=table(ProductCategory, "name", extra=((NONE, _("No category")),)),
        where=_of_loss("category_id"),
        watches=LOSSES,
    )
)
register(
    columns.choice(
        "leaving_after",
        _("Happened before the comparison of leaving"),
        Group.EVENTS,
        column="",
        choices=PATTERNS,
        where=_happened,
        hint=_("In the weeks that the page “Why they leave” looks at."),
    )
)
