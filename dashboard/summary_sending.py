"""The weekly summary: who is to get it, and sending it to each of them once."""

import logging
from collections import Counter
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.gateways.email import EmailGateway
from campaigns.gateways.interface import Email, Refused, Unavailable, Unclear
from core.errors import Conflict, NotFound
from core.models import User
from core.periods import company_day
from core.roles import Role
from dashboard.queries.summary import weekly_summary
from dashboard.summary_letter import compose
from segmentation.models import BaseSnapshot, SummaryOptOut, SummaryState, WeeklySummary

logger = logging.getLogger(__name__)
SENT_FROM = time(8)
# A machine that slept on Monday morning sends it later, and not a week later.
STILL_NEWS = timedelta(days=2)
PAUSE = timedelta(minutes=10)
MOST_ATTEMPTS = 12
# Sending takes seconds: whoever has been at it for so long has died.
DEAD_AFTER = timedelta(minutes=15)


def choose_summary(*, user: User, is_wanted: bool) -> None:
    """Whether the person gets the weekly summary."""
    if is_wanted:
        SummaryOptOut.objects.filter(user=user).delete()
    else:
        SummaryOptOut.objects.get_or_create(user=user)


def send_again(*, summary_id: int, now: datetime) -> WeeklySummary:
    """Make a letter due that failed or may not have arrived: a person asked for it. The tick sends it.

    Raises NotFound, and Conflict where the letter is due, on its way or sent by now.
    """
    with transaction.atomic():
        rows = WeeklySummary.objects.select_for_update(of=("self",)).select_related("user")
        row = rows.filter(pk=summary_id).first()
        if row is None:
            raise NotFound(_("There is no such letter."))
        if row.state not in (SummaryState.FAILED, SummaryState.AMBIGUOUS):
            raise Conflict(_("This letter has been sent meanwhile, or is about to be."))
        row.state, row.due_at, row.changed_at, row.attempts, row.error = SummaryState.DUE, now, now, 0, ""
        row.save(update_fields=["state", "due_at", "changed_at", "attempts", "error"])
    return row


def due_week(now: datetime) -> date | None:
    """The Monday whose summary is to be sent at this moment, if any."""
    today = company_day(now)
    monday = today - timedelta(days=today.weekday())
    moment = datetime.combine(monday, SENT_FROM, tzinfo=timezone.get_default_timezone())
    return monday if moment <= now < moment + STILL_NEWS else None


def line_up(*, now: datetime) -> int:
    """Make a due row for each manager who wants the summary of this week and has none; returns how many want it."""
    week = due_week(now)
    if week is None or not BaseSnapshot.objects.exists():
        return 0
    rows = [WeeklySummary(week=week, user=user, due_at=now, changed_at=now) for user in _readers()]
    WeeklySummary.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def send_due(*, now: datetime, limit: int = 100) -> Counter[str]:
    """Send what is due; returns how many became what. Each row is committed as being sent before its letter goes."""
    tally: Counter[str] = Counter()
    dead = WeeklySummary.objects.filter(state=SummaryState.SENDING, changed_at__lt=now - DEAD_AFTER)
    tally[SummaryState.AMBIGUOUS] += dead.update(state=SummaryState.AMBIGUOUS, changed_at=now)
    gateway = EmailGateway()
    try:
        for _number in range(limit):
            row = _claim(now)
            if row is None:
                break
            tally[_send(row, gateway, now)] += 1
    finally:
        gateway.close()
    return +tally


def _readers() -> list[User]:
    people = User.objects.filter(is_active=True, role=Role.MANAGER, summary_opt_out__isnull=True)
    return list(people.exclude(email="").order_by("pk"))


def _claim(now: datetime) -> WeeklySummary | None:
    """Take the next due row; two senders at once never take the same."""
    with transaction.atomic():
        due = WeeklySummary.objects.filter(state=SummaryState.DUE, due_at__lte=now).order_by("due_at", "pk")
        row = due.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
        if row is not None:
            row.state, row.changed_at, row.attempts = SummaryState.SENDING, now, row.attempts + 1
            row.save(update_fields=["state", "changed_at", "attempts"])
    return row


def _send(row: WeeklySummary, gateway: EmailGateway, now: datetime) -> str:
    """Send one claimed row, and write down what became of it."""
    letter = _letter(row, now)
    if letter is None:
        return _settle(row, SummaryState.FAILED, now, row.error)
    try:
        gateway.send(letter)
    except Refused as error:
        return _settle(row, SummaryState.FAILED, now, str(error))
    except Unavailable as error:
        if row.attempts >= MOST_ATTEMPTS:
            return _settle(row, SummaryState.FAILED, now, str(error))
        row.due_at = now + PAUSE
        return _settle(row, SummaryState.DUE, now, str(error))
    except Unclear as error:
        return _settle(row, SummaryState.AMBIGUOUS, now, str(error))
    except Exception as error:
        # A fault of ours in the middle of a conversation: nobody knows how far it got.
        logger.exception("sending a summary failed", extra={"summary": row.pk})
        return _settle(row, SummaryState.AMBIGUOUS, now, f"{type(error).__name__}: {error}")
    return _settle(row, SummaryState.SENT, now, "")


def _letter(row: WeeklySummary, now: datetime) -> Email | None:
    """None, with the reason in the row's error, where there is nothing to send any more, or it cannot be written."""
    if not User.objects.filter(pk=row.user_id, is_active=True, role=Role.MANAGER, summary_opt_out=None).exists():
        row.error = "not wanted any more"
        return None
    try:
        summary = weekly_summary(user=row.user, today=company_day(now))
        if summary is not None:
            return compose(user=row.user, week=row.week, summary=summary)
        row.error = "no night yet"
    except Exception as error:
        # One letter that cannot be written must not keep the others back.
        logger.exception("writing a summary failed", extra={"summary": row.pk})
        row.error = f"{type(error).__name__}: {error}"
    return None


def _settle(row: WeeklySummary, state: SummaryState, now: datetime, error: str) -> str:
    row.state, row.changed_at, row.error = state, now, error[:300]
    row.save(update_fields=["state", "changed_at", "error", "due_at"])
    return state
