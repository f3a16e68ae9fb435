"""What the customer's card shows, in a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404

from campaigns.models import Delivery
from core.frozen import Frozen
from core.models import User
from core.periods import company_day
from customers.models import Customer, Obligation, ObligationState, Order
from dashboard.queries.customer_side import Side, side_of, with_side
from loyalty.models import PromoCode
from market.queries import departure_of, departure_rows
from nps.models import Response
from segmentation.models import CategoryGrade, GradeChange, LifecycleChange, PurchaseStatistics, Standing, XMark
from segmentation.queries.needs import NeedLine, need_lines, need_rows
from touches.models import Task, Touch
from touches.queries import cadence_of, open_tasks
from touches.rules.cadence import Regularity, effective_grade, next_touch_on

ORDERS_AT_ONCE = 20
MESSAGES_SHOWN = 50


@dataclass(frozen=True)
class NextTouch:
    """When the cadence asks for the next touch; `due_on` is None where it asks for none."""

    regularity: Regularity | None
    due_on: date | None
    last_at: datetime | None
    grade: str

    def is_overdue(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class Card:
    """The customer with everything above the tabs. What a customer without orders lacks is None."""

    customer: Customer
    standing: Standing | None
    statistics: PurchaseStatistics | None
    x_mark: XMark | None
    channel: str
    needs: list[NeedLine]
    departure: dict[str, Any] | None
    side: Side
    tasks: list[Task]
    next_touch: NextTouch
    today: date

    @property
    def potential(self) -> Decimal:
        """What all needs together would bring a year."""
        return sum((need.potential for need in self.needs), Decimal(0))

    @property
    def average_check(self) -> Decimal | None:
        return self.statistics.revenue / self.statistics.orders if self.statistics else None

    @property
    def days_since(self) -> int | None:
        return (self.today - self.statistics.last_on).days if self.statistics else None

    @property
    def leaving(self) -> float | None:
        """The probability that the customer will not buy again."""
        alive = self.standing.p_alive if self.standing is not None else None
        return None if alive is None else 1 - alive


def customer_card(*, user: User, pk: int, now: datetime) -> Card:
    """The card of a customer that the user may see; Http404 for any other."""
    today = company_day(now)
    customer = _customer(user, pk)
    standing, statistics = getattr(customer, "standing", None), getattr(customer, "statistics", None)
    x_mark = getattr(customer, "x_mark", None)
    acquisition = getattr(customer, "acquisition", None)
    return Card(
        customer=customer,
        standing=standing,
        statistics=statistics,
        x_mark=x_mark,
        channel=acquisition.channel.name if acquisition and acquisition.channel else customer.channel_code,
        needs=need_lines(customer.need_rows),
        departure=departure_of(customer.departure_rows),
        side=side_of(customer),
        tasks=list(open_tasks(pk)),
        next_touch=_next_touch(customer, standing, statistics, x_mark),
        today=today,
    )


def _last_touch() -> Subquery:
    by_people = Touch.objects.filter(customer=OuterRef("pk"), by__isnull=False).order_by("-at")
    return Subquery(by_people.values("at")[:1])


def _categories() -> ArraySubquery:
    by_category = CategoryGrade.objects.filter(customer=OuterRef("pk")).order_by("category__name")
    return ArraySubquery(by_category.values(row=JSONObject(name="category__name", grade="grade")))


def _promised() -> QuerySet[Obligation]:
    return Obligation.objects.filter(customer=OuterRef("pk"), state=ObligationState.OPEN).order_by()


READ_ALONG = {
    "last_touch_at": Frozen(_last_touch),
    "category_rows": Frozen(_categories),
    "promises": Frozen(lambda: Subquery(_promised().values("customer").annotate(number=Count("pk")).values("number"))),
    "need_rows": Frozen(need_rows),
    "departure_rows": Frozen(departure_rows),
    "first_due": Frozen(lambda: Subquery(_promised().order_by("due_on").values("due_on")[:1])),
}


def _customer(user: User, pk: int) -> Any:
    customers = Customer.objects.for_user(user).select_related(
        "owner", "standing", "statistics", "x_mark__set_by", "acquisition__channel"
    )
    found = with_side(customers.filter(pk=pk)).annotate(**READ_ALONG)
    customer = found.first()
    if customer is None:
        raise Http404
    return customer


def _next_touch(
    customer: Any, standing: Standing | None, statistics: PurchaseStatistics | None, x_mark: XMark | None
) -> NextTouch:
    letter = effective_grade(standing.grade if standing else "", x_mark is not None)
    regularity = cadence_of().get(letter)
    last = customer.last_touch_at
    due_on = next_touch_on(
        regularity,
        last_touch=company_day(last) if last else None,
        last_order=statistics.last_on if statistics else None,
        lifecycle=standing.lifecycle if standing else "",
    )
    return NextTouch(regularity, due_on, last, letter)


def orders_page(customer_id: int, start: int) -> list[Order]:
    """Orders of the customer with their lines, newest first; one more than shown if there are more."""
    orders = Order.objects.filter(customer=customer_id).order_by("-placed_on", "-placed_at", "-pk")
    return list(orders.prefetch_related("lines__product")[start : start + ORDERS_AT_ONCE + 1])


def messages_of(customer_id: int) -> QuerySet[Delivery]:
    """The last messages to the customer, sent or not."""
    return Delivery.objects.filter(customer=customer_id).order_by("-pk")[:MESSAGES_SHOWN]


def promo_codes_of(customer_id: int) -> QuerySet[PromoCode]:
    """Promo codes of the customer, newest first, with what they give and the order that used them."""
    codes = PromoCode.objects.filter(customer=customer_id).select_related("offer", "redeemed_by")
    return codes.order_by("-issued_at")


def answers_of(customer_id: int) -> QuerySet[Response]:
    """NPS answers of the customer, newest first."""
    return Response.objects.filter(customer=customer_id).order_by("-answered_at")


def grade_changes(customer_id: int) -> QuerySet[GradeChange]:
    """Changes of grade with the numbers that caused them, newest first."""
    return GradeChange.objects.filter(customer=customer_id).order_by("-on")


def stage_changes(customer_id: int) -> QuerySet[LifecycleChange]:
    """Changes of stage with the numbers that caused them, newest first."""
    return LifecycleChange.objects.filter(customer=customer_id).order_by("-on")
