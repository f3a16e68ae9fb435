"""Why a customer may or may not be written to, in words: one line per question that sending asks."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import HeldBack
from campaigns.queries.permission import Permission
from campaigns.queries.recipients import CONTACT_CHANNEL
from campaigns.rules.decision import Fate
from campaigns.rules.quiet_hours import zone_of
from core.formats import exact_date_text, masked_text
from customers.models import Consent, ConsentAction
from dashboard.queries.customer_side import Side

# What stands where nothing speaks against it.
FINE: dict[str, str | Promise] = {
    "no_address": gettext_lazy("There is a valid address"),
    "suppressed": gettext_lazy("The address is not suppressed"),
    "no_consent": gettext_lazy("Marketing was allowed"),
    "quiet": gettext_lazy("It is daytime where they are"),
    "promise": gettext_lazy("No promise to them is overdue"),
    "pressure": gettext_lazy("They have not had too many messages lately"),
}
WRONG: dict[str, str | Promise] = {
    "no_address": gettext_lazy("No valid address"),
    "suppressed": HeldBack.SUPPRESSED.label,
    "no_consent": HeldBack.NO_CONSENT.label,
    "quiet": gettext_lazy("Quiet hours where they are"),
    "promise": HeldBack.PROMISE.label,
    "pressure": HeldBack.PRESSURE.label,
}


@dataclass(frozen=True)
class Line:
    """One question. `state`: good, bad, or wait where only time is needed."""

    state: str
    title: str | Promise
    detail: str


@dataclass(frozen=True)
class ChannelAnswer:
    """May we write on this channel: yes, later or no, and every reason in the order in which sending asks."""

    channel: str
    answer: str
    lines: list[Line]


def answer_of(permission: Permission, side: Side, now: datetime) -> ChannelAnswer:
    """The permission in words, with what is known of the customer beside each question."""
    answers = {Fate.SEND: "yes", Fate.WAIT: "later"}
    asked = [pair for pair in permission.questions if pair[0] in FINE]
    lines = []
    for question, objection in asked:
        state = "good" if objection is None else "wait" if objection.fate is Fate.WAIT else "bad"
        title = FINE[question] if objection is None else WRONG[question]
        lines.append(Line(state, title, _detail(question, permission, side, now)))
    return ChannelAnswer(str(permission.channel.label), answers.get(permission.verdict.fate, "no"), lines)


def _detail(question: str, permission: Permission, side: Side, now: datetime) -> str:
    channel = CONTACT_CHANNEL[permission.channel]
    if question == "no_address":
        return _addresses(side, channel, permission.address)
    if question == "no_consent":
        return consent_text(next((line.consent for line in side.consents if line.channel == channel), None))
    if question == "quiet":
        zone = zone_of(side.customer.time_zone, settings.TIME_ZONE)
        told = {"time": now.astimezone(zone).strftime("%H:%M"), "zone": zone.key, "quiet": settings.QUIET_HOURS}
        return _("It is %(time)s in %(zone)s; nobody is written to at %(quiet)s.") % told
    return ""


def _addresses(side: Side, channel: str, used: str | None) -> str:
    points = [point for point in side.contacts if point.channel == channel]
    told = [f"{masked_text(point.value, channel)} — {point.get_status_display()}" for point in points]
    if used is None:
        return "; ".join(told) or _("Nobody has written one down.")
    return masked_text(used, channel)


def consent_text(consent: Consent | None) -> str:
    """The newest word on a channel with its source, the version of the text and the proof."""
    if consent is None:
        return _("They were never asked.")
    word = _("allowed") if consent.action == ConsentAction.GRANTED else _("withdrawn")
    version = _("text %(version)s") % {"version": consent.text_version} if consent.text_version else ""
    parts = (f"{word} {exact_date_text(consent.at)}", consent.source, version, consent.proof)
    return " · ".join(part for part in parts if part)
