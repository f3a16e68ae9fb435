"""The telephony that tells of calls: a few of the last weeks, one of them forged."""

from datetime import timedelta

from customers.models import ContactPoint
from demo.actions.accounts import DOMAIN, person
from demo.actions.story import Story
from demo.rules.calling import LINES, line_of
from demo.rules.exchange import CALLS, Rung, ended_at, signed, summary
from platforms.actions import change_settings, connect, process, receive
from platforms.models import Connection, Platform
from platforms.rules.contract import Incoming

OPENED_DAYS_AGO = 30
EXTENSIONS = {
    "101": f"farmer@{DOMAIN}",
    "102": f"farmer2@{DOMAIN}",
    "103": f"farmer3@{DOMAIN}",
    "104": f"hunter@{DOMAIN}",
}
HEADERS = {"content-type": "application/x-www-form-urlencoded", "user-agent": "Mango Office VPBX API"}


def connect_telephony(story: Story) -> None:
    """Make the connection with its lines and extensions, and let it tell of calls."""
    # What the year's own calls are known by, so that all calls have one source.
    made = connect(platform=Platform.MANGO, name="Mango Office", source="telephony", by=person("admin"))
    opened = story.moment_of_end - timedelta(days=OPENED_DAYS_AGO)
    change_settings(
        connection=made,
        name=made.name,
        api_url="",
        statuses={},
        rates={},
        price_type="",
        now=opened,
        lines={number: code for code, number in LINES.items() if code},
        extensions=EXTENSIONS,
    )
    Connection.objects.filter(pk=made.pk).update(created_at=opened)
    for number, (call, phone) in enumerate(zip(CALLS, _callers(), strict=False)):
        _tell(made, story, number, call, phone)


def _callers() -> list[str]:
    """Phones of people who still buy; the call back goes to the one who was missed before it."""
    points = ContactPoint.objects.filter(channel="phone", customer__standing__lifecycle="active")
    phones = list(points.order_by("-customer", "pk").values_list("value", flat=True)[: len(CALLS)])
    return [phones[place - (0 if call.is_incoming else 1)] for place, call in enumerate(CALLS[: len(phones)])]


def _tell(made: Connection, story: Story, number: int, call: Rung, phone: str) -> None:
    """Tell of one call; it is worked on at once, as by the page that takes it."""
    at = story.moment_of_end - timedelta(days=call.days_ago) + timedelta(hours=call.hour)
    payload = summary(number=number, call=call, at=at, phone=phone, line=line_of(call.line))
    body = signed(payload, "guessed" if call.is_forged else made.secret)
    told = ended_at(call, at)
    receipt = receive(connection=made, incoming=Incoming(HEADERS, {}, body), has_secret=False, now=told)
    if receipt.is_due and receipt.message_id is not None:
        process(message_id=receipt.message_id, now=told + timedelta(seconds=1))
