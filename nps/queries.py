"""Every read of this app."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple, TypeVar

from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, TruncMonth
from django.utils import timezone

from core.models import User
from core.periods import add_months, company_day, month_start, months_between
from customers.models import Customer
from nps.models import SCORES_OF, Invitation, Response, ResponseKind
from nps.models import ResponseQuerySet as Responses
from nps.rules.recovery import KEY
from nps.rules.score import Score
from segmentation.models import BaseSnapshot
from touches.models import Task

MONTHS = 12
Key = TypeVar("Key", date, str)


class Counts(NamedTuple):
    """Answers by kind."""

    promoters: int
    passives: int
    detractors: int


@dataclass(frozen=True)
class Results:
    """The score of a period, by month and by grade at the time of the answer ("" is no grade yet).

    `invited` and `answered` count our own invitations of the period, for the response rate.
    """

    first: date
    total: Score
    by_month: dict[date, Score]
    by_grade: dict[str, Score]
    invited: int
    answered: int

    @property
    def response_rate(self) -> float | None:
        """Answered invitations among those sent in the period; None without any."""
        return self.answered / self.invited if self.invited else None


def results(user: User, as_of: date) -> Results:
    """The last twelve months, this one included, of the customers that the user may see."""
    first = add_months(month_start(as_of), 1 - MONTHS)
    rows = _counted(answers(user).filter(answered_at__gte=_moment(first)))
    invited, answered = _asked(user, first)
    by_month = _grouped((month, counts) for month, _grade, counts in rows)
    by_grade = _grouped((grade, counts) for _month, grade, counts in rows)
    return Results(
        first=first,
        total=_score((counts for _month, _grade, counts in rows), _population(user)),
        by_month={month: by_month.get(month, Score(0, 0, 0)) for month in months_between(first, as_of)},
        by_grade=dict(sorted(by_grade.items(), key=lambda pair: pair[0] or "Z")),
        invited=invited,
        answered=answered,
    )


def first_month(as_of: date) -> date:
    """The first of the twelve months whose answers count."""
    return add_months(month_start(as_of), 1 - MONTHS)


def total_score(
    user: User, as_of: date, population: int | None = None, within: QuerySet[Customer] | None = None
) -> Score:
    """The score of the last twelve months alone, for the overview, which may know the number of buyers.

    within: of these customers only.
    """
    found = answers(user).filter(answered_at__gte=_moment(first_month(as_of)))
    if within is not None:
        found = found.filter(customer__in=within.order_by().values("pk"))
    return Score(**found.aggregate(**_BY_KIND), population=population or _population(user))


def answers(user: User) -> Responses:
    """Answers of the customers that the user may see."""
    return Response.objects.for_user(user)


def answer_rows(
    user: User, *, month: date | None = None, since: date | None = None, grade: str | None = None, kind: str = ""
) -> Responses:
    """Answers newest first, with the state of the recovery task; by month or from one on, grade then, kind."""
    found = answers(user)
    if since is not None:
        found = found.filter(answered_at__gte=_moment(since))
    if month is not None:
        found = found.filter(answered_at__gte=_moment(month), answered_at__lt=_moment(add_months(month, 1)))
    if grade is not None:
        found = found.filter(grade=grade)
    if kind:
        found = found.of_kind(kind)
    return with_recovery(found).select_related("customer__owner").order_by("-answered_at", "-pk")


def with_recovery(responses: Responses) -> Responses:
    """Each answer with `recovery`, the state of its recovery task, if it has one."""
    key = Concat(Value(KEY), Cast(OuterRef("invitation_id"), CharField()))
    return responses.annotate(recovery=Subquery(Task.objects.filter(key=key).values("state")[:1]))


def months_answered(user: User, as_of: date) -> list[date]:
    """The months that the filter of the list offers, newest first."""
    first = answers(user).order_by("answered_at").values_list("answered_at", flat=True).first()
    return list(months_between(company_day(first), as_of))[::-1] if first else []


_BY_KIND = {
    "promoters": Count("pk", filter=SCORES_OF[ResponseKind.PROMOTER]),
    "passives": Count("pk", filter=SCORES_OF[ResponseKind.PASSIVE]),
    "detractors": Count("pk", filter=SCORES_OF[ResponseKind.DETRACTOR]),
}


def _counted(responses: QuerySet[Response]) -> list[tuple[date, str, Counts]]:
    month = TruncMonth("answered_at", tzinfo=timezone.get_default_timezone())
    by_month = responses.annotate(month=month).values("month", "grade")
    grouped: Iterable[Any] = by_month.annotate(**_BY_KIND).order_by("month")
    return [
        (row["month"].date(), row["grade"], Counts(row["promoters"], row["passives"], row["detractors"]))
        for row in grouped
    ]


def _grouped(pairs: Iterable[tuple[Key, Counts]]) -> dict[Key, Score]:
    groups: dict[Key, list[Counts]] = defaultdict(list)
    for key, counts in pairs:
        groups[key].append(counts)
    return {key: _score(found, None) for key, found in groups.items()}


def _score(counts: Iterable[Counts], population: int | None) -> Score:
    found = list(counts)
    if not found:
        return Score(0, 0, 0)
    promoters, passives, detractors = (sum(column) for column in zip(*found, strict=True))
    return Score(promoters, passives, detractors, population)


def _asked(user: User, first: date) -> tuple[int, int]:
    ours = Invitation.objects.filter(source="", created_at__gte=_moment(first))
    if not user.sees_whole_base:
        ours = ours.filter(customer__in=Customer.objects.for_user(user))
    found = ours.aggregate(invited=Count("pk"), answered=Count("response"))
    return found["invited"], found["answered"]


def _population(user: User) -> int | None:
    """Buyers of the base, as the last night counted them; unknown for a part of the base."""
    if not user.sees_whole_base:
        return None
    return BaseSnapshot.objects.order_by("-on").values_list("buyers", flat=True).first()


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())
