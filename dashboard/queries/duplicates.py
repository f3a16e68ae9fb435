"""Two cards side by side, with what one judges by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.http import Http404
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.formats import exact_date_text
from core.models import User
from customers.actions.merging import FIELDS, OWN_FIELD
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    DuplicateCandidate,
    ExternalRef,
)
from customers.queries.duplicates import duplicates_of
from dashboard.custom_values import shown_value
from segmentation.models import PurchaseStatistics, Standing
from touches.models import Touch

REASONS = {
    "phone_same": _("one phone"),
    "email_same": _("one e-mail"),
    "email_near": _("e-mails differ by a letter"),
    "email_name": _("one name of the mailbox at two services"),
    "email_domain": _("e-mails of one company"),
    "telegram_same": _("one Telegram"),
    "person_same": _("one name"),
    "person_like": _("names alike"),
    "person_initials": _("initials fit the name"),
    "person_part": _("one name is a part of the other"),
    "person_married": _("all but the family name is the same"),
    "person_relative": _("one family, another name"),
    "person_different": _("other names"),
    "company_same": _("one name of the company"),
    "company_like": _("names of the companies alike"),
    "company_part": _("one company's name is a part of the other"),
    "company_different": _("other names of the companies"),
    "birthday_same": _("one birthday"),
    "birthday_near": _("birthdays alike"),
    "birthday_different": _("other birthdays"),
    "tax_same": _("one tax number"),
    "tax_different": _("other tax numbers"),
    "city_same": _("one city"),
    "source_other": _("from two sources"),
    "source_same": _("two numbers in one source"),
    "kind_different": _("a person and a company"),
}
LABELS = {
    "owner_id": _("Owner"),
    "channel_code": _("Came from"),
}


@dataclass(frozen=True)
class Reason:
    """Why the cards may be one customer, or may not; `shared` says how many cards have the address or the name."""

    text: Any
    is_for: bool
    shared: int = 0


@dataclass(frozen=True)
class PairCard:
    """One card of a line of the list."""

    customer: Customer
    orders: int


@dataclass(frozen=True)
class Pair:
    """One line of the list."""

    candidate: DuplicateCandidate
    first: PairCard
    second: PairCard
    reasons: list[Reason]


@dataclass(frozen=True)
class CardSide:
    """One of the two cards."""

    customer: Customer
    standing: Standing | None
    statistics: PurchaseStatistics | None
    contacts: list[ContactPoint]
    consents: list[Consent]
    refs: list[str]
    tags: list[str]
    last_touch_at: datetime | None = None


@dataclass(frozen=True)
class FieldLine:
    """One field of both cards. `name` is what the choice is sent as; `taken` is the side proposed."""

    name: str
    label: Any
    first: str
    second: str
    taken: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True)
class Comparison:
    """Both cards; `keep` is the side that is proposed to stay."""

    first: CardSide
    second: CardSide
    lines: list[FieldLine]
    keep: str
    score: int | None
    reasons: list[Reason] = field(default_factory=list)

    @property
    def sides(self) -> list[tuple[str, CardSide]]:
        return [("first", self.first), ("second", self.second)]


def pairs_of(candidates: Iterable[DuplicateCandidate]) -> list[Pair]:
    """Candidates (with their cards) as lines of the list."""
    return [
        Pair(each, _pair_card(each.first), _pair_card(each.second), reasons_in_words(each.reasons))
        for each in candidates
    ]


def _pair_card(customer: Any) -> PairCard:
    statistics = getattr(customer, "statistics", None)
    return PairCard(customer, statistics.orders if statistics else 0)


def reasons_in_words(reasons: list[dict[str, Any]]) -> list[Reason]:
    """What speaks for it first; codes of other versions are left out."""
    known = [
        Reason(REASONS[each["code"]], bool(each.get("for")), each.get("shared", 0))
        for each in reasons
        if each.get("code") in REASONS
    ]
    return sorted(known, key=lambda reason: not reason.is_for)


def open_pairs(user: User) -> Any:
    """Open pairs with what the list shows of their cards."""
    above = ("owner", "statistics")
    return duplicates_of(user).select_related(*(f"{side}__{name}" for side in ("first", "second") for name in above))


def pair_after(user: User, first_id: int, second_id: int) -> DuplicateCandidate | None:
    """The open pair that follows this one in the list."""
    low, high = sorted((first_id, second_id))
    here = DuplicateCandidate.objects.filter(first=low, second=high).first()
    pairs = duplicates_of(user)
    if here is not None:
        pairs = pairs.filter(Q(score__lt=here.score) | Q(score=here.score, pk__gt=here.pk))
    return pairs.first()


def comparison(user: User, first_id: int, second_id: int) -> Comparison:
    """Both cards; Http404 where one of them is not there for the user."""
    sides = [_side(user, pk) for pk in (first_id, second_id)]
    first, second = sides
    low, high = sorted((first_id, second_id))
    candidate = DuplicateCandidate.objects.filter(first=low, second=high).first()
    keep = "second" if _weight(second) > _weight(first) else "first"
    return Comparison(
        first,
        second,
        _lines(first.customer, second.customer, keep),
        keep,
        candidate.score if candidate and candidate.score else None,
        reasons_in_words(candidate.reasons) if candidate else [],
    )


def _weight(side: CardSide) -> tuple[int, float]:
    """More orders stay; among equals the older card."""
    orders = side.statistics.orders if side.statistics else 0
    return orders, -side.customer.created_at.timestamp()


def _side(user: User, pk: int) -> CardSide:
    newest = Consent.objects.order_by("channel", "-at", "-pk").distinct("channel")
    tags = CustomerTag.objects.select_related("tag").order_by("tag__name")
    customers = Customer.objects.for_user(user).select_related("owner", "standing", "statistics")
    customer: Any = customers.prefetch_related(
        Prefetch("contact_points", ContactPoint.objects.order_by("channel", "-created_at"), to_attr="all_contacts"),
        Prefetch("consents", newest.filter(customer=pk), to_attr="newest_consents"),
        Prefetch("external_refs", ExternalRef.objects.order_by("source"), to_attr="all_refs"),
        Prefetch("tags", tags, to_attr="all_tags"),
    ).filter(pk=pk)
    found = customer.first()
    if found is None:
        raise Http404
    return CardSide(
        customer=found,
        standing=getattr(found, "standing", None),
        statistics=getattr(found, "statistics", None),
        contacts=found.all_contacts,
        consents=found.newest_consents,
        refs=[str(ref) for ref in found.all_refs],
        tags=[str(each.tag) for each in found.all_tags],
        last_touch_at=getattr(Touch.objects.filter(customer=pk, by__isnull=False).order_by("-at").first(), "at", None),
    )


def _lines(first: Customer, second: Customer, keep: str) -> list[FieldLine]:
    """Fields that either card has."""
    lines = [_line(name, _label(name), _shown(first, name), _shown(second, name), keep) for name in FIELDS]
    codes = {*first.custom, *second.custom}
    for own in CustomField.objects.filter(code__in=codes):
        ours, theirs = (shown_value(own.kind, card.custom.get(own.code)) for card in (first, second))
        lines.append(_line(f"{OWN_FIELD}{own.code}", own.name, ours, theirs, keep))
    return [line for line in lines if line.first or line.second]


def _line(name: str, label: Any, first: str, second: str, keep: str) -> FieldLine:
    ours, theirs = (first, second) if keep == "first" else (second, first)
    other = "second" if keep == "first" else "first"
    return FieldLine(name, label, first, second, other if theirs and not ours else keep)


def _label(name: str) -> Any:
    return LABELS.get(name) or capfirst(str(getattr(Customer._meta.get_field(name), "verbose_name", name)))


def _shown(customer: Customer, name: str) -> str:
    if name == "owner_id":
        return str(customer.owner or pgettext_lazy("owner", "in the pool"))
    display = getattr(customer, f"get_{name}_display", None)
    value = display() if display else getattr(customer, name)
    if isinstance(value, date):
        return exact_date_text(value)
    return str(value) if value not in (None, "") else ""
