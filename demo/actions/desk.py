"""The front desk: calls back over the year, the inquiries of yesterday and today, and what became of all of them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from acquisition.models import Channel, Inquiry, OutgoingCall
from core.periods import company_day
from customers.models import ContactPoint
from demo.actions.accounts import farmers, person
from demo.actions.story import Story
from demo.rules.calling import Asked, draw_day, hours_until_call, line_of
from demo.rules.people import phone_of
from touches.actions import follow_inquiries, judge_inquiries

# Nobody here has these phones, nor any stranger of the year's inquiries.
NEWCOMERS = 120_000_000


def write_desk(story: Story, *, now: datetime) -> None:
    """Write it all, and judge it as the tick and the night would. `now`: nothing is written after it."""
    rng = story.stream("desk")
    _spread_lines()
    _call_back(rng, now)
    _write_days(rng, now)
    today = company_day(now)
    judge_inquiries(today=today, now=now, since=None)
    follow_inquiries(today=today, now=now)


def _spread_lines() -> None:
    """Calls came by the number that their channel advertises."""
    for code in Channel.objects.values_list("code", flat=True):
        Inquiry.objects.filter(kind="call", channel__code=code).update(line=line_of(code))


def _call_back(rng: np.random.Generator, now: datetime) -> None:
    waiting = Inquiry.objects.filter(is_spam=False, order=None, contact_captured=True).order_by("pk")
    answering = [farmer.pk for farmer in farmers()]
    calls = []
    for inquiry in waiting.select_related("customer"):
        hours = hours_until_call(rng, is_answered=inquiry.is_answered or inquiry.kind != "call")
        by = inquiry.answered_by_id or (inquiry.customer and inquiry.customer.owner_id) or int(rng.choice(answering))
        if hours is None or inquiry.at + timedelta(hours=hours) > now:
            continue
        at = inquiry.at + timedelta(hours=hours)
        # The contact log has its own story; these are only the exchange's records.
        calls.append(
            OutgoingCall(
                source="telephony",
                at=at,
                by_id=by,
                phone=inquiry.phone,
                customer_id=inquiry.customer_id,
                inquiry=inquiry,
                is_answered=True,
                duration_seconds=int(rng.integers(40, 500)),
                told_at=at,
            )
        )
    OutgoingCall.objects.bulk_create(calls)


def _write_days(rng: np.random.Generator, now: datetime) -> None:
    channels = {channel.code: channel for channel in Channel.objects.all()}
    known = list(
        ContactPoint.objects.filter(channel="phone", customer__standing__lifecycle="active")
        .select_related("customer")
        .order_by("customer_id", "pk")[:400]
    )
    answering = [*farmers(), person("hunter")]
    today = company_day(now)
    rows, number = [], 0
    for day in (today - timedelta(days=1), today):
        midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
        for asked in draw_day(rng):
            number += 1
            point = known[int(rng.integers(len(known)))] if asked.is_known and known else None
            taker = answering[int(rng.integers(len(answering)))]
            inquiry = _inquiry(asked, midnight, number, point, channels.get(asked.channel))
            if asked.is_answered:
                inquiry.answered_by = (point and point.customer.owner) or taker
            if inquiry.at < now - timedelta(minutes=5):
                rows.append(inquiry)
    Inquiry.objects.bulk_create(rows)
    # They came when they came: a row's own time of writing would make all of them of this minute.
    for row in rows:
        Inquiry.objects.filter(pk=row.pk).update(created_at=row.at, updated_at=row.at)


def _inquiry(
    asked: Asked, midnight: datetime, number: int, point: ContactPoint | None, channel: Channel | None
) -> Inquiry:
    at = midnight + timedelta(hours=asked.hour)
    phone = point.value if point else phone_of(NEWCOMERS + number) if asked.has_contact else ""
    return Inquiry(
        source="telephony" if asked.kind == "call" else "site",
        external_id=f"D-{number:04d}",
        kind=asked.kind,
        at=at,
        happened_on=midnight.date(),
        channel=channel,
        channel_code=asked.channel,
        is_answered=asked.is_answered,
        name=point.customer.name if point else "",
        phone=phone,
        contact_captured=bool(phone),
        line=line_of(asked.channel) if asked.kind == "call" else "Чат на сайте" if asked.kind == "chat" else "Заявка",
        duration_seconds=asked.seconds or None,
        customer=point.customer if point else None,
        is_spam=asked.is_spam,
    )
