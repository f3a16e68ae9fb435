"""Keeping customers against winning them: what a unit of money brought, month by month."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from acquisition.models import RetentionKind, RetentionSpend, Spend
from campaigns.queries.monthly_effect import FlowMonth, flow_months, message_costs, pooled
from core.money import from_minor
from core.periods import add_months, day_start, month_start, months_between, months_from
from customers.models import Order, ServiceCost
from dashboard.figures.kept import kept
from segmentation.models import Cohort, CohortMonth

NOTHING = Decimal(0)
YEAR = 12
# Below such a change of spend chance decides what one more unit brought.
LEAST_CHANGE = Decimal("0.1")


@dataclass(frozen=True)
class Side:
    """What was spent in a month and the margin it brought, in currency; none is not known.

    `marginal` is what one more unit brought, by the change from the month before.
    """

    spend: Decimal | None
    margin: Decimal | None
    marginal: Decimal | None = None

    @property
    def per_unit(self) -> Decimal | None:
        if self.spend is None or self.margin is None or self.spend <= 0:
            return None
        return self.margin / self.spend


@dataclass(frozen=True)
class Keeping:
    """The arithmetic of keeping customers.

    `paid`: by kind, none where nothing is entered. `proved_flows`: ids of those that proved over the whole period that
    they add margin; a month alone proves little, and of many months one always looks good by chance.
    """

    messages: Decimal
    discounts: Decimal
    points: Decimal
    paid: dict[str, Decimal | None]
    flows: list[FlowMonth] = field(default_factory=list)
    proved_flows: frozenset[int] = frozenset()

    @property
    def direct(self) -> Decimal:
        """What flows themselves took: messages and discounts."""
        return self.messages + self.discounts

    @property
    def spend(self) -> Decimal | None:
        """None where nothing at all is known."""
        known = [each for each in self.paid.values() if each is not None]
        total = sum(known, self.messages + self.discounts + self.points)
        return total if known or total else None

    @property
    def proved(self) -> Decimal | None:
        """None where no flow took anybody in."""
        if not self.flows:
            return None
        return sum((_money(row.added) for row in self.flows if row.flow_id in self.proved_flows), NOTHING)

    @property
    def unproved(self) -> Decimal | None:
        """What the groups differ by without proof; it may be below nothing."""
        unproved = [row for row in self.flows if row.flow_id not in self.proved_flows]
        told = [_money(row.added) for row in unproved if row.added is not None]
        return sum(told, NOTHING) if told else None


@dataclass(frozen=True)
class Winning:
    """The arithmetic of winning customers in a month.

    realised: their margin in their first 12 months of life, so far. forecast: of 12 months, of which `months_left`
    are left of that year.
    """

    spend: Decimal | None
    customers: int
    realised: Decimal
    forecast: Decimal
    months_left: int

    @property
    def expected(self) -> Decimal:
        return self.forecast * self.months_left / YEAR

    @property
    def margin(self) -> Decimal | None:
        return self.realised + self.expected if self.customers else None


@dataclass(frozen=True)
class MonthPair:
    """A month (none: the whole period) on both sides."""

    month: date | None
    keeping: Keeping
    winning: Winning
    old: Side
    new: Side


@dataclass(frozen=True)
class OldNew:
    """Months, and all of them together; there the proof of each flow is that of the whole period."""

    months: list[MonthPair]
    whole: MonthPair
    has_anything: bool


def old_new(*, first: date, last: date, today: date) -> OldNew:
    """The months from `first` to `last`, none after that of `today`."""
    first, last = month_start(first), min(month_start(last), month_start(today))
    end = add_months(last, 1)
    months = list(months_between(first, last))
    paid, spent = _retention(first, end), _spent(first, end)
    counted = kept(f"old-against-new:{first:%Y-%m}:{last:%Y-%m}", lambda: _Counted.read(first, end, today))
    pairs: list[MonthPair] = []
    for month in months:
        keeping = counted.keeping(month, paid.get(month, {}))
        winning = counted.winning(month, spent.get(month), today)
        before = pairs[-1] if pairs else None
        pairs.append(_pair(month, keeping, winning, before))
    return OldNew(pairs, _whole(pairs, counted), any(_is_told(pair) for pair in pairs))


@dataclass(frozen=True)
class _Counted:
    """What changes with the night only."""

    messages: dict[date, Decimal]
    discounts: dict[date, Decimal]
    points: dict[date, Decimal]
    flows: list[FlowMonth]
    proved_flows: frozenset[int]
    cohorts: dict[date, tuple[int, Decimal]]
    margins: dict[date, Decimal]

    @classmethod
    def read(cls, first: date, end: date, today: date) -> "_Counted":
        cohorts = Cohort.objects.filter(month__gte=first, month__lt=end)
        flows = flow_months(first, end, today)
        return cls(
            messages={month: from_minor(cost) for month, cost in message_costs(first, end).items()},
            discounts=_discounts(first, end),
            points=_points(first, end),
            flows=flows,
            proved_flows=frozenset(row.flow_id for row in pooled(flows) if row.is_proved),
            cohorts={row.month: (row.customers, row.predicted_12) for row in cohorts},
            margins=_first_year(first, end),
        )

    def keeping(self, month: date, paid: dict[str, Decimal]) -> Keeping:
        return Keeping(
            messages=self.messages.get(month, NOTHING),
            discounts=self.discounts.get(month, NOTHING),
            points=self.points.get(month, NOTHING),
            paid={kind: paid.get(kind) for kind in RetentionKind.values},
            flows=[row for row in self.flows if row.month == month],
            proved_flows=self.proved_flows,
        )

    def winning(self, month: date, spend: Decimal | None, today: date) -> Winning:
        customers, forecast = self.cohorts.get(month, (0, NOTHING))
        lived = months_from(month, today) + 1
        return Winning(spend, customers, self.margins.get(month, NOTHING), forecast, max(0, YEAR - lived))


def _pair(month: date, keeping: Keeping, winning: Winning, before: MonthPair | None) -> MonthPair:
    old = Side(keeping.spend, keeping.proved)
    new = Side(winning.spend, winning.margin)
    if before is not None:
        old = Side(old.spend, old.margin, _marginal(old, before.old))
        new = Side(new.spend, new.margin, _marginal(new, before.new))
    return MonthPair(month, keeping, winning, old, new)


def _marginal(now: Side, before: Side) -> Decimal | None:
    if now.spend is None or before.spend is None or now.margin is None or before.margin is None:
        return None
    more = now.spend - before.spend
    if not more or abs(more) < before.spend * LEAST_CHANGE or not (now.margin or before.margin):
        return None
    return (now.margin - before.margin) / more


def _whole(pairs: list[MonthPair], counted: _Counted) -> MonthPair:
    """All months together; a side's sums are of the months in which its spend is known."""
    keeping = Keeping(
        messages=sum((pair.keeping.messages for pair in pairs), NOTHING),
        discounts=sum((pair.keeping.discounts for pair in pairs), NOTHING),
        points=sum((pair.keeping.points for pair in pairs), NOTHING),
        paid={kind: _known_sum([pair.keeping.paid[kind] for pair in pairs]) for kind in RetentionKind.values},
        flows=pooled(counted.flows),
        proved_flows=counted.proved_flows,
    )
    told = [pair for pair in pairs if pair.winning.spend is not None]
    winning = Winning(
        _known_sum([pair.winning.spend for pair in told]),
        sum(pair.winning.customers for pair in told),
        sum((pair.winning.realised for pair in told), NOTHING),
        sum((pair.winning.forecast for pair in told), NOTHING),
        0,
    )
    margin = _known_sum([pair.winning.margin for pair in told])
    return MonthPair(None, keeping, winning, Side(keeping.spend, keeping.proved), Side(winning.spend, margin))


def _is_told(pair: MonthPair) -> bool:
    return bool(pair.old.spend is not None or pair.new.spend is not None or pair.keeping.flows)


def _known_sum(values: list[Decimal | None]) -> Decimal | None:
    known = [each for each in values if each is not None]
    return sum(known, NOTHING) if known else None


def _retention(first: date, end: date) -> dict[date, dict[str, Decimal]]:
    found: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for row in RetentionSpend.objects.filter(month__gte=first, month__lt=end):
        found[row.month][row.kind] = row.amount
    return dict(found)


def _spent(first: date, end: date) -> dict[date, Decimal]:
    rows = Spend.objects.filter(month__gte=first, month__lt=end).values_list("month").annotate(sum=Sum("amount"))
    return dict(rows.order_by())


def _discounts(first: date, end: date) -> dict[date, Decimal]:
    """What promo codes took off the orders of each month."""
    orders = Order.objects.counted().filter(placed_on__gte=first, placed_on__lt=end).exclude(promo_code="")
    rows = orders.annotate(month=TruncMonth("placed_on")).values_list("month").annotate(sum=Sum("discount"))
    return dict(rows.order_by())


def _points(first: date, end: date) -> dict[date, Decimal]:
    """Costs of service other than messages, which are counted where they are sent."""
    costs = ServiceCost.objects.filter(at__gte=day_start(first), at__lt=day_start(end)).exclude(kind="message")
    rows = costs.annotate(month=TruncMonth("at")).values_list("month").annotate(sum=Sum("amount")).order_by()
    return {month.date(): amount for month, amount in rows}


def _first_year(first: date, end: date) -> dict[date, Decimal]:
    """By month won: the margin of the first 12 calendar months of life."""
    margins: dict[date, Decimal] = defaultdict(Decimal)
    for row in CohortMonth.objects.filter(first_month__gte=first, first_month__lt=end):
        if row.month < add_months(row.first_month, YEAR):
            margins[row.first_month] += row.margin
    return dict(margins)


def _money(value: float | None) -> Decimal:
    return NOTHING if value is None else Decimal(str(round(value, 2)))
