"""What a manager is told about the week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Sum

from acquisition.models import InquiryStanding
from acquisition.queries import MonthCost
from acquisition.rules.leaks import LEAKS
from core.models import User
from core.roles import Role
from customers.models import ContactPoint, ContactStatus
from dashboard.figures.kept import kept
from dashboard.queries.base import costs
from dashboard.queries.base_value import Month, Move, latest_month
from dashboard.queries.leaks import Worth, worths_of_new
from dashboard.queries.overview import Change
from nps.queries import total_score
from nps.rules.score import Score
from segmentation.models import LEAVING, BaseSnapshot, Standing, SummaryState, WeeklySummary

WEEK = timedelta(days=7)
TO_CALL = 5
# A letter of an older week is no news.
UNSENT_SINCE = 2 * WEEK


@dataclass(frozen=True)
class Leaks:
    """Inquiries of the week that were lost, and the margin that they would have brought."""

    count: int
    margin: Decimal


@dataclass(frozen=True)
class Summary:
    """The week that ended with the day before `until`. `week` is none without a night a week earlier."""

    since: date
    until: date
    snapshot: BaseSnapshot
    week: Change | None
    month: Month | None
    to_call: list[Standing]
    leaks: Leaks
    cost: MonthCost
    nps: Score

    @property
    def last(self) -> date:
        """The last day that it tells of."""
        return self.until - timedelta(days=1)

    @property
    def moves(self) -> list[Move]:
        """What moved the base value since the month began, the greatest first."""
        moves = self.month.moves.values() if self.month and self.month.since else ()
        return sorted((move for move in moves if move.amount), key=lambda move: -abs(move.amount))


def weekly_summary(*, user: User, today: date) -> Summary | None:
    """The seven days before `today`, of the customers that the user may see; none before the first night."""
    # One a day at most: these reach back to the night of a week before.
    snapshots = list(BaseSnapshot.objects.filter(on__lte=today).order_by("-on")[: 2 * WEEK.days])
    if not snapshots or not snapshots[0].buyers:
        return None
    snapshot = snapshots[0]
    since = today - WEEK
    return Summary(
        since=since,
        until=today,
        snapshot=snapshot,
        week=_week(snapshots),
        month=latest_month(today),
        to_call=customers_to_call(user),
        leaks=_leaks(since, today),
        cost=costs(today).last_month,
        nps=total_score(user, today, population=snapshot.buyers),
    )


def letters_for(user: User, today: date) -> tuple[WeeklySummary | None, list[WeeklySummary]]:
    """The last letter to the user, and the unsent ones to anybody that are still wanted, in one query."""
    mine = WeeklySummary.objects.filter(user=user).order_by("-week").values("pk")[:1]
    unsent = ExpressionWrapper(_unsent(today), output_field=BooleanField())
    letters = WeeklySummary.objects.select_related("user__summary_opt_out").annotate(is_unsent=unsent)
    asked = letters.filter(Q(is_unsent=True) | Q(pk=Subquery(mine)))
    rows = list(asked.order_by("-week", "user__first_name", "pk"))
    last = next((row for row in rows if row.user_id == user.pk), None)
    return last, [row for row in rows if row.is_unsent]


def wants_letters(user: User, last: WeeklySummary | None) -> bool:
    """Whether the user has not declined; the last letter knows it."""
    return not hasattr(user if last is None else last.user, "summary_opt_out")


def _unsent(today: date) -> Q:
    """Letters that failed, or of which nobody knows whether they arrived."""
    return Q(
        state__in=(SummaryState.FAILED, SummaryState.AMBIGUOUS),
        week__gt=today - UNSENT_SINCE,
        user__is_active=True,
        user__role=Role.MANAGER,
        user__summary_opt_out=None,
    )


def customers_to_call(user: User) -> list[Standing]:
    """Those who are leaving, can be reached, and of whom most may be lost."""
    reachable = ContactPoint.objects.filter(customer=OuterRef("customer"), status=ContactStatus.VALID)
    leaving = Standing.objects.for_user(user).filter(Exists(reachable), lifecycle__in=LEAVING, value_at_risk__gt=0)
    return list(
        leaving.select_related("customer__owner").order_by("-risk_band", "-value_at_risk", "customer_id")[:TO_CALL]
    )


def _week(snapshots: list[BaseSnapshot]) -> Change | None:
    """The first against the night a week before, or the last one before that within another week."""
    last, *earlier = snapshots
    before = (each for each in earlier if last.on - 2 * WEEK < each.on <= last.on - WEEK)
    found = next(before, None)
    return Change(found.base_value, last.base_value) if found else None


def _leaks(since: date, until: date) -> Leaks:
    """As the leak meter values them: those who have bought by their own forecast, others by that of their channel."""
    lost = InquiryStanding.objects.filter(happened_on__gte=since, happened_on__lt=until, state__in=LEAKS)
    rows = list(
        lost.annotate(is_buyer=Q(inquiry__customer__standing__isnull=False))
        .values_list("channel_id", "is_buyer")
        .annotate(count=Count("pk"), known=Sum("inquiry__customer__standing__predicted_36"))
    )
    # Reads all customers won in a year.
    has_new = not all(row[1] for row in rows)
    worths = kept(f"worths:{until}", lambda: worths_of_new(until)) if has_new else {}
    total, margin = 0, Decimal(0)
    for channel, is_buyer, count, known in rows:
        total += count
        margin += (known or Decimal(0)) if is_buyer else count * _expected(worths, channel)
    return Leaks(total, margin)


def _expected(worths: Mapping[int | None, Worth], channel: int | None) -> Decimal:
    return worths[channel].expected if channel in worths else Decimal(0)
