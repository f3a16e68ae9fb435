"""Why the forecast of one customer is what it is: the inputs, the method, the curves."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from django.http import Http404
from numpy.typing import NDArray

from core.models import User
from core.money import from_minor, to_minor
from customers.models import Customer, Order
from segmentation.models import ModelFit, PurchaseStatistics, Standing
from segmentation.queries.histories import UNIT
from segmentation.queries.policies import fit_in_force, policies_in_force
from segmentation.rules.ltv import Adjustment, Histories, MarginModel, Margins
from segmentation.rules.ltv.predict import FittedOrders, Forecast, OrderModel, predict
from segmentation.rules.stored_fit import load

MONTHS = 36
YEAR = 12
# Points of the curve of the past, at most; purchases have points of their own.
_POINTS = 120
_AHEAD_DAYS = 366
_AHEAD_STEP = 14


@dataclass(frozen=True)
class AlivePoint:
    """P(alive) as of a day; after the day of the forecast: if no order comes until then."""

    on: date
    p_alive: float
    is_ahead: bool


@dataclass(frozen=True)
class Words:
    """What the parameters of the fit say, of everybody and of this customer. Days, and shares of one.

    usual_gap: between the orders of an average customer who has not left; own_gap: of this one. drop_out: how many do
    not come back after an order, on average. own_margin: how much the own mean margin counts.
    """

    usual_gap: float | None
    own_gap: float | None
    drop_out: float | None
    own_margin: float


@dataclass(frozen=True)
class Why:
    """The forecast of one customer in its parts.

    while_alive: orders expected in 12 months if the customer has not left. mean_margin: the own mean of repeat orders,
    None where there are none. margins: cumulative and discounted, after 1 to MONTHS months.
    """

    customer: Customer
    standing: Standing
    statistics: PurchaseStatistics
    fit: ModelFit
    discount: Decimal
    words: Words
    alive: list[AlivePoint]
    margins: list[Decimal]
    orders: float
    while_alive: float | None
    p_alive: float | None
    mean_margin: Decimal | None
    margin_per_order: Decimal
    adjustment: Adjustment

    @property
    def age_days(self) -> int:
        return (self.standing.as_of - self.statistics.first_on).days

    @property
    def repeats(self) -> int:
        return self.statistics.purchase_days - 1

    @property
    def mean_gap(self) -> float | None:
        """Days between two purchases so far; None after one."""
        days = (self.statistics.last_on - self.statistics.first_on).days
        return days / self.repeats if self.repeats else None

    @property
    def leaving(self) -> float | None:
        """The probability that the customer will not buy again."""
        return None if self.p_alive is None else 1 - self.p_alive

    @property
    def is_current(self) -> bool:
        """Whether the figures of the card were made by the fit shown, and not by one before it."""
        return to_minor(self.margins[YEAR - 1]) == to_minor(self.standing.predicted_12)

    @property
    def ahead(self) -> list[AlivePoint]:
        """What waiting does to P(alive): about 3, 6 and 12 months without an order."""
        later = [point for point in self.alive if point.is_ahead]
        return [min(later, key=lambda point: abs((point.on - self._after(days)).days)) for days in (91, 182, 365)]

    def _after(self, days: int) -> date:
        return self.standing.as_of + timedelta(days=days)


def customer_forecast(*, user: User, pk: int) -> Why | None:
    """None where there is nothing to explain yet; Http404 for a customer whom the user may not see. Four queries."""
    customer = Customer.objects.for_user(user).select_related("standing", "statistics").filter(pk=pk).first()
    if customer is None:
        raise Http404
    standing, statistics = getattr(customer, "standing", None), getattr(customer, "statistics", None)
    fit = fit_in_force()
    if standing is None or statistics is None or fit is None:
        return None
    return _why(customer, standing, statistics, fit)


def _why(customer: Customer, standing: Standing, statistics: PurchaseStatistics, fit: ModelFit) -> Why:
    orders, margin = load(fit.method, fit.parameters)
    discount = policies_in_force(standing.as_of)[customer.kind].discount_rate
    bought = _purchase_days(customer.pk, standing.as_of)
    history = _histories(bought, [standing.as_of])
    margins = _margins(statistics)
    told = predict(
        orders,
        margin,
        history,
        margins,
        horizons_months=range(1, MONTHS + 1),
        annual_discount=float(discount),
    )
    p_alive = float(told.p_alive[0]) if told.p_alive is not None else None
    expected = float(told.expected_orders[0, YEAR - 1])
    repeats = statistics.purchase_days - 1
    return Why(
        customer,
        standing,
        statistics,
        fit,
        discount,
        words=_words(orders, margin, history, margins),
        alive=_alive(orders, bought, standing.as_of),
        margins=_cumulative(told),
        orders=expected,
        while_alive=expected / p_alive if p_alive else None,
        p_alive=p_alive,
        mean_margin=(statistics.margin - statistics.first_margin) / repeats if repeats else None,
        margin_per_order=from_minor(round(float(told.margin_per_order[0]))),
        adjustment=Adjustment(int(told.adjustment[0])),
    )


def _purchase_days(customer_id: int, as_of: date) -> list[date]:
    days = Order.objects.counted().filter(customer=customer_id, placed_on__lte=as_of)
    return list(days.order_by("placed_on").values_list("placed_on", flat=True).distinct())


def _histories(bought: list[date], days: list[date]) -> Histories:
    """The customer's history as it was known on each of the days, none before the first purchase."""
    purchases = np.array([day.toordinal() for day in bought])
    at = np.array([day.toordinal() for day in days])
    seen = np.searchsorted(purchases, at, side="right")
    return Histories.from_customers(seen - 1, purchases[seen - 1] - purchases[0], at - purchases[0], UNIT)


def _margins(statistics: PurchaseStatistics) -> Margins:
    """As the night reads them: the mean of repeat purchase days, in minor units."""
    repeats = statistics.purchase_days - 1
    total = to_minor(statistics.margin) - to_minor(statistics.first_margin)
    return Margins.from_customers([repeats], [total / max(repeats, 1)])


def _cumulative(told: Forecast) -> list[Decimal]:
    return [from_minor(int(np.rint(minor))) for minor in told.predicted_margin[0]]


def _alive(orders: OrderModel, bought: list[date], as_of: date) -> list[AlivePoint]:
    """From the first purchase on; empty where the method does not know. Purchases show as jumps."""
    first, last = bought[0].toordinal(), as_of.toordinal()
    step = max(1, -(-(last - first) // _POINTS))
    jumps = {each for day in bought for each in (day.toordinal() - 1, day.toordinal()) if first <= each <= last}
    past = sorted(jumps | set(range(first, last, step)) | {last})
    ahead = list(range(last + _AHEAD_STEP, last + _AHEAD_DAYS + 1, _AHEAD_STEP))
    days = [date.fromordinal(each) for each in [*past, *ahead]]
    histories = _histories(bought, days)
    alive = orders.probability_alive(histories)
    if alive is None:
        return []
    shares: NDArray[np.float64] = histories.expand(alive)
    return [AlivePoint(day, float(share), day > as_of) for day, share in zip(days, shares, strict=True)]


def _words(orders: OrderModel, margin: MarginModel, history: Histories, margins: Margins) -> Words:
    own_margin = float(margin.credibility(margins.count)[0])
    if not isinstance(orders, FittedOrders):
        return Words(None, None, None, own_margin)
    params, unit = orders.params, float(orders.unit)
    x, age = float(history.frequency[0]), float(history.age[0])
    return Words(
        usual_gap=unit * params.alpha / params.r,
        own_gap=unit * (params.alpha + age) / (params.r + x),
        drop_out=params.a / (params.a + params.b),
        own_margin=own_margin,
    )
