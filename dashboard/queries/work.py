"""How the work on the base goes, at this minute."""

from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db.models import Count, QuerySet

from campaigns.models import Flow, FlowTrigger
from campaigns.queries.flow_effect import flow_effect
from campaigns.rules.effect import Estimate
from core.models import User
from customers.models import Customer
from nps.queries import total_score
from nps.rules.score import Score
from touches.models import TaskState
from touches.queries import tasks_for

FLOWS = 2
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Overdue:
    """Open tasks of one person that were due before today; those of nobody wait in the pool."""

    owner_id: int | None
    name: str
    tasks: int


@dataclass(frozen=True)
class WinBack:
    """A flow for those who leave. `share` is how many more of the treated ordered than of the holdout."""

    code: str
    name: str
    entered: int
    held_out: int
    share: Estimate | None

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.share is not None and (self.share.low > 0 or self.share.high < 0)


@dataclass(frozen=True)
class Work:
    """What customers say, what was promised to them and not done, and what the flows changed."""

    nps: Score
    overdue: list[Overdue]
    win_back: list[WinBack]

    @property
    def overdue_tasks(self) -> int:
        return sum(row.tasks for row in self.overdue)


def work(*, user: User, today: date, buyers: int, within: QuerySet[Customer] | None = None) -> Work:
    """Of the customers that the user may see, or of a part of them; flows are judged over all who entered."""
    score = total_score(user, today, population=buyers, within=within)
    return Work(score, overdue_tasks(user, today, within), win_back_effects(today))


def overdue_tasks(user: User, today: date, within: QuerySet[Customer] | None = None) -> list[Overdue]:
    """By person, the longest list first."""
    late = tasks_for(user).filter(state=TaskState.OPEN, due_on__lt=today)
    if within is not None:
        late = late.filter(customer__in=within.order_by().values("pk"))
    rows = (
        late.values_list("owner_id", "owner__first_name", "owner__last_name")
        .annotate(tasks=Count("pk"))
        .order_by("-tasks", "owner_id")
    )
    return [Overdue(pk, f"{first or ''} {last or ''}".strip(), tasks) for pk, first, last, tasks in rows]


def win_back_effects(today: date) -> list[WinBack]:
    """The flows for leaving customers, those at work first, at most FLOWS.

    Reads every passage, and is therefore kept for the day.
    """
    return cache.get_or_set(f"win-back-effects:{today}", lambda: _win_back_effects(today), DAY_SECONDS) or []


def _win_back_effects(today: date) -> list[WinBack]:
    flows = Flow.objects.filter(trigger=FlowTrigger.LIFECYCLE, enrolments__isnull=False).distinct()
    return [_win_back(flow, today) for flow in flows.order_by("-is_active", "name")[:FLOWS]]


def _win_back(flow: Flow, today: date) -> WinBack:
    effect = flow_effect(flow, today)
    return WinBack(flow.code, flow.name, effect.treated.entered, effect.holdout.entered, effect.share)
