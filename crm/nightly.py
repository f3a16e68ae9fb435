"""The night: what is computed over the whole base, in this order, once per date."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from acquisition.actions import follow_touches
from campaigns.actions import enrol
from core.errors import Conflict, InvalidInput
from core.idempotency import KEPT_FOR, forget_answers
from core.models import Night, NightStep, StepState
from core.periods import company_day
from customers.actions.duplicates import look_at_due, merge_unattended
from dashboard.queries.stated_needs import stated_needs
from loyalty.actions import redeem_codes
from market.actions import follow_returns
from segmentation import actions as segmentation
from touches.actions import judge_at_night

log = structlog.get_logger(__name__)

# Any number, as long as nothing else in the program uses it as an advisory lock.
LOCK = 7_310_002
RETRY_FAILED_AFTER = timedelta(hours=1)
LOOKING_SECONDS = 600

Result = dict[str, Any]


class NightIsRunning(Conflict):
    """Another process is running a night."""

    def __init__(self) -> None:
        super().__init__(_("A night is already running; wait until it is over."))


@dataclass(frozen=True)
class Step:
    """One part of the night. It waits for nothing but `needs`: without them it is not tried."""

    name: str
    run: Callable[[date, datetime], Result]
    needs: tuple[str, ...] = ()


def _statistics(as_of: date, _now: datetime) -> Result:
    return asdict(segmentation.recompute_statistics(as_of=as_of))


def _origins(as_of: date, _now: datetime) -> Result:
    settled = segmentation.settle_origins(as_of=as_of)
    return {"changed": settled.attributed, "origins": settled.origins}


def _ways(as_of: date, _now: datetime) -> Result:
    return {"moved": follow_touches(as_of=as_of)}


def _channels(_as_of: date, _now: datetime) -> Result:
    return {"rows": segmentation.measure_channels()}


def _fit(as_of: date, now: datetime) -> Result:
    if not segmentation.fit_is_due(as_of=as_of):
        return {"fitted": False}
    fit = segmentation.fit_models(as_of=as_of, now=now)
    return {"fitted": True, "method": fit.method, "reason": fit.reason, "customers": fit.customers}


def _standings(as_of: date, now: datetime) -> Result:
    return asdict(segmentation.conclude_base(as_of=as_of, now=now))


def _snapshot(as_of: date, _now: datetime) -> Result:
    return {"buyers": segmentation.take_snapshot(as_of=as_of).buyers}


def _category_grades(as_of: date, _now: datetime) -> Result:
    return asdict(segmentation.regrade_categories(as_of=as_of))


def _grades(as_of: date, _now: datetime) -> Result:
    return {"customers": sum(row[1] for row in segmentation.report_grades(as_of=as_of).parts)}


def _cohorts(as_of: date, _now: datetime) -> Result:
    return {"cohorts": segmentation.recompute_cohorts(as_of=as_of)}


def _duplicates(_as_of: date, now: datetime) -> Result:
    looked = look_at_due(now=now, seconds=LOOKING_SECONDS)
    return {**asdict(looked), "merged": merge_unattended(now=now)}


def _promo_codes(_as_of: date, now: datetime) -> Result:
    return {"redeemed": redeem_codes(at=now)}


def _api_answers(_as_of: date, now: datetime) -> Result:
    return {"forgotten": forget_answers(before=now - KEPT_FOR)}


def _inquiries(as_of: date, now: datetime) -> Result:
    return judge_at_night(today=as_of, now=now)


def _leaving(as_of: date, _now: datetime) -> Result:
    returned = follow_returns()
    return {"returned": returned, **asdict(segmentation.count_losses(as_of=as_of))}


def _x_candidates(as_of: date, _now: datetime) -> Result:
    return {"proposed": segmentation.propose_candidates(as_of=as_of, stated=stated_needs(as_of=as_of))}


def _audiences(as_of: date, now: datetime) -> Result:
    return asdict(segmentation.follow_time(as_of=as_of, now=now))


def _enrolment(as_of: date, now: datetime) -> Result:
    return {"entered": enrol(as_of=as_of, now=now)}


STEPS = (
    Step("statistics", _statistics),
    # Tells by the statistics whose first order moved: the orders of the others are not read again.
    Step("attribution", _origins, needs=("statistics",)),
    Step("ways", _ways, needs=("attribution",)),
    Step("fit", _fit, needs=("statistics",)),
    Step("category_grades", _category_grades, needs=("statistics",)),
    # An old fit still foretells: standings do not wait for a new one.
    Step("standings", _standings, needs=("statistics",)),
    Step("snapshot", _snapshot, needs=("standings",)),
    # The money of those who moved is that of the month's closing.
    Step("grades", _grades, needs=("snapshot",)),
    Step("cohorts", _cohorts, needs=("snapshot", "attribution")),
    Step("channels", _channels, needs=("standings", "attribution")),
    Step("inquiries", _inquiries),
    Step("leaving", _leaving, needs=("standings",)),
    Step("x_candidates", _x_candidates, needs=("standings",)),
    Step("promo_codes", _promo_codes),
    Step("api_answers", _api_answers),
    Step("audiences", _audiences, needs=("standings",)),
    Step("enrolment", _enrolment, needs=("standings",)),
    # Last: the first look at a large base takes minutes, and what it leaves the tick goes on with.
    Step("duplicates", _duplicates),
)


def is_due(*, now: datetime) -> bool:
    """Whether the night of today should run: its time has come, and it is not done.

    A night that was killed is due at once, one that failed an hour later.
    """
    local = timezone.localtime(now, timezone.get_default_timezone())
    if f"{local:%H:%M}" < settings.NIGHTLY_AT:
        return False
    night = Night.objects.filter(date=local.date()).first()
    if night is None or night.state == StepState.RUNNING:
        return True
    if night.state == StepState.DONE or night.finished_at is None:
        return False
    return night.finished_at + RETRY_FAILED_AFTER <= now


def run(*, as_of: date, now: datetime, again: bool = False, steps: tuple[Step, ...] = STEPS) -> Night:
    """Run the night of a day, or what an earlier start left undone of it.

    A night that is done is left as it is, unless `again`. Raises NightIsRunning; InvalidInput for a day to come, and
    for one before a night already run: the histories of the later days would no longer follow from each other.
    """
    with _only_one():
        _check(as_of, now)
        night, _created = Night.objects.get_or_create(date=as_of, defaults={"started_at": now})
        if again:
            night.steps.all().delete()
        elif night.state == StepState.DONE:
            return night
        Night.objects.filter(pk=night.pk).update(state=StepState.RUNNING, started_at=now, finished_at=None)
        done = set(night.steps.filter(state=StepState.DONE).values_list("name", flat=True))
        for position, step in enumerate(steps, start=1):
            if step.name not in done and _take(night, position, step, done, now):
                done.add(step.name)
        night.state = StepState.DONE if len(done) == len(steps) else StepState.FAILED
        night.finished_at = timezone.now()
        night.save(update_fields=["state", "finished_at"])
    night.refresh_from_db()
    return night


def _take(night: Night, position: int, step: Step, done: set[str], now: datetime) -> bool:
    """Try one step, and write down how it went; returns whether it is done."""
    begun = {"position": position, "state": StepState.RUNNING, "seconds": None, "result": {}, "error": ""}
    row, _created = NightStep.objects.update_or_create(night=night, name=step.name, defaults=begun)
    started = time.perf_counter()
    try:
        missing = [name for name in step.needs if name not in done]
        if missing:
            raise Conflict(f"not tried without: {', '.join(missing)}")
        row.result = step.run(night.date, now)
        row.state = StepState.DONE
    except Exception as error:
        # One broken step must not take the others with it; what it was is on the page and in the log.
        log.exception("night_step_failed", step=step.name, date=night.date.isoformat())
        row.state, row.error = StepState.FAILED, f"{type(error).__name__}: {error}"
    row.seconds = time.perf_counter() - started
    row.save()
    return row.state == StepState.DONE


def _check(as_of: date, now: datetime) -> None:
    if as_of > company_day(now):
        raise InvalidInput(_("A night cannot be run for a day to come."), field="as_of")
    later = Night.objects.filter(date__gt=as_of).order_by("-date").first()
    if later:
        text = _(
            "The night of %(date)s has already been run, and it holds all that an earlier one would find. To compute "
            "the base anew, run that night with --again."
        )
        raise InvalidInput(text % {"date": later.date}, field="as_of")


@contextmanager
def _only_one() -> Iterator[None]:
    """A lock of the session, since a night is many transactions; it falls with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise NightIsRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
