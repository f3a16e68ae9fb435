"""The reasons of a row of the worklist, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from touches.forms import REASON_LABELS
from touches.models import TouchChannel
from touches.queries import Row
from touches.rules.worklist import Reason, ReasonKind


@dataclass(frozen=True)
class Look:
    """Icon, colour of the chip, and what to do where the task itself does not say."""

    icon: str
    tone: str
    advice: str | Promise


LOOKS = {
    ReasonKind.RECOVER: Look(
        icon="mood-sad",
        tone="bad",
        advice=_("Call, hear them out, and agree on what will be put right and when."),
    ),
    ReasonKind.PROMISE: Look(
        icon="clock-exclamation",
        tone="bad",
        advice=_("We promised and did not deliver. Say when it will be done before they ask."),
    ),
    ReasonKind.CALL_BACK: Look(icon="phone-call", tone="calm", advice=_("Call: the customer asked for it.")),
    ReasonKind.LEAK: Look(
        icon="phone-off",
        tone="bad",
        advice=_("They asked and heard nothing. Call now, while they still want it."),
    ),
    ReasonKind.WIN_BACK: Look(
        icon="heart-handshake",
        tone="alarm",
        advice=_("The messages brought no order. Call and ask what is in the way."),
    ),
    ReasonKind.MANUAL: Look(icon="checkbox", tone="mark", advice=""),
    ReasonKind.AT_RISK: Look(
        icon="alert-triangle",
        tone="warn",
        advice=_("An order is overdue. Ask what has changed, and offer what they usually buy."),
    ),
    ReasonKind.CADENCE: Look(
        icon="calendar-repeat", tone="none", advice=_("Regular touch: ask how things go and what is planned.")
    ),
}


@dataclass(frozen=True)
class ShownReason:
    """One reason as a chip."""

    label: str | Promise
    icon: str
    tone: str
    late: int
    note: str
    task_id: int | None


@dataclass(frozen=True)
class ShownRow:
    """A row of the worklist with its reasons in words, what to do, and the channel to do it on."""

    row: Row
    reasons: tuple[ShownReason, ...]
    advice: str | Promise
    channel: str


def shown_rows(rows: Iterable[Row], today: date) -> list[ShownRow]:
    """Rows as the template prints them."""
    return [_shown(row, today) for row in rows]


def _shown(row: Row, today: date) -> ShownRow:
    strongest = row.reasons[0]
    return ShownRow(
        row,
        reasons=tuple(_reason(reason, today) for reason in row.reasons),
        advice="" if strongest.note else LOOKS[strongest.kind].advice,
        channel=_channel(row, strongest),
    )


def _reason(reason: Reason, today: date) -> ShownReason:
    look = LOOKS[reason.kind]
    return ShownReason(
        REASON_LABELS[reason.kind], look.icon, look.tone, reason.days_late(today), reason.note, reason.task_id
    )


def _channel(row: Row, strongest: Reason) -> str:
    """A regular touch goes by the channel of the cadence; everything else by phone where there is one."""
    if strongest.kind is ReasonKind.CADENCE and row.ranked.channel:
        return row.ranked.channel
    return TouchChannel.EMAIL if row.email and not row.phone else TouchChannel.CALL
